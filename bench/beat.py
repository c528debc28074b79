"""Beat: for how long a tick, a heartbeat and an exit keep the main thread busy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bench.python_page import PythonPage, open_python
from bench.report import NO_GOAL, Goal, chapter, table
from bench.stats import percentile
from timeback_web.session.ticker import TICK_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.lab import Lab
    from tests.support.chromium import Chromium

type Call = dict[str, Any]

_CALLS = 1_000
_TICK_MS, _HEARTBEAT_MS = 20, 40
"""Instead of 400 and 15,000: a thousand of each would take four hours."""
_MADE_EXITS = 200
_REAL_EXITS = 40
_LONG_MS = 50
_LESSON_S = 60

_OF_AN_EXIT = {"pagehide", "visibilitychange", "freeze"}
_INSIDE = ("fetchLater", "abort", "setItem", "fetch", "sendBeacon")

_START = """
    import timeback_web.session.session
    from timeback_web import Timeback, TimeOptions
    usual_tick_ms = timeback_web.session.session.TICK_MS
    timeback = Timeback()
    def start(**times):
        time = TimeOptions()
        for name, value in times.items():
            object.__setattr__(time, name, value)  # beyond what it takes from an app
        return timeback.activity.start(
            id="lesson-1", name="Fractions", course={"subject": "Math", "grade": 3},
            time=time,
        )
"""
_FAST = f"""
    timeback_web.session.session.TICK_MS = {_TICK_MS}
    activity = start(heartbeat_ms={_HEARTBEAT_MS})
"""
_USUAL = """
    timeback_web.session.session.TICK_MS = usual_tick_ms
    activity = start()
"""


@dataclass(frozen=True)
class Way:
    """A page under the stopwatch, and how it is told what to do.

    Attributes:
        path: Of the page.
        beat: Has it tick and beat fast, from now on.
        only_tick: Leaves the heartbeats at their usual pace, which nothing measured here reaches.
    """

    path: str
    beat: Callable[[PythonPage], object]
    only_tick: Callable[[PythonPage], object]


_OURS = Way(
    "/isolated/probed.html",
    beat=lambda page: page.run(_START + _FAST),
    only_tick=lambda page: page.run("activity.end()\n" + "activity = start()"),
)
_WAYS = {
    "with `fetchLater`": _OURS,
    "without (journal)": replace(_OURS, path=f"{_OURS.path}?without=fetchLater"),
}
_FLOOR = Way(
    "/isolated/floor.html",
    beat=lambda page: page.tab.evaluate(f"beat({_TICK_MS}, {_HEARTBEAT_MS})"),
    only_tick=lambda page: page.tab.evaluate(f"beat({_TICK_MS}, 15_000)"),
)
"""What the browser's own functions cost where they are called from a few lines of JavaScript."""


@dataclass(frozen=True)
class Beats:
    """Callbacks of one way, sorted out."""

    ticks: list[Call]
    put_asides: list[Call]
    heartbeats: list[Call]
    answers: list[Call]
    exits: Exits
    real_exits: Exits


@dataclass(frozen=True)
class Exits:
    """Exits of one kind: the handler that reports the window, and all that runs until the end."""

    handlers: list[Call]
    wholes: list[Call]


def measure(lab: Lab) -> str:
    """The chapter."""
    with lab.browser("beat") as browser:
        beats = {name: _beats(lab, browser, way) for name, way in _WAYS.items()}
        floor = {_NOTHING_OF_OURS: _beats(lab, browser, _FLOOR)}
        lesson, long_tasks = _scripted_minute(lab, browser)
    return chapter(
        "Beat",
        _INTRO,
        table(_HEAD, _rows(beats)),
        _FLOOR_INTRO,
        table(_HEAD, _rows(floor, goals=dict.fromkeys(_GOALS))),
        "### Where the time goes\n\nMedians, in ms, of what the callbacks spend inside the "
        "browser's own functions; the rest is Python.\n\n"
        + table(("callback", "all", *_INSIDE), _inside_rows(beats | floor)),
        _minute(lesson, long_tasks),
    )


def _beats(lab: Lab, browser: Chromium, way: Way) -> Beats:
    with open_python(lab, browser, way.path) as page:
        way.beat(page)
        page.wait(1_000)  # the first of everything is slow, and not what lasts
        page.tab.evaluate("probe.clear()")
        _await_heartbeats(page, _CALLS)
        calls = _take(page)
        way.only_tick(page)
        exits = _made_exits(page)
        real_exits = _real_exits(lab, page)
    timers = [call for call in calls if call["kind"] == "timer" and call["delay"] <= _HEARTBEAT_MS]
    return Beats(
        ticks=[call for call in timers if not _is_heartbeat(call)][:_CALLS],
        put_asides=[call for call in calls if _puts_aside(call)][:_CALLS],
        heartbeats=[call for call in timers if _is_heartbeat(call)][:_CALLS],
        answers=_answers(calls)[:_CALLS],
        exits=exits,
        real_exits=real_exits,
    )


