"""With the real cloud. Its part is played by the platform of a second demo."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.server.sdk import LOCAL_CLIENT_ID, local_client_secret, use_local_platform
from demo.server.settings import Cloud
from tests.server.running import FRACTIONS_ANSWERS, RunningDemo, window


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[RunningDemo]:
    folder = tmp_path / "cloud"
    folder.mkdir()
    with RunningDemo(folder, secret="another secret") as running:
        yield running


@pytest.fixture
def customer(tmp_path: Path, cloud: RunningDemo) -> Iterator[RunningDemo]:
    credentials = Cloud("staging", LOCAL_CLIENT_ID, local_client_secret(cloud.settings))
    with RunningDemo(tmp_path, cloud=credentials) as running:
        provider = running.services.timeback.instance.api.get_provider()
        assert "127.0.0.1" not in provider.get_endpoint("caliper").base_url
        use_local_platform(running.services.timeback, cloud.settings)
        yield running


def test_there_is_no_local_platform(customer: RunningDemo) -> None:
    browser = customer.browser()
    assert browser.post("/platform/caliper/event", {}).status_code == 404
    assert browser.post("/platform/faults", {}).status_code == 404


def test_the_journal_shows_what_was_sent(customer: RunningDemo, cloud: RunningDemo) -> None:
    browser = customer.browser("ada")
    run_id = browser.start("fractions")
    assert browser.heartbeat(run_id, window(0)).status_code == 204
    browser.complete("fractions", run_id)
    browser.wait_until_recorded("fractions")
    shown = browser.journal(run_id)
    assert shown["source"] == "sent"
    assert shown["activeMs"] == 15_000
    assert shown["completion"]["metrics"]["xpEarned"] == 10 * len(FRACTIONS_ANSWERS)
    assert [event["id"] for event in shown["events"]] == [
        arrival.event["id"] for arrival in cloud.wire.arrivals
    ]


def test_a_window_that_was_sent_twice_is_shown_once(
    customer: RunningDemo, cloud: RunningDemo
) -> None:
    browser = customer.browser("ada")
    run_id = browser.start("fractions")
    cloud.faults(events="down")
    assert browser.heartbeat(run_id, window(0)).status_code == 502
    cloud.faults(events="up")
    assert browser.heartbeat(run_id, window(0)).status_code == 204
    assert browser.journal(run_id)["activeMs"] == 15_000
