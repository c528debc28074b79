"""`timeback.user`: who is signed in, as Timeback knows them.

The answers are read by pydantic, which a page loads when it first asks.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from timeback_web.delivery.answers import Verdict, judge, to_error
from timeback_web.errors import DeliveryError, RefusedError, UnreachableError

if TYPE_CHECKING:
    from timeback_web.delivery.endpoint import Endpoint
    from timeback_web.ports import Answer, Browser
    from timeback_web.profile import Profile, Said, Verification


class User:
    """Reached as `timeback.user`."""

    def __init__(self, browser: Browser, endpoint: Endpoint) -> None:
        """Hold the parts of the client."""
        self._browser = browser
        self._endpoint = endpoint

    async def profile(self) -> Profile:
        """The signed-in learner's profile.

        Raises:
            RefusedError: Nobody is signed in (401), or Timeback does not know them (404, 409).
            UnreachableError: No answer came.
            DeliveryError: The answer makes no sense.
        """
        answer = await self._ask("/user/me")
        await self._browser.packages.load("pydantic")
        from timeback_web.profile import Profile

        return _read(Profile, answer, "/user/me")

    async def verify(self) -> Verification:
        """Whether Timeback knows the signed-in learner; cheaper than `profile()`.

        Raises:
            RefusedError: Nobody is signed in (401), or the answer is not clear (409, 502).
            UnreachableError: No answer came.
            DeliveryError: The answer makes no sense.
        """
        answer = await self._ask("/user/verify")
        await self._browser.packages.load("pydantic")
        from timeback_web.profile import Verification

        return _read(Verification, answer, "/user/verify")

    def sign_in(self) -> None:
        """Leave the page for the server's sign-in."""
        self._browser.navigation.go(self._endpoint.url("/identity/signin"))

    def sign_out(self) -> None:
        """Leave the page for the server's sign-out."""
        self._browser.navigation.go(self._endpoint.url("/identity/signout"))

    async def _ask(self, path: str) -> Answer:
        waiter: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def answered(answer: Answer) -> None:
            if not waiter.done():
                waiter.set_result(answer)

        self._browser.network.fetch(self._endpoint.request(path), answered)
        answer = await waiter
        if judge(answer) is not Verdict.DELIVERED:
            error = to_error(answer)
            raise error if isinstance(error, RefusedError) else UnreachableError(f"{path}: {error}")
        return answer


def _read[Model: Said](model: type[Model], answer: Answer, path: str) -> Model:
    try:
        return model.model_validate_json(answer.body)
    except ValueError as error:  # pydantic's is one
        raise DeliveryError(f"{path}: the server's answer makes no sense: {error}") from error
