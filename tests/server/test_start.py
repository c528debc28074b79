"""How the server is set up and started."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from demo.server.catalogue import load_catalogue
from demo.server.settings import ROOT, Cloud, Settings, SettingsError, kept_secret
from tests.server.running import ANSWERS, RunningDemo, wait_for

SLOW_STEP = re.compile(r"(WARNING asyncio: )?Executing <.*> took [0-9.]+ seconds")
PLAIN = {"DATABASE_URL": "sqlite:///x", "DEMO_SECRET": "s"}


def test_settings_have_defaults() -> None:
    settings = Settings.from_env(PLAIN)
    assert settings.address == "http://127.0.0.1:8000"
    assert settings.bundle_dir == ROOT / ".demo" / "bundle"
    assert (settings.faults, settings.cloud) == (False, None)


def test_settings_come_from_the_environment() -> None:
    changes = {"PORT": "81", "DEMO_BUNDLE_DIR": "/b", "DEMO_FAULTS": "1", "TIMEBACK_ENV": "staging"}
    keys = {"TIMEBACK_CLIENT_ID": "id", "TIMEBACK_CLIENT_SECRET": "secret"}
    settings = Settings.from_env(PLAIN | changes | keys)
    assert (settings.port, settings.bundle_dir, settings.faults) == (81, Path("/b"), True)
    assert settings.cloud == Cloud("staging", "id", "secret")
    assert Settings.from_env(PLAIN | changes).cloud is None


@pytest.mark.parametrize(
    "change", [{"PORT": "x"}, {"PORT": "0"}, {"PORT": "70000"}, {"TIMEBACK_ENV": "moon"}]
)
def test_settings_that_cannot_be_used_are_refused(change: dict[str, str]) -> None:
    keys = {"TIMEBACK_CLIENT_ID": "id", "TIMEBACK_CLIENT_SECRET": "secret"}
    with pytest.raises(SettingsError, match=next(iter(change))):
        Settings.from_env(PLAIN | keys | change)


def test_the_secret_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "state" / "secret"
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(kept_secret(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert len(found[0]) > 30
    assert path.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]


def test_the_lessons_are_right() -> None:
    lessons = load_catalogue(ROOT / "demo" / "lessons")
    assert {lesson.id: lesson.time for lesson in lessons.values()} == {
        "fractions": "heartbeats",
        "reading-clocks": "server",
    }
    for lesson in lessons.values():
        answers = [question.answer for question in lesson.questions]
        assert answers == ANSWERS[lesson.id], "the answers that the tests give"
    shapes = {
        question.picture.shape for question in lessons["fractions"].questions if question.picture
    }
    assert len(lessons["fractions"].questions) == 12
    assert shapes == {"bar", "pie", "set", "pair", "line", "wholes", "grid"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "fractions"', 'id = "other"'),
        ("answer = 1", "answer = 4"),
        ("shaded = 3", "shaded = 5"),
        ("count = 8, shaded = 3", "count = 2, shaded = 3"),
        ("widths = [1, 2, 3]", "widths = [2, 2, 2]"),
        ("parts = 6, wholes = 1, mark = 5", "parts = 6, wholes = 1, mark = 7"),
        ("parts = 4, shaded = 7", "parts = 4, shaded = 17"),
        ("rows = 3, columns = 4, shaded = 8", "rows = 3, columns = 4, shaded = 13"),
        ('shape = "grid"', 'shape = "cube"'),
        ('"2/6", "4/6"', '"2/6", "2/6"'),
        ('time = "heartbeats"', 'time = "sundial"'),
        ('id = "q2"', 'id = "q1"'),
        ("[[questions]]", "[[questions"),
    ],
)
def test_a_lesson_that_is_not_right_is_named(tmp_path: Path, old: str, new: str) -> None:
    good = (ROOT / "demo" / "lessons" / "fractions.toml").read_text()
    assert old in good
    (tmp_path / "fractions.toml").write_text(good.replace(old, new, 1))
    with pytest.raises(ValueError, match=r"fractions\.toml"):
        load_catalogue(tmp_path)


def _command(port: int, folder: Path) -> subprocess.Popen[str]:
    env = os.environ | {
        "PORT": str(port),
        "DATABASE_URL": f"sqlite:///{folder / 'new' / 'demo.sqlite3'}",
        "DEMO_SECRET": "s",
    }
    command = [sys.executable, "-W", "error", "-X", "dev", "-m", "demo.server"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=pipe, stderr=pipe, text=True)


def test_the_command_says_where_it_is_and_stops_cleanly(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with _command(port, tmp_path) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line == f"The demo is ready: http://127.0.0.1:{port}\n"
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=30).status_code == 200
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    # A busy machine makes a step of the event loop slow, and its debug mode says so. No fault.
    said = [line for line in errors.splitlines() if not SLOW_STEP.fullmatch(line)]
    assert said == [], "no warnings, no trace"


def test_a_busy_port_gets_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with _command(port, tmp_path) as process:
            output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert output == ""
    assert errors == f"Port {port} can't be used: Address already in use. Set PORT.\n"


def test_a_server_can_be_stopped_and_started_on_its_database(tmp_path: Path) -> None:
    with RunningDemo(tmp_path) as before:
        run_id = before.browser("ada").start("fractions")
    with RunningDemo(tmp_path) as after:
        assert after.browser("ada").progress("fractions")["runId"] == run_id
        wait_for(lambda: after.server.started)
