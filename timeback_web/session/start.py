"""Where a session begins to count: at `start()`, when the page came up, or in JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from timeback_web.session.ticker import TICK_MS
from timeback_web.timekeeping.causes import Cause
from timeback_web.timekeeping.history import Change, History, What
from timeback_web.timekeeping.ledger import Ledger
from timeback_web.timekeeping.reading import Reading

if TYPE_CHECKING:
    from timeback_web.options import TimeOptions
    from timeback_web.ports import Browser, Cancel


class ClaimedHistory(NamedTuple):
    """A past that is counted by one session alone, and what gives it back if that fails."""

    history: History
    give_back: Cancel


def claim_history(browser: Browser, time: TimeOptions, *, called_at: Reading) -> ClaimedHistory:
    """The past of a session that is started here: none, or what the browser has listed.

    What was seen of the page before belongs to its first session, whoever starts that: after it,
    this is counted already, or was no part of an activity.

    Args:
        browser: The page.
        time: How to track.
        called_at: When the app called `start()`.
    """
    give_back = browser.page_record.claim_past()
    if give_back is None:
        return ClaimedHistory(_history([], browser, called_at), lambda: None)
    listed = browser.lifecycle.history() if time.since == "navigation" else []
    return ClaimedHistory(_history(listed, browser, called_at), give_back)


def up_to_now(history: History, browser: Browser) -> History:
    """What JavaScript tells, and how the page is now: not every way to be hidden fires an event."""
    now = _visibility(browser.clock.read(), hidden=browser.lifecycle.is_hidden())
    return history._replace(changes=[*history.changes, now])


def open_ledger(history: History, time: TimeOptions, *, not_before_ms: int) -> Ledger:
    """Open the ledger of a session, and tell it what has happened so far.

    Args:
        history: Where it begins.
        time: How to track.
        not_before_ms: Wall time at which the run's last session of this page ended: should the
            clock have been set back since, this one begins there.
    """
    ledger = Ledger(
        history.began._replace(wall_ms=max(history.began.wall_ms, not_before_ms)),
        held={Cause.HIDDEN} if history.hidden else set(),
        # A standstill begins up to a tick after the last look.
        stall_limit_ms=time.stall_limit_ms + TICK_MS,
        idle_after_ms=time.idle_after_ms,
    )
    for change in history.changes:
        change.tell(ledger)
    return ledger


def _history(listed: list[tuple[float, bool]], browser: Browser, called_at: Reading) -> History:
    hidden_now = browser.lifecycle.is_hidden()
    began_ms, hidden = listed[0] if listed else (called_at.monotonic_ms, hidden_now)
    wall_ms = called_at.wall_ms - (called_at.monotonic_ms - began_ms)
    changes = [
        _visibility(Reading(at_ms, wall_ms + at_ms - began_ms), hidden=then)
        for at_ms, then in listed[1:]
    ]
    changes += [
        _visibility(called_at, hidden=hidden_now),
        Change(called_at, What.INPUT),  # whoever starts something is there
    ]
    return History(Reading(began_ms, wall_ms), hidden, changes)


def _visibility(at: Reading, *, hidden: bool) -> Change:
    return Change(at, What.HOLD if hidden else What.RELEASE, Cause.HIDDEN)
