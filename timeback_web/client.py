"""The client: one per page, for one server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from timeback_web.activities import Activities
from timeback_web.activity import END_LIMIT_MS
from timeback_web.activity_factory import ActivityFactory
from timeback_web.callbacks import Callbacks
from timeback_web.delivery.completions import Completions
from timeback_web.delivery.delivery import Delivery
from timeback_web.delivery.endpoint import Endpoint
from timeback_web.delivery.outbox import Outbox
from timeback_web.errors import InvalidOptionsError
from timeback_web.notices import Notices
from timeback_web.options import Course, parse
from timeback_web.pending import Pending
from timeback_web.user import User

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from timeback_web.delivery.endpoint import Headers
    from timeback_web.ports import Browser
    from timeback_web.reports import Report, ReportingBrowser


class Timeback:
    """Tracks activities in this page.

    Args:
        base_url: Where the server's routes are mounted.
        default_course: Stands in for `course` in `start()`.
        headers: Sent with every request, such as a bearer token; a mapping, or a callable that is
            asked each time. Without it, cookies identify the learner.
        learner: Your own tag of the signed-in learner (never sent). On shared machines it tells
            whose kept windows may be sent: with it, everything that this learner left behind goes
            out on the next start; without it, a run's windows wait until that run is resumed.
        on_error: For activities that have none of their own.
        on_report: Told what becomes of each window, as a `timeback_web.reports.Report`: for
            developers, and tests. In a bundle it needs the package `timeback-web-reports`.
        browser: The page; only tests give one (`timeback_web.testing.FakeBrowser`).

    Attributes:
        activity: Starts activities (`Activities`).
        user: Who is signed in (`User`).

    Raises:
        InvalidOptionsError: When an argument is wrong.
        NotInBrowserError: When there is no page, or no guard on the page of a worker.
    """

    def __init__(
        self,
        base_url: str = "/api/timeback",
        *,
        default_course: Course | Mapping[str, Any] | None = None,
        headers: Headers | None = None,
        learner: str | None = None,
        on_error: Callable[..., object] | None = None,
        on_report: Callable[[Report], object] | None = None,
        browser: Browser | None = None,
    ) -> None:
        """Check the arguments; nothing is sent or listened to before `start()`."""
        endpoint = Endpoint(base_url, headers)
        course = None if default_course is None else _course(default_course)
        if learner is not None and not (isinstance(learner, str) and learner):
            raise InvalidOptionsError("learner", "expected a non-empty string")
        if on_error is not None and not callable(on_error):
            raise InvalidOptionsError("on_error", "expected a callable")
        if browser is None:
            browser = _this_page()
        reporting = None if on_report is None else _reporting(browser, on_report)
        self._browser: Browser = reporting or browser
        self._notices = Notices()
        callbacks = Callbacks(self._notices, on_error=on_error)
        self._delivery = Delivery(
            self._browser,
            endpoint,
            Outbox(self._browser.storage, endpoint.base_url, clock=self._browser.clock),
            learner=learner or "",
            callbacks=callbacks,
            on_given_up=reporting.given_up if reporting else None,
            on_landed=self._pump_completions,
        )
        self._completions = Completions(
            self._browser,
            endpoint,
            learner=learner or "",
            callbacks=callbacks,
            may_send=self._delivery.trusts,
        )
        self._callbacks = callbacks
        factory = ActivityFactory(
            self._browser,
            self._delivery,
            self._completions,
            default_course=course,
            learner=learner or "",
            callbacks=callbacks,
        )
        self.activity = Activities(
            self._browser.clock, factory, self._delivery, self._completions, callbacks=callbacks
        )
        self.user = User(self._browser, endpoint)

    def send_waiting(self, runs: Iterable[str] = ()) -> Pending[int]:
        """Send what waits for the signed-in learner, without starting anything.

        For pages that start no activity, such as a list of lessons or a result. Everything that
        this learner has left behind goes out, if the client has a `learner`; of what has no tag, a
        page has to say which runs are theirs. Acts when called, awaited or not; what can't be sent
        now is tried again as long as the client is open.

        Args:
            runs: Run ids that surely are this learner's, as the app's server knows them.

        Returns:
            What may be awaited, for 10 s at most: how many windows and completions still wait.

        Raises:
            InvalidOptionsError: `runs` is no list of strings.
            UsageError: The client is closed.
        """
        self.activity.refuse_closed()
        asked = _run_ids(runs)
        pending: Pending[int] = Pending()

        def settle() -> None:
            pending.settle(self._delivery.kept + self._completions.kept)

        def windows_tried() -> None:
            self._completions.look_for(asked)
            self._completions.when_at_rest(settle)

        with self._notices:
            self._delivery.send_waiting(asked, self._callbacks._replace(), windows_tried)
        if not pending.done:
            pending.then(self._browser.timers.call_later(END_LIMIT_MS, settle))
        return pending

    def _pump_completions(self) -> None:
        self._completions.pump()

    def close(self) -> None:
        """End what is open and let go of the page; kept windows stay in storage."""
        with self._notices:
            try:
                self.activity.close()
            finally:
                self._completions.close()
                self._delivery.close()


def _run_ids(given: Iterable[str]) -> frozenset[str]:
    if isinstance(given, Iterable) and not isinstance(given, str):
        runs = list(given)
        if all(isinstance(run_id, str) for run_id in runs):
            return frozenset(runs)
    raise InvalidOptionsError("runs", "expected a list of run ids")


def _course(given: Course | Mapping[str, Any]) -> Course:
    return parse(Course, given, name="default_course", prefix="default_course.")


def _this_page() -> Browser:
    from timeback_web.browser import this_browser

    return this_browser()


def _reporting(browser: Browser, on_report: Callable[[Report], object]) -> ReportingBrowser:
    if not callable(on_report):
        raise InvalidOptionsError("on_report", "expected a callable")
    try:
        from timeback_web.reports import ReportingBrowser
    except ModuleNotFoundError:  # in a bundle it is a package of its own, for few pages need it
        raise InvalidOptionsError("on_report", "needs the package timeback-web-reports") from None
    return ReportingBrowser(browser, on_report)
