"""Where the books of a session begin: at `start()`, or when the page came up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.ledger import Cause, Ledger, Reading

if TYPE_CHECKING:
    from timeback_web.options import TimeOptions
    from timeback_web.ports import Browser


def open_ledger(
    browser: Browser, time: TimeOptions, *, called_at: Reading, not_before_ms: int
) -> Ledger:
    """Open the ledger of a session, and tell it what has happened so far.

    Args:
        browser: The page.
        time: How to track.
        called_at: When the app called `start()`.
        not_before_ms: Wall time at which the run's last session of this page ended: should the
            clock have been set back since, this one begins there.
    """
    past = browser.lifecycle.history() if time.since == "navigation" else []
    hidden_now = browser.lifecycle.is_hidden()
    began_ms, hidden = past[0] if past else (called_at.monotonic_ms, hidden_now)
    wall_ms = called_at.wall_ms - (called_at.monotonic_ms - began_ms)
    ledger = Ledger(
        Reading(began_ms, max(wall_ms, not_before_ms)),
        held={Cause.HIDDEN} if hidden else set(),
        stall_limit_ms=time.stall_limit_ms,
        idle_after_ms=time.idle_after_ms,
    )
    for at_ms, hidden in [*past[1:], (called_at.monotonic_ms, hidden_now)]:
        change = ledger.hold if hidden else ledger.release
        change(Cause.HIDDEN, Reading(at_ms, wall_ms + at_ms - began_ms))
    # Whoever starts something is there.
    ledger.input(called_at)
    return ledger
