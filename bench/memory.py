"""Memory: what a page holds after 0, 100 and 1,000 sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.python_page import PythonPage, open_python
from bench.report import NO_GOAL, Goal, chapter, table

if TYPE_CHECKING:
    from bench.lab import Lab

_STOPS = (0, 100, 1_000)
_BATCH = 100
_GOAL = Goal(1, " %")

_PREPARE = """
    import asyncio, gc
    from timeback_web import Timeback
    timeback = Timeback()

    async def sessions(count):
        for _ in range(count):
            activity = timeback.activity.start(
                id="lesson-1", name="Fractions", course={"subject": "Math", "grade": 3}
            )
            await asyncio.sleep(0.01)
            await activity.end()
"""


@dataclass(frozen=True)
class Held:
    """What a page holds at one moment.

    Attributes:
        heap: Bytes of the JavaScript heap in use.
        wasm: Length of Python's memory, which only ever grows.
        objects: What Python keeps there that may refer to something else.
    """

    heap: int
    wasm: int
    objects: int

    @property
    def total(self) -> int:
        """All bytes."""
        return self.heap + self.wasm


def measure(lab: Lab) -> str:
    """The chapter."""
    with lab.browser("memory") as browser, open_python(lab, browser, "/python.html") as page:
        cdp = browser.context.new_cdp_session(page.tab)
        page.run(_PREPARE)
        held: list[Held] = []
        done = 0
        for stop in _STOPS:
            while done < stop:
                page.run(f"await sessions({_BATCH})")
                page.run("await asyncio.sleep(0.5)\ngc.collect()")
                done += _BATCH
            cdp.send("HeapProfiler.collectGarbage")
            heap = int(cdp.send("Runtime.getHeapUsage")["usedSize"])
            held.append(Held(heap, _wasm(page), page.run("len(gc.get_objects())")))
    return chapter("Memory", _INTRO, _table(held))


def _wasm(page: PythonPage) -> int:
    return int(page.tab.evaluate("python._module.HEAPU8.length"))


_INTRO = (
    "One page of our bundle, sessions of 10 ms one after the other, each delivered to the server. "
    "Garbage is collected after every hundred, and on both "
    "sides before each look. The first hundred sessions fill caches; "
    "what counts is what comes after them."
)


def _table(held: list[Held]) -> str:
    _, first, last = held
    rows = [
        (f"after {stop:,} sessions", *_cells(one), *NO_GOAL)
        for stop, one in zip(_STOPS, held, strict=True)
    ]
    growth = _percent(first.total, last.total)
    parts = [(one, other) for one, other in zip(_figures(first), _figures(last), strict=True)]
    rows.append(
        (
            "growth, 100 to 1,000",
            *(f"{_percent(*part):.2f} %" for part in parts),
            *_GOAL.cells(growth),
        )
    )
    head = (
        "",
        "JavaScript heap MB",
        "Python memory MB",
        "both MB",
        "Python objects",
        "goal (both)",
        "met?",
    )
    return table(head, rows)


def _figures(held: Held) -> tuple[int, int, int, int]:
    return held.heap, held.wasm, held.total, held.objects


def _cells(held: Held) -> tuple[str, ...]:
    *sizes, objects = _figures(held)
    return (*(f"{size / 1e6:.2f}" for size in sizes), f"{objects:,}")


def _percent(before: int, after: int) -> float:
    return (after - before) / before * 100
