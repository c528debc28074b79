"""Accuracy: what trackers on one page record of the same histories, and what is true."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from bench.histories import make_history
from bench.learner import Lived, live
from bench.report import NO_GOAL, Goal, chapter, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bench.lab import Lab
    from bench.site import Post

_PEERS = Path(__file__).with_name("peers")
_GOAL = 0.1
_BEGUN = "/begun/"
_HEARTBEAT = "/api/timeback/activity/heartbeat"

type Recorded = dict[str, float]
"""Milliseconds by history."""


def _ours(posts: list[Post]) -> Recorded:
    """The active time of all windows; one that came twice counts once, as at the real server."""
    windows = {}
    for post in posts:
        if post.path == _HEARTBEAT:
            window = post.json()
            windows[window["runId"], window["startedAt"]] = window["elapsedMs"]
    return _sums((run_id, elapsed_ms) for (run_id, _), elapsed_ms in windows.items())


def _timeme(kind: str) -> Callable[[list[Post]], Recorded]:
    """The latest total of each visit."""

    def read(posts: list[Post]) -> Recorded:
        totals: dict[tuple[str, str], float] = {}
        for name, post in _of_peer(posts, kind):
            said = post.json()
            visit = (name, said["visit"])
            totals[visit] = max(totals.get(visit, 0.0), said["activeMs"])
        return _sums((name, active_ms) for (name, _), active_ms in totals.items())

    return read


def _snowplow(posts: list[Post]) -> Recorded:
    """A second for each page ping; one that came twice counts once."""
    pings = {
        (name, event["eid"])
        for name, post in _of_peer(posts, "snowplow")
        for event in post.json()["data"]
        if event["e"] == "pp"
    }
    return _sums((name, 1_000) for name, _ in pings)


def _blog(posts: list[Post]) -> Recorded:
    """The sum of what it sent."""
    return _sums((name, post.json()["activeMs"]) for name, post in _of_peer(posts, "blog"))


@dataclass(frozen=True)
class Tracker:
    """A tracker, and how its server adds up.

    Attributes:
        begun_as: What the page calls it.
        path: Where it reports to.
        recorded: What the posts of all pages come to.
        compared: Whether it is one of the peers that the goal is about.
    """

    name: str
    begun_as: str
    path: str
    recorded: Callable[[list[Post]], Recorded]
    compared: bool = True


TRACKERS = (
    Tracker("timeback_web", "timeback", _HEARTBEAT, _ours, compared=False),
    Tracker("timeme.js", "timeme", "/peers/timeme/", _timeme("timeme")),
    Tracker("snowplow", "snowplow", "/peers/snowplow/", _snowplow),
    Tracker("blog heartbeat", "blog", "/peers/blog/", _blog),
    Tracker(
        "timeme.js, every second",
        "timeme",
        "/peers/timeme-every-second/",
        _timeme("timeme-every-second"),
        compared=False,
    ),
)


def measure(lab: Lab) -> str:
    """The chapter."""
    settings = lab.settings
    histories = [make_history(settings.seed, number) for number in range(settings.histories)]
    before = len(lab.site.posts)
    # Processes, not threads: Playwright belongs to one.
    with ProcessPoolExecutor(settings.lanes, mp_context=get_context("spawn")) as lanes:
        tasks = [lanes.submit(live, lab.site.origin, lab.folder, one) for one in histories]
        lived = [task.result() for task in tasks]
    posts = lab.site.posts[before:]
    errors = {tracker.name: _errors(tracker, lived, posts) for tracker in TRACKERS}
    return chapter(
        "Accuracy",
        _INTRO.format(histories=len(histories), lanes=settings.lanes, seed=settings.seed),
        _summary(errors, lived, posts),
        "Recorded less true, in ms:\n\n" + _details(errors, lived),
        _configuration(),
    )


def _errors(tracker: Tracker, lived: list[Lived], posts: list[Post]) -> list[float]:
    recorded = tracker.recorded(posts)
    late = _late(tracker, posts)
    return [
        recorded.get(one.history.name, 0.0) - (one.true_ms - late[one.history.name])
        for one in lived
    ]


def _late(tracker: Tracker, posts: list[Post]) -> Recorded:
    """How long after the witness it was started, all visits together."""
    begun = [post for post in posts if post.path.startswith(_BEGUN)]
    return _sums((post.path.removeprefix(_BEGUN), post.json()[tracker.begun_as]) for post in begun)


def _summary(errors: dict[str, list[float]], lived: list[Lived], posts: list[Post]) -> str:
    minutes = sum(one.true_ms for one in lived) / 60_000
    mae = {name: mean(map(abs, found)) for name, found in errors.items()}
    mae_unkilled = {name: _mean_unkilled(found, lived) for name, found in errors.items()}
    rows = [
        (
            tracker.name,
            f"{mae[tracker.name]:,.0f}",
            f"{mae_unkilled[tracker.name]:,.0f}",
            f"{max(map(abs, errors[tracker.name])):,.0f}",
            f"{mean(errors[tracker.name]):+,.0f}",
            f"{sum(post.path.startswith(tracker.path) for post in posts) / minutes:.0f}",
            *NO_GOAL,
        )
        for tracker in TRACKERS
    ]
    best = min((tracker.name for tracker in TRACKERS if tracker.compared), key=mae.__getitem__)
    for name in (best, "timeme.js, every second"):
        ratio = mae["timeback_web"] / mae[name]
        unkilled = mae_unkilled["timeback_web"] / max(1.0, mae_unkilled[name])
        goal = Goal(_GOAL).cells(ratio) if name is best else NO_GOAL
        rows.append(
            (f"timeback_web / {name}", f"{ratio:.2f}", f"{unkilled:.2f}", "", "", "", *goal)
        )
    head = (
        "",
        "mean error ms",
        "no kill",
        "largest",
        "recorded less true",
        "requests a minute",
        "goal",
        "met?",
    )
    return table(head, rows)


def _mean_unkilled(errors: list[float], lived: list[Lived]) -> float:
    unkilled = [
        abs(error) for error, one in zip(errors, lived, strict=True) if not one.history.has_kill
    ]
    return mean(unkilled) if unkilled else 0.0


def _details(errors: dict[str, list[float]], lived: list[Lived]) -> str:
    rows = [
        (
            one.history.in_short,
            f"{one.true_ms:,.0f}",
            *(f"{errors[name][row]:+,.0f}" for name in errors),
        )
        for row, one in enumerate(lived)
    ]
    return table(("history", "true ms", *errors), rows)


def _configuration() -> str:
    scripts = [
        f"```js\n{(_PEERS / name).read_text().strip()}\n```"
        for name in ("timeme_setup.js", "snowplow_setup.js", "blog_heartbeat.js")
    ]
    ours = "timeback_web: as it is, without an option."
    return "\n\n".join(["### Configuration", ours, *scripts])


_INTRO = (
    "{histories} random histories (seed {seed}) of two visits each, lived through by a real "
    "Chromium "
    "({lanes} at a time, each with a profile of its own), with all trackers on the same page: "
    "*work* (in sight, with inputs), *read* (in sight, without), *hide* (another tab in front), "
    "*minimise*; at the end *NAVIGATE*, *CLOSE* or *KILL* (SIGKILL of the renderer).\n\n"
    "**True** is what the [witness](../tests/faults/witness.js) of the fault matrix says, from "
    "the moment on in which all trackers begin together, when Python is there: in sight and not "
    "left; who reads without an input is active. (They begin one after the other in one task; each "
    "one's truth begins with its own call.) "
    "**Recorded** is what the tracker's server has received, added up as its manual says. Error is "
    "the absolute difference of a history, "
    "mean and largest of all; *no kill* is the mean of the histories without one. "
    "Trackers that report by the clock do it every 15 s, as timeback_web "
    "does; Snowplow, whose reports are its resolution, by the second. The last one, timeme.js with "
    "a report every second, shows what fifteen times the requests buy; it is not what the goal is "
    "about."
)


def _of_peer(posts: list[Post], kind: str) -> list[tuple[str, Post]]:
    prefix = f"/peers/{kind}/"
    return [
        (post.path.removeprefix(prefix), post) for post in posts if post.path.startswith(prefix)
    ]


def _sums(parts: Iterable[tuple[str, float]]) -> Recorded:
    sums: Recorded = {}
    for name, milliseconds in parts:
        sums[name] = sums.get(name, 0.0) + milliseconds
    return sums
