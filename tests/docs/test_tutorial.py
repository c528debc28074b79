"""The tutorial, done as it says: its commands in an empty folder, its files, a real browser."""

from __future__ import annotations

import os
import subprocess
import time

import httpx
import pytest

from tests.docs.reader import Reader
from tests.docs.reading import ROOT, read_blocks
from tests.support.demo_server import free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

TUTORIAL = ROOT / "docs" / "get-started.md"


@pytest.fixture
def address(tmp_path):
    """Steps 1 to 5, up to the open address."""
    blocks = read_blocks(TUTORIAL)
    reader = Reader(tmp_path)
    reader.run(*(block for block in blocks if block.run == "install"))
    for block in blocks:
        if block.title:
            file = reader.project / block.title
            file.parent.mkdir(exist_ok=True)
            file.write_text(block.code)
    port = free_port()
    server = subprocess.Popen(
        [reader.python, "server.py"], cwd=reader.project, env=os.environ | {"PORT": str(port)}
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(address, server))
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_the_tutorial(address, chromium):
    page = opened(chromium, address)
    wait_until_active(page, seconds=2)
    page.close()
    wait_for(lambda: journal(address))

    page = opened(chromium, address)  # step 3: the same run
    wait_until_active(page, seconds=1)
    page.click("#done")
    page.wait_for_function("document.getElementById('state').textContent == 'Done.'")
    page.close()

    entries = journal(address)
    *windows, completion = entries
    assert len(windows) >= 2
    assert {window["type"] for window in windows} == {"TimeSpentEvent"}
    assert len({entry["run"] for entry in entries}) == 1
    assert sum(window["items"]["active"] for window in windows) >= 3
    assert (completion["type"], completion["items"]) == ("ActivityEvent", {"xpEarned": 10})


def opened(chromium, address):
    page = chromium.context.new_page()
    page.bring_to_front()
    page.set_default_timeout(90_000)
    page.goto(f"{address}/")
    return page


def wait_until_active(page, *, seconds):
    """Until the page itself says so: `Active for 2 s`."""
    page.wait_for_function(
        "seconds => parseInt(state.textContent.split(' ')[2]) >= seconds",
        arg=seconds,
    )


def journal(address):
    return httpx.get(f"{address}/journal").raise_for_status().json()


def answers(address, server):
    assert server.poll() is None, "the server ended at once"
    try:
        return httpx.get(f"{address}/journal").is_success
    except httpx.TransportError:
        return False


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
