"""Where the books of a session begin: at `start()`, or when the page came up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.ledger import Cause, Ledger, Reading

if TYPE_CHECKING:
    from timeback_web.options import TimeOptions
    from timeback_web.ports import Browser


def open_ledger(browser: Browser, time: TimeOptions, *, not_before_ms: int) -> Ledger:
    """Open the ledger of a session, and tell it what has happened so far.

    Args:
        browser: The page.
        time: How to track.
        not_before_ms: Wall time at which the run's last session of this page ended: should the
            clock have been set back since, this one begins there.
    """
    now = browser.clock.read()
    past = browser.lifecycle.history() if time.since == "navigation" else []
    hidden_now = browser.lifecycle.is_hidden()
    began_ms, hidden = past[0] if past else (now.monotonic_ms, hidden_now)
    wall_ms = now.wall_ms - (now.monotonic_ms - began_ms)
    ledger = Ledger(
        Reading(began_ms, max(wall_ms, not_before_ms)),
        held={Cause.HIDDEN} if hidden else set(),
        stall_limit_ms=time.stall_limit_ms,
        idle_after_ms=time.idle_after_ms,
    )
    for at_ms, hidden in [*past[1:], (now.monotonic_ms, hidden_now)]:
        change = ledger.hold if hidden else ledger.release
        change(Cause.HIDDEN, Reading(at_ms, wall_ms + at_ms - began_ms))
    # Whoever starts something is there.
    ledger.input(now)
    return ledger
