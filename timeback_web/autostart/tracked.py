"""One element, from its attributes to the end of its activity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from timeback_web.autostart.attributes import ACTIVITY, read, wrong
from timeback_web.autostart.progress import Known, Progress
from timeback_web.autostart.state_attributes import StateAttributes
from timeback_web.autostart.time_before_run import TimeBeforeRun
from timeback_web.errors import InvalidOptionsError, TimebackError, UsageError
from timeback_web.options import TimeOptions
from timeback_web.ports.elements import Press, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.activity import Activity
    from timeback_web.autostart.attributes import Wanted
    from timeback_web.callbacks import ErrorContext
    from timeback_web.client import Timeback
    from timeback_web.ports import Browser
    from timeback_web.ports.elements import Element, Elements

    type ClientFor = Callable[[Wanted, bool], Timeback]


class Tracked:
    """Tracks one element: its sessions, one after the other.

    Args:
        element: Which.
        elements: The page it is in.
        browser: That page, too.
        client_for: Gives the client of the server that an element names; told whether the session
            has ended before it could be opened.
        from_navigation: Whether the element has been there since the page came up.

    Attributes:
        element: Which.
        activity_id: The activity it had when it was found.
        marks: What it says of that.
    """

    def __init__(
        self,
        element: Element,
        elements: Elements,
        browser: Browser,
        client_for: ClientFor,
        *,
        from_navigation: bool,
    ) -> None:
        """Do nothing yet."""
        self.element = element
        self.activity_id = element.attributes().get(ACTIVITY)
        self.state_attributes = StateAttributes(element, elements)
        self._elements = elements
        self._browser = browser
        self._client_for = client_for
        self._from_navigation = from_navigation
        self._before_run: TimeBeforeRun | None = None
        self._progress: Progress | None = None
        self._activity: Activity | None = None
        self._ending = False
        self._undelivered = False

    def begin(self) -> None:
        """Start a session: read the attributes, find the run, and go."""
        since_navigation, self._from_navigation = self._from_navigation, False
        self._ending = False
        try:
            wanted = self._read()
            self._client_for(wanted, False)
        except InvalidOptionsError as error:
            self._fail(error)
        else:
            self._find_run(wanted, since_navigation=since_navigation)

    def press(self, press: Press) -> None:
        """The learner asks for something; what makes no sense now does nothing."""
        if press is Press.END:
            self.end()
        elif self._over:
            if press is Press.RESUME:
                self._go_on()
        elif (clock := self._activity or self._before_run) is not None:
            (clock.pause if press is Press.PAUSE else clock.resume)()

    def end(self) -> None:
        """End the session, at once; a run that is still looked up gets the time until now."""
        if self._over:
            return
        if self._activity is not None:
            self._close(self._activity)
        elif self._before_run is not None:
            self._ending = True
            self._before_run.pause()
            self.state_attributes.show(State.ENDED)

    def _go_on(self) -> None:
        if self._ending and self._before_run is not None:  # the run is still looked up
            self._ending = False
            self._before_run.resume()
            self.state_attributes.show(State.LOADING)
        else:
            self.begin()

    @property
    def _over(self) -> bool:
        """Whether there is nothing to end: nothing has begun, or it is over."""
        if self._activity is not None:
            return self._activity.ended
        return self._ending or self._before_run is None

    # ── finding the run ──────────────────────────────────────────────────────────────────────

    def _read(self) -> Wanted:
        wanted = read(self.element.attributes())
        for name, url in (("progress", wanted.progress), ("server", wanted.server)):
            if url is not None and not self._elements.is_of_this_site(url):
                raise wrong(name, "expected an address of this site")
        return wanted

    def _find_run(
        self, wanted: Wanted, *, since_navigation: bool = False, instead: bool = False
    ) -> None:
        """Look for the run, and write down what happens until it is found.

        Args:
            wanted: What the element asks for.
            since_navigation: Count what came before, too, if the element asks for it.
            instead: A new run was refused, so there must be one.
        """
        self._stop_looking()
        self._activity = None
        self.state_attributes.clear_error()
        self.state_attributes.show(State.LOADING)
        time = wanted.time or TimeOptions()
        self._before_run = TimeBeforeRun(
            self._browser, time if since_navigation else replace(time, since="start")
        )
        if wanted.progress is None:
            self._start(wanted, wanted.start.get("run_id"))
            return
        self._progress = Progress(self._browser, wanted.progress, self._on_progress_trouble)
        self._progress.load(lambda known: self._on_known(wanted, known, instead=instead))

    def _on_known(self, wanted: Wanted, known: Known, *, instead: bool) -> None:
        if known.completed:
            self._stop_looking()
            self._show_unless_ended(State.COMPLETED)
            self.state_attributes.tell("completed", runId=known.run_id)
        elif instead and known.run_id is None:
            message = f"{wanted.progress} answers 409 to a new run, but names none that is open"
            self._fail(TimebackError(message))
        else:
            self._start(wanted, known.run_id)

    def _on_progress_trouble(self, error: TimebackError, will_retry: bool) -> None:
        if will_retry or self._activity is not None:  # an unsaved run is counted all the same
            self.state_attributes.report(error, will_retry=will_retry)
        else:
            self._fail(error)

    def _stop_looking(self) -> None:
        if self._before_run is not None:
            self._before_run.end()
        if self._progress is not None:
            self._progress.stop()
        self._before_run = self._progress = None

    # ── the session ──────────────────────────────────────────────────────────────────────────

    def _start(self, wanted: Wanted, run_id: str | None) -> None:
        if self._before_run is None:
            return
        history, self._before_run = self._before_run.end(), None
        options = {**wanted.start, "run_id": run_id, **self._callbacks()}
        try:
            client = self._client_for(wanted, self._ending)
            activity = client.activity.take_over(options, history)
        except UsageError as error:  # a run id that is none
            self._fail(error)
            return
        self._activity = activity
        self.state_attributes.clear_error()
        self._show_clock(activity)
        self.state_attributes.tell("start", runId=activity.run_id, resumed=run_id is not None)
        if self._progress is not None and run_id is None:
            self._progress.save(activity.run_id, on_conflict=lambda: self._give_way(wanted))
        if self._ending:
            self._close(activity)

    def _give_way(self, wanted: Wanted) -> None:
        """Another tab was first with a run of its own, which is the one that counts."""
        if self._activity is not None and not self._activity.ended:
            self._activity.end()
            self._find_run(wanted, instead=True)

    def _close(self, activity: Activity) -> None:
        activity.end()
        self.state_attributes.show(State.ENDED)
        self.state_attributes.tell("end", runId=activity.run_id, elapsedMs=activity.elapsed_ms)

    def _fail(self, error: TimebackError) -> None:
        """Track nothing, and say why."""
        self._stop_looking()
        self._activity = None
        self._show_unless_ended(State.FAILED)
        self.state_attributes.report(error, will_retry=False)

    # ── what the session tells ───────────────────────────────────────────────────────────────

    def _callbacks(self) -> dict[str, Any]:
        return {
            "on_error": self._on_error,
            "on_pause": lambda: self._on_turn("pause"),
            "on_resume": lambda: self._on_turn("resume"),
            "on_flush": self._on_flush,
        }

    def _on_turn(self, event: str) -> None:
        if self._activity is not None and not self._activity.ended:
            self._show_clock(self._activity)
            self.state_attributes.tell(event)

    def _on_error(self, error: TimebackError, context: ErrorContext) -> None:
        self._undelivered = True
        self.state_attributes.report(error, will_retry=context.will_retry)

    def _on_flush(self, elapsed_ms: int) -> None:
        if self._undelivered:  # an error of another kind is not over by this
            self._undelivered = False
            self.state_attributes.clear_error()
        self.state_attributes.tell("flush", elapsedMs=elapsed_ms)

    def _show_clock(self, activity: Activity) -> None:
        self._show_unless_ended(State.PAUSED if activity.paused else State.ACTIVE)

    def _show_unless_ended(self, state: State) -> None:
        """What is learnt too late changes nothing for a page that has gone on."""
        if not self._ending:
            self.state_attributes.show(state)
