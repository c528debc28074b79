"""One element, from its attributes to the end of its activity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from timeback_web.autostart.attributes import learner_of, read, subject_of, wrong
from timeback_web.autostart.progress import Known, Progress
from timeback_web.autostart.state_attributes import StateAttributes, Trouble
from timeback_web.autostart.time_before_run import TimeBeforeRun
from timeback_web.errors import InvalidOptionsError, LostWindowError, TimebackError, UsageError
from timeback_web.options import TimeOptions
from timeback_web.ports.elements import ACTIVITY, RUN, Press, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from timeback_web.activity import Activity
    from timeback_web.autostart.attributes import Wanted
    from timeback_web.autostart.unsaved_runs import UnsavedRuns
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
        unsaved: The runs that were started in this page.
        from_navigation: Whether the element has been there since the page came up.

    Attributes:
        element: Which.
        activity_id: The activity it had when it was found.
        learner: The learner it named then, if any.
        state_attributes: What it says of its activity.
    """

    def __init__(
        self,
        element: Element,
        elements: Elements,
        browser: Browser,
        client_for: ClientFor,
        unsaved: UnsavedRuns,
        *,
        from_navigation: bool,
    ) -> None:
        """Do nothing yet."""
        self.element = element
        attributes = element.attributes()
        self.activity_id = attributes.get(ACTIVITY)
        self.learner = learner_of(attributes)
        self._subject = subject_of(attributes)
        self.state_attributes = StateAttributes(element, elements)
        self._elements = elements
        self._browser = browser
        self._client_for = client_for
        self._unsaved = unsaved
        self._wanted: Wanted | None = None
        self._from_navigation = from_navigation
        self._before_run: TimeBeforeRun | None = None
        self._progress: Progress | None = None
        self._activity: Activity | None = None
        self._ending = False

    def is_about(self, attributes: Mapping[str, str]) -> bool:
        """Whether that is still whose time of what is counted here."""
        if self._activity is not None and attributes.get(RUN) == self._activity.run_id:
            attributes = {**attributes, RUN: self._subject[-1] or ""}  # written down, not changed
        return [one or "" for one in subject_of(attributes)] == [one or "" for one in self._subject]

    def begin(self, earlier: Iterable[Tracked] = ()) -> None:
        """Start a session: read the attributes, find the run, and go.

        Args:
            earlier: Those that ended and still look for their runs. If one of them looks for the
                same, it does so no more, and its time is counted here.
        """
        since_navigation, self._from_navigation = self._from_navigation, False
        self._ending = False
        try:
            wanted = self._wanted = self._read()
            self._client_for(wanted, False)
        except InvalidOptionsError as error:
            self._fail(error)
            return
        given_up = (one.give_up_search(wanted) for one in earlier)
        before_run = next((time for time in given_up if time is not None), None)
        self._find_run(wanted, since_navigation=since_navigation, before_run=before_run)

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

    @property
    def searching(self) -> bool:
        """Whether its run is still looked up."""
        return self._before_run is not None

    def give_up_search(self, wanted: Wanted) -> TimeBeforeRun | None:
        """Let somebody else look for that run; the time until now, if that is whose it is."""
        if self._wanted is None or self._wanted.lesson != wanted.lesson:
            return None
        before_run, self._before_run = self._before_run, None
        self._stop_looking()
        return before_run

    def abandon(self) -> None:
        """Look for the run no more: whose time it would be, nobody will say."""
        if self._before_run is None:
            return
        self._stop_looking()
        message = f"the time of {self.activity_id!r} is lost: its run was not known in time"
        self.state_attributes.report(LostWindowError(message), will_retry=False)

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
        self,
        wanted: Wanted,
        *,
        since_navigation: bool = False,
        before_run: TimeBeforeRun | None = None,
        instead: bool = False,
    ) -> None:
        """Look for the run, and write down what happens until it is found.

        Args:
            wanted: What the element asks for.
            since_navigation: Count what came before, too, if the element asks for it.
            before_run: Time that was written down already.
            instead: A new run was refused, so there must be one.
        """
        self._stop_looking()
        self._activity = None
        self.state_attributes.clear_error()
        self.state_attributes.show(State.LOADING)
        if before_run is not None:
            before_run.resume()  # it was held when its element went
        self._before_run = before_run or self._write_down(wanted.time, since_navigation)
        if wanted.progress is None:
            self._start(wanted, wanted.start.get("run_id"))
            return
        if (unsaved := self._unsaved.find(wanted)) is not None:
            self._start(wanted, unsaved)
            return
        self._progress = Progress(self._browser, wanted.progress, self._on_progress_trouble)
        self._progress.load(lambda known: self._on_known(wanted, known, instead=instead))

    def _write_down(self, time: TimeOptions | None, since_navigation: bool) -> TimeBeforeRun:
        if time is not None and not since_navigation:
            time = replace(time, since="start")
        return TimeBeforeRun(self._browser, time)

    def _on_known(self, wanted: Wanted, known: Known, *, instead: bool) -> None:
        if known.completed:
            self._stop_looking()
            self._show_unless_ended(State.COMPLETED)
            self.state_attributes.tell("completed", runId=known.run_id)
        elif instead and known.run_id is None:
            message = f"{wanted.progress} answers 409 to a new run, but names none that is open"
            self._fail(TimebackError(message))
        else:
            self._start(wanted, known.run_id or self._unsaved.find(wanted))

    def _on_progress_trouble(self, error: TimebackError, will_retry: bool) -> None:
        if will_retry or self._activity is not None:  # an unsaved run is counted all the same
            self.state_attributes.report(error, will_retry=will_retry, about=Trouble.PROGRESS)
        else:
            self._fail(error)

    def _stop_looking(self) -> None:
        if self._before_run is not None:
            self._before_run.drop()
        if self._progress is not None:
            self._progress.stop()
        self._before_run = self._progress = None

    # ── the session ──────────────────────────────────────────────────────────────────────────

    def _start(self, wanted: Wanted, run_id: str | None) -> None:
        if self._before_run is None:
            return
        options = {**wanted.start, "run_id": run_id, **self._callbacks()}
        try:
            client = self._client_for(wanted, self._ending)
            activity = client.activity.take_over(options, self._before_run.end())
        except UsageError as error:  # a run id that is none
            self._fail(error)
            return
        except Exception as error:
            self._fail(TimebackError(f"the session could not be opened: {error!r}"))
            raise
        self._before_run, self._activity = None, activity
        self.state_attributes.clear_error()
        self._show_clock(activity)
        self.state_attributes.tell("start", runId=activity.run_id, resumed=run_id is not None)
        if run_id is None or run_id == self._unsaved.find(wanted):
            self._save(wanted, activity)
        if self._ending:
            self._close(activity)

    def _save(self, wanted: Wanted, activity: Activity) -> None:
        self._unsaved.save(
            wanted,
            activity.run_id,
            on_saved=lambda: self.state_attributes.clear_error(Trouble.PROGRESS),
            on_trouble=self._on_progress_trouble,
            on_conflict=lambda: self._give_way(wanted),
        )

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
        self.state_attributes.report(error, will_retry=context.will_retry, about=Trouble.DELIVERY)

    def _on_flush(self, elapsed_ms: int) -> None:
        self.state_attributes.clear_error(Trouble.DELIVERY)
        self.state_attributes.tell("flush", elapsedMs=elapsed_ms)

    def _show_clock(self, activity: Activity) -> None:
        self._show_unless_ended(State.PAUSED if activity.paused else State.ACTIVE)

    def _show_unless_ended(self, state: State) -> None:
        """What is learnt too late changes nothing for a page that has gone on."""
        if not self._ending:
            self.state_attributes.show(state)