def _is_heartbeat(call: Call) -> bool:
    return call["kind"] == "timer" and "fetch" in call["inside"]


def _puts_aside(call: Call) -> bool:
    return call["kind"] == "idle" and not {"fetchLater", "setItem"}.isdisjoint(call["inside"])


def _is_usual_tick(call: Call) -> bool:
    return call["kind"] == "timer" and call["delay"] == TICK_MS and not _is_heartbeat(call)


def _answers(calls: list[Call]) -> list[Call]:
    """What Pyodide's event loop does from one heartbeat to the next, as one."""
    answers: list[Call] = []
    for call in calls:
        if _is_heartbeat(call):
            answers.append({**call, "ms": 0.0, "inside": {}})
        elif call["kind"] == "task" and answers:
            answers[-1] = _sum(answers[-1], call)
    return answers


def _await_heartbeats(page: PythonPage, count: int) -> None:
    # Counted in the page: to hand out the log would keep it busy, and be measured.
    is_heartbeat = "call => call.kind === 'timer' && 'fetch' in call.inside"
    beats = f"() => probe.log.filter({is_heartbeat}).length"
    while page.tab.evaluate(beats) < count:
        page.wait(2_000)


def _take(page: PythonPage) -> list[Call]:
    calls: list[Call] = page.tab.evaluate("probe.log")
    page.tab.evaluate("probe.clear()")
    return calls


def _made_exits(page: PythonPage) -> Exits:
    """Leave by the same events as in a real exit, and come back, in a page that stays."""
    page.tab.evaluate(
        """async count => {
            const pause = ms => new Promise(done => setTimeout(done, ms));
            for (let exit = 0; exit < count; exit++) {
                await pause(50);
                window.dispatchEvent(new PageTransitionEvent("pagehide", {persisted: true}));
                await pause(10);
                window.dispatchEvent(new PageTransitionEvent("pageshow", {persisted: true}));
            }
        }""",
        _MADE_EXITS,
    )
    return _exits(_take(page))


def _real_exits(lab: Lab, page: PythonPage) -> Exits:
    """Go to another page and come back out of the back/forward cache, log and all."""
    address = page.tab.url
    for _ in range(_REAL_EXITS):
        page.wait(150)
        page.tab.goto(f"{lab.site.origin}/isolated/blank.html")
        page.tab.evaluate("history.back()")
        page.tab.wait_for_url(address, wait_until="commit")
        page.tab.wait_for_function("() => !!window.probe", polling=50)
    return _exits(_take(page))


def _exits(calls: list[Call]) -> Exits:
    """`pagehide`, and together with what follows it: the page is hidden, and then frozen."""
    handlers: list[Call] = []
    wholes: list[Call] = []
    for call in calls:
        if call["kind"] != "event" or call["name"] not in _OF_AN_EXIT:
            continue
        if handlers and call["at"] - handlers[-1]["at"] < 30:
            wholes[-1] = _sum(wholes[-1], call)
        elif call["name"] == "pagehide":
            handlers.append(call)
            wholes.append(call)
    return Exits(handlers, wholes)


def _sum(one: Call, other: Call) -> Call:
    names = {*one["inside"], *other["inside"]}
    inside = {name: one["inside"].get(name, 0) + other["inside"].get(name, 0) for name in names}
    return {**one, "ms": one["ms"] + other["ms"], "inside": inside}


def _scripted_minute(lab: Lab, browser: Chromium) -> tuple[list[Call], list[Call]]:
    """A minute of a lesson as it comes, with everything that a learner does."""
    with open_python(lab, browser, _OURS.path) as page:
        page.run(_START)
        page.wait(2_000)
        page.tab.evaluate("probe.clear()")
        page.run(_USUAL)
        other = browser.context.new_page()
        for _ in range(5):
            page.tab.bring_to_front()
            page.tab.mouse.move(50, 50)
            page.wait(_LESSON_S * 1000 / 5 - 2_000)
            page.run("activity.pause()\nactivity.resume()")
            other.bring_to_front()
            page.wait(2_000)
        page.tab.bring_to_front()
        page.run("activity.end()")
        page.wait(500)
        long_tasks = page.tab.evaluate("probe.longTasks")
        calls = _take(page)
        other.close()
    return calls, long_tasks


