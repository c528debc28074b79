"""Which of the tabs that have a run open counts it: the one that the learner works in.

Theory of operation
-------------------

A tab *claims* its run when there is time to count (in sight, not paused, not idle) and *lets go* of
it when there is none, in the task of the event that says so. The run is a Web Lock: whoever holds
it counts. As a lock is granted only after it was released, and a tab stops to count before it
releases, no two tabs count the same moment.

* Nobody else has the run open: it is asked for, and counted meanwhile, for those milliseconds are
  the learner's. Should the answer be that somebody holds it after all, they are taken back.
* There is *company* (another tab of the run was heard on the channel): nothing is counted before
  the lock is there. That is a hand-over of some milliseconds.
* Whoever joins says *hello*, and is answered *here*, with the spans that were counted there
  lately: a session may have a past from before it could ask.
* Two windows in sight: the one that the learner turns to says *yield*, and the other steps back and
  waits in line. If it can't hear (its page stands still, a dialog is open), the lock is stolen.
  Whoever was robbed hears of it late, and can't be sure of what it counted since it last moved.

A page that is left lets go of lock and channel: a message would throw it out of the back/forward
cache, and a lock would keep the others waiting. A page that dies lets go of both by dying.
"""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.notices import Notices
    from timeback_web.ports import Browser, Cancel, Channel

PATIENCE_MS = 1_000
"""How long the tab that the learner has turned to waits for another to yield."""
STEP_BACK_MS = 50
"""How long a tab that yields stays out of the line, so that the other is in it before."""


type Spans = list[tuple[int, int]]

_HERE = "here"


class _State(Enum):
    OUT = "there is nothing to count"
    ASKING = "nobody is known to have the run; counts until told otherwise"
    WAITING = "another tab has it"
    OWNING = "this tab has it"


def _nothing() -> None:
    """There is nothing to cancel."""


class RunLock:
    """One tab's part in a run.

    Args:
        browser: The page.
        name: Of the run, among all runs of all servers.
        notices: What is heard of other tabs is one change.
        on_won: Told that this tab owns the run from now on.
        on_lost: Told that it does not, since it claimed the run, or since now.
        on_robbed: Told that it does not, since some moment while it stood still.
        counted: The spans that this tab has counted lately, from when to when in wall time.
        on_counted: Told those of another tab.
    """

    def __init__(
        self,
        browser: Browser,
        name: str,
        *,
        notices: Notices,
        on_won: Callable[[], None],
        on_lost: Callable[[], None],
        on_robbed: Callable[[], None],
        counted: Callable[[], Spans],
        on_counted: Callable[[Spans], None],
    ) -> None:
        """Join the tabs of the run, and claim nothing yet."""
        self._browser = browser
        self._name = f"timeback_web/run/{name}"
        self._notices = notices
        self._on_won = on_won
        self._on_lost = on_lost
        self._on_robbed = on_robbed
        self._counted = counted
        self._on_counted = on_counted
        self._state = _State.OUT
        self._let_go: Cancel = _nothing
        self._timer: Cancel = _nothing
        self._channel: Channel | None = None
        self._company = False
        self.join()

    @property
    def claimed(self) -> bool:
        """Whether this tab has something to count."""
        return self._state is not _State.OUT

    @property
    def sure(self) -> bool:
        """Whether this tab holds the run, and could not without it being free."""
        return self._state is _State.OWNING and self._browser.locks.exclude()

    def join(self) -> None:
        """Hear the other tabs of the run, and be heard."""
        if self._channel is None and self._browser.locks.exclude():
            self._channel = self._browser.channels.open(self._name, self._on_message)
            self._channel.post("hello")

    def leave(self) -> None:
        """Let go of everything, in this task: the page is left, or the session ends."""
        self.give_up()
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def claim(self, *, has_past: bool = False) -> None:
        """There is time to count from now on.

        Args:
            has_past: Some was counted before as well: so in company, too, it is asked for.
        """
        if self._company and not has_past:
            self._lose()
            return
        self._state = _State.ASKING
        withdraw = self._browser.locks.request_if_free(
            self._name, self._answered, on_stolen=self._robbed
        )
        if self._state is _State.ASKING:
            self._let_go = withdraw

    def give_up(self) -> None:
        """There is none any more."""
        self._drop(_State.OUT)

    def insist(self) -> None:
        """The learner turns to this tab: it is to have the run."""
        if self._state is not _State.WAITING:
            return
        self._drop(_State.WAITING)
        self._stand_in_line()
        if self._state is _State.WAITING:
            self._timer = self._browser.timers.call_later(PATIENCE_MS, self._steal)
            self._say("yield")

    # ── the lock ─────────────────────────────────────────────────────────────────────────────

    def _lose(self) -> None:
        self._state = _State.WAITING
        self._on_lost()
        if self._state is not _State.WAITING:
            return  # all that there was to count was counted elsewhere
        if self._browser.lifecycle.is_focused():
            self.insist()
        else:
            self._stand_in_line()

    def _answered(self, release: Cancel | None) -> None:
        with self._notices:
            if release is not None:
                self._granted(release)
            else:
                self._lose()

    def _granted(self, release: Cancel) -> None:
        with self._notices:
            self._timer()
            self._state = _State.OWNING
            self._let_go = release
            self._on_won()

    def _stand_in_line(self, *, at_its_head: bool = False) -> None:
        withdraw = self._browser.locks.request(
            self._name, self._granted, on_stolen=self._robbed, steal=at_its_head
        )
        if self._state is _State.WAITING:
            self._let_go = withdraw

    def _steal(self) -> None:
        self._drop(_State.WAITING)
        self._stand_in_line(at_its_head=True)

    def _robbed(self) -> None:
        with self._notices:
            self._on_robbed()
            if self.claimed:
                self._step_back()

    def _step_back(self) -> None:
        self._drop(_State.WAITING)
        self._timer = self._browser.timers.call_later(STEP_BACK_MS, self._stand_in_line)

    def _drop(self, state: _State) -> None:
        self._timer()
        let_go, self._let_go, self._timer = self._let_go, _nothing, _nothing
        self._state = state
        let_go()

    # ── the other tabs ───────────────────────────────────────────────────────────────────────

    def _say(self, message: str) -> None:
        if self._channel is not None:
            self._channel.post(message)

    def _on_message(self, message: str) -> None:
        self._company = True
        if message == "hello":
            self._say(_HERE + json.dumps(self._counted()))
        elif message.startswith(_HERE):
            self._on_counted(json.loads(message.removeprefix(_HERE)))
        elif message == "yield" and self.claimed:
            with self._notices:
                if self._state is not _State.WAITING:
                    self._on_lost()
                if self.claimed:
                    self._step_back()
