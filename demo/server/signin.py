"""Who is signed in: a signed cookie with the id of a learner or of a teacher.

The demo asks for no password. What it shows is what comes after: the cookie can't be made up, and
every route asks for the role that it is for.
"""

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from .learners import LEARNERS, Person
from .teachers import TEACHERS, Teacher

COOKIE = "demo_learner"
MAX_AGE_S = 30 * 24 * 3600


class SignIn:
    """Writes and reads the cookie."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="signed-in learner")

    def person(self, request: Request) -> Person | None:
        """The learner who is signed in, if the cookie is whole and not too old."""
        return LEARNERS.get(self._account_id(request))

    def teacher(self, request: Request) -> Teacher | None:
        """The teacher who is signed in, likewise."""
        return TEACHERS.get(self._account_id(request))

    def learner_id(self, request: Request) -> str | None:
        """The id of the learner who is signed in."""
        person = self.person(request)
        return person.id if person else None

    def set_cookie(self, request: Request, response: Response, account: Person | Teacher) -> None:
        """Sign `account` in, in place of whoever was."""
        response.set_cookie(
            COOKIE,
            self._serializer.dumps(account.id),
            max_age=MAX_AGE_S,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )

    def clear_cookie(self, response: Response) -> None:
        """Sign out."""
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")

    def _account_id(self, request: Request) -> str:
        try:
            account_id = self._serializer.loads(request.cookies.get(COOKIE, ""), max_age=MAX_AGE_S)
        except BadSignature:
            return ""
        return account_id if isinstance(account_id, str) else ""