_HEAD = ("callback", "way", "count", "p50 ms", "p95 ms", "p99 ms", "goal (p95)", "met?")
_GOALS = {
    "tick": Goal(0.5, " ms"),
    "putting aside, when idle": None,
    "heartbeat": Goal(3, " ms"),
    "its answer, read in tasks": None,
    "exit (`pagehide`)": Goal(5, " ms"),
    "exit, all events": None,
    "real exit (`pagehide`)": Goal(5, " ms"),
    "real exit, all events": None,
}
_INTRO = (
    "Main-thread time of our callbacks, measured in the page around each of them "
    "([probe.js](../bench/pages/probe.js)), on a page that is cross-origin isolated: its clock "
    f"ticks in 5 µs. Ticks come every {_TICK_MS} ms here and heartbeats every {_HEARTBEAT_MS} ms, "
    "so that there are a thousand of each in less than a minute. A tick books time. Afterwards, "
    "once the page is idle, the open window is put aside for a crash: with the browser "
    "(`fetchLater`, which takes back the one before with `abort`), or, where there is none, in "
    "localStorage. "
    f"A page is left {_MADE_EXITS} times by an event that the bench dispatches, and {_REAL_EXITS} "
    "times by really going to another page (the log comes back with the page, out of the "
    "back/forward cache). The window is reported in `pagehide`; *all events* are that one and what "
    "follows it on the way out, `visibilitychange` and `freeze`."
)


_NOTHING_OF_OURS = "plain JavaScript"
_FLOOR_INTRO = (
    "The floor, measured in the same run: the same timers, events and calls of the browser "
    "(`fetchLater`, `fetch`, `sendBeacon`), made by a few lines of JavaScript on a page without "
    "Python ([floor.html](../bench/pages/floor.html)). What it takes longer than these is ours."
)


def _groups(beats: Beats) -> dict[str, list[Call]]:
    lists = (
        beats.ticks,
        beats.put_asides,
        beats.heartbeats,
        beats.answers,
        beats.exits.handlers,
        beats.exits.wholes,
        beats.real_exits.handlers,
        beats.real_exits.wholes,
    )
    return dict(zip(_GOALS, lists, strict=True))


def _rows(
    beats: dict[str, Beats], goals: Mapping[str, Goal | None] = _GOALS
) -> list[Sequence[object]]:
    return [
        (name, way, *_figures(_groups(found)[name], goal))
        for name, goal in goals.items()
        for way, found in beats.items()
    ]


def _figures(calls: list[Call], goal: Goal | None) -> tuple[object, ...]:
    if not calls:
        return (0, "-", "-", "-", *NO_GOAL)
    times = [call["ms"] for call in calls]
    p50, p95, p99 = (percentile(times, percent) for percent in (50, 95, 99))
    cells = goal.cells(p95) if goal else NO_GOAL
    return (len(times), f"{p50:.2f}", f"{p95:.2f}", f"{p99:.2f}", *cells)


def _inside_rows(beats: dict[str, Beats]) -> list[Sequence[object]]:
    return [
        (f"{name}, {way}", *(f"{value:.2f}" for value in _medians(_groups(found)[name])))
        for name in _GOALS
        for way, found in beats.items()
        if _groups(found)[name]
    ]


def _medians(calls: list[Call]) -> list[float]:
    columns = [[call["ms"] for call in calls]]
    columns += [[call["inside"].get(name, 0.0) for call in calls] for name in _INSIDE]
    return [percentile(column, 50) for column in columns]


def _minute(calls: list[Call], long_tasks: list[Call]) -> str:
    ours = [task for task in long_tasks if _our_share_ms(task, calls) >= _LONG_MS]
    slowest = max(call["ms"] for call in calls)
    total = sum(call["ms"] for call in calls)
    rows: list[Sequence[object]] = [
        ("long tasks caused by us (50 ms of ours in them)", len(ours), *Goal(0).cells(len(ours))),
        ("long tasks in all", len(long_tasks), *NO_GOAL),
        ("our slowest callback, ms", f"{slowest:.1f}", *NO_GOAL),
        ("all our callbacks, ms", f"{total:.0f}", *NO_GOAL),
        ("share of the main thread", f"{total / _LESSON_S / 10:.2f} %", *NO_GOAL),
    ]
    rows += [
        (f"{name}, as often as in real use ({len(found)}), p50 and p95 ms", _pair(found), *NO_GOAL)
        for name, found in (
            ("tick", [c for c in calls if _is_usual_tick(c)]),
            ("putting aside", [c for c in calls if _puts_aside(c)]),
            ("hidden or shown", [c for c in calls if c.get("name") == "visibilitychange"]),
        )
        if found
    ]
    return (
        f"### A minute of a lesson\n\n{_LESSON_S} s with the usual ticks ({TICK_MS} ms) and "
        "heartbeats (15 s), hidden and shown five times, paused and resumed five times.\n\n"
        + table(("", "measured", "goal", "met?"), rows)
    )


def _pair(calls: list[Call]) -> str:
    times = [call["ms"] for call in calls]
    return f"{percentile(times, 50):.2f}, {percentile(times, 95):.2f}"


def _our_share_ms(task: Call, calls: list[Call]) -> float:
    end = task["at"] + task["ms"]
    return float(sum(call["ms"] for call in calls if task["at"] <= call["at"] < end))
