"""Bytes: what we add to the download, and what a lesson sends."""

from __future__ import annotations

import zipfile
from collections import Counter
from statistics import mean
from typing import TYPE_CHECKING

from bench.python_page import open_python
from bench.report import NO_GOAL, Goal, chapter, table
from bench.site import settle

if TYPE_CHECKING:
    from pathlib import Path

    from bench.lab import Lab
    from bench.site import Post, Sent
    from tests.support.chromium import Chromium

_BUNDLE = "/bundle/"
_RUNTIME, _PYSCRIPT, _PYDANTIC, _OURS = (
    "Pyodide",
    "PyScript",
    "pydantic",
    "timeback_web and the rest",
)
_OF_PYODIDE = ("pyodide.", "python_stdlib")
_OF_PYDANTIC = ("pydantic", "annotated_types", "typing_")
_GOAL = Goal(50, " kB")

_BEAT_MS = 1_000
_BEATS_S = 8
_LESSON_MIN = 45
_BEATS_OF_LESSON = _LESSON_MIN * 60 // 15


def measure(lab: Lab) -> str:
    """The chapter."""
    with lab.browser("size") as browser:
        plain = _load(lab, browser, "python")
        pyscript = _load(lab, browser, "bundle-pyscript")
        beats, last = _beats(lab, browser)
    folder = lab.settings.bundle
    return chapter("Bytes", _downloads(folder, plain, pyscript), _heartbeats(beats, last))


def _load(lab: Lab, browser: Chromium, page: str) -> list[Sent]:
    """What goes over the wire in a cold load."""
    tab = browser.context.new_page()
    browser.context.new_cdp_session(tab).send("Network.clearBrowserCache")
    lab.site.sent.clear()
    tab.goto(f"{lab.site.origin}/{page}.html")
    lab.site.await_report()
    settle()
    tab.close()
    return list(lab.site.sent)


def _beats(lab: Lab, browser: Chromium) -> tuple[list[Post], Post]:
    """Heartbeats of a page, and the last one, which it sends when it is closed."""
    with open_python(lab, browser, "/python.html") as page:
        before = len(lab.site.posts)
        page.run(
            f"""
            from timeback_web import Timeback, TimeOptions
            activity = Timeback().activity.start(
                id="lesson-1", name="Fractions", course={{"subject": "Math", "grade": 3}},
                time=TimeOptions(heartbeat_ms={_BEAT_MS}),
            )
            """
        )
        page.wait(_BEATS_S * 1_000)
    settle(1)
    *beats, last = lab.site.posts[before:]
    return beats, last


def _downloads(folder: Path, plain: list[Sent], pyscript: list[Sent]) -> str:
    by_page = [_by_owner(folder, sent) for sent in (plain, pyscript)]
    rows = []
    for owner in (_RUNTIME, _PYSCRIPT, _PYDANTIC, _OURS):
        sizes = [sizes[owner] / 1000 for sizes in by_page]
        goal = _GOAL.cells(max(sizes)) if owner is _OURS else NO_GOAL
        rows.append((owner, *(f"{size:,.1f}" for size in sizes), *goal))
    return (
        "Downloads of a cold load (kB, bodies as they are served). An archive with files of "
        "several owners is split by the compressed sizes of its entries.\n\n"
        + table(("", "plain Pyodide", "through PyScript", "goal", "met?"), rows)
    )


def _by_owner(folder: Path, sent: list[Sent]) -> Counter[str]:
    sizes: Counter[str] = Counter()
    for one in sent:
        if one.path.startswith(_BUNDLE):
            path = one.path.removeprefix(_BUNDLE)
            for owner, share in _shares(folder / path, path).items():
                sizes[owner] += round(one.size * share)
    return sizes


def _shares(file: Path, path: str) -> dict[str, float]:
    """Whose a file is; the shares add up to one."""
    if path.startswith("pyscript/"):
        return {_PYSCRIPT: 1}
    if file.name.startswith((*_OF_PYODIDE, "pyodide-lock")):
        return {_RUNTIME: 1}
    if not zipfile.is_zipfile(file):
        return {_OURS: 1}
    parts: Counter[str] = Counter()
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            owner = _PYDANTIC if entry.filename.startswith(_OF_PYDANTIC) else _OURS
            parts[owner] += entry.compress_size
    return {owner: size / parts.total() for owner, size in parts.items()}


def _heartbeats(beats: list[Post], last: Post) -> str:
    body = mean(len(beat.body) for beat in beats)
    wire = mean(beat.wire_size for beat in beats)
    rows = [
        ("a heartbeat", f"{body:,.0f}", f"{wire:,.0f}"),
        ("the last one, as a beacon", f"{len(last.body):,}", f"{last.wire_size:,}"),
        (
            f"a lesson of {_LESSON_MIN} minutes",
            f"{_BEATS_OF_LESSON * body + len(last.body):,.0f}",
            f"{_BEATS_OF_LESSON * wire + last.wire_size:,.0f}",
        ),
    ]
    return (
        f"What a page sends, in bytes: the mean of {len(beats)} heartbeats, without cookies, "
        f"headers as in HTTP/1.1. A lesson in sight all the time is {_BEATS_OF_LESSON} heartbeats "
        "of 15 s and the last one.\n\n" + table(("", "body", "with headers"), rows)
    )
