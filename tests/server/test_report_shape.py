"""Reports that the SDK would take, and that spoil something further on."""

from typing import Any

import pytest

from tests.server.running import RunningDemo, window


@pytest.mark.parametrize("ended_at", ["9999-12-31T23:59:59.999999-23:59", "2200-01-01T00:00:00Z"])
def test_a_date_that_no_clock_shows_spoils_no_journal(demo: RunningDemo, ended_at: str) -> None:
    """In UTC the first is in the year 10000, which nothing that reads the journal can write."""
    ada = demo.browser("ada")
    run_id = ada.start("fractions")
    response = ada.heartbeat(run_id, window(0), endedAt=ended_at)
    assert response.status_code == 400
    assert "1970 to 2200" in response.json()["error"]["message"]
    assert ada.get("/api/journal").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"startedAt": "2026-02-30T00:00:00Z"},
        {"endedAt": "0001-01-01T00:00:00+23:59"},
        {"id": "x" * 501},
        {"name": "x" * 2_001},
        {"elapsedMs": 10**400},
    ],
)
def test_what_the_platform_would_refuse_is_refused_for_good(
    demo: RunningDemo, change: dict[str, Any]
) -> None:
    """The SDK makes a 502 of it, after which a client sends the same again and again."""
    ada = demo.browser("ada")
    response = ada.heartbeat(ada.start("fractions"), window(0), **change)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "INVALID_BODY"
    assert demo.wire.posts == 0
