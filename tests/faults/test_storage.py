"""No place to keep what waits, or too much of it."""

from __future__ import annotations

import pytest

from tests.faults.matrix import EXACT, LOSE_NOTHING, LOSE_NOTHING_TWICE
from tests.faults.witnessed_page import last_words, learn

pytestmark = [pytest.mark.browser, pytest.mark.faults]

HEALING_S = 40

BLOCKED = """
Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("blocked by the test", "SecurityError"); },
});
"""

FILL = """
() => {
    for (let size = 1 << 22; size >= 1; size >>= 1) {
        try {
            for (let part = 0; ; part++) {
                localStorage.setItem(`filling/${size}/${part}`, "x".repeat(size));
            }
        } catch {
            continue;
        }
    }
}
"""

BEACON_QUOTA_BYTES = 64 * 1024


def outlast_a_broken_server(demo, page, eventually):
    """Let two windows be refused, and end the activity once the server is well; the run."""
    demo.wire.refuse_with = (500, "BROKEN")
    run_id = page.start()
    learn(2.6)
    eventually(lambda: demo.wire.of(run_id))
    demo.wire.refuse_with = None
    learn(1.3)
    page.end()
    return run_id


def test_with_storage_blocked_memory_keeps_what_waits(demo, open_page, eventually, matrix):
    page = open_page(BLOCKED)
    run_id = outlast_a_broken_server(demo, page, eventually)
    true_ms = page.true_ms()
    matrix.check("storage blocked, 500, well", run_id, true_ms, EXACT, patience_s=HEALING_S)


def test_with_storage_blocked_closing_loses_nothing(browser, demo, open_page, matrix):
    page = open_page(BLOCKED)
    run_id = page.start()
    learn(2.4)
    page.tab.close()
    true_ms = last_words(browser.context, demo.url)
    matrix.check("storage blocked, close", run_id, true_ms, LOSE_NOTHING)


def test_with_storage_full_memory_keeps_what_waits(demo, open_page, eventually, matrix):
    page = open_page()
    page.tab.evaluate(FILL)
    run_id = outlast_a_broken_server(demo, page, eventually)
    assert page.windows_waiting() == 0, "storage was not full"
    true_ms = page.true_ms()
    matrix.check("storage full, 500, well", run_id, true_ms, EXACT, patience_s=HEALING_S)


def test_a_backlog_over_the_beacon_quota_at_close(browser, demo, open_page, eventually, matrix):
    long_name = "n" * 1_900
    options = f"name={long_name!r}, time=TimeOptions(heartbeat_ms=100)"
    page = open_page()
    demo.wire.refuse_with = (500, "BROKEN")
    run_id = page.start(options)
    eventually(lambda: page.windows_waiting() * len(long_name) > BEACON_QUOTA_BYTES, within_s=40)
    page.tab.close()
    true_ms = last_words(browser.context, demo.url)
    demo.wire.refuse_with = None
    again = open_page()
    again.start(f"run_id={run_id!r}")
    learn(1.3)
    again.end()
    true_ms += again.true_ms()
    matrix.check(
        "outbox over 64 KiB, close, resume",
        run_id,
        true_ms,
        LOSE_NOTHING_TWICE,
        patience_s=HEALING_S,
    )
