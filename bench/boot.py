"""Boot: from navigation to the first `start()` that has returned, beside the stock runtime."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.report import NO_GOAL, Goal, chapter, table
from bench.site import settle
from bench.stats import paired_ratios, with_spread

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

    from bench.lab import Lab
    from tests.support.chromium import Chromium

VARIANTS = {
    "a": ("stock-pyodide", "stock Pyodide, empty script"),
    "b": ("bundle-empty", "our bundle, empty script"),
    "c": ("bundle-started", "our bundle, `timeback_web` started"),
    "d": ("stock-pyscript", "stock PyScript, empty tag"),
    "e": ("bundle-pyscript", "our bundle through PyScript, `timeback_web` started"),
}
_STEPS = "bundle-steps"
_PRIMING_LOADS = 2
"""The second load is the one that leaves compiled code in the cache."""

_STEPWISE_LOADS = 3

_MEGABIT_BYTES = 1_000_000 / 8


@dataclass(frozen=True)
class Condition:
    """Under what a page is loaded."""

    name: str
    warm: bool = False
    cpu_rate: int = 1
    link_mbit_s: int = 0
    link_latency_ms: int = 0

    @property
    def slow(self) -> bool:
        """Whether a load takes long, so that there are fewer of them."""
        return self.cpu_rate > 1 or self.link_mbit_s > 0

    @property
    def variants(self) -> tuple[str, ...]:
        """What is loaded."""
        return tuple(key for key in VARIANTS if key != "b" or not self.slow)


COLD = Condition("cold cache")
WARM = Condition("warm cache", warm=True)
SLOW_CPU = Condition("cold cache, processor slowed down 4x", cpu_rate=4)
SLOW_LINK = Condition("cold cache, 10 Mbit/s and 40 ms", link_mbit_s=10, link_latency_ms=40)

type Ratio = tuple[str, str, float]
_C_OVER_A: Ratio = ("c", "a", 0.55)
_C_OVER_B: Ratio = ("c", "b", 1.25)
_E_OVER_D: Ratio = ("e", "d", 0.6)
RATIOS: dict[Condition, tuple[Ratio, ...]] = {
    COLD: (_C_OVER_A, _C_OVER_B, _E_OVER_D),
    WARM: (_C_OVER_A, _C_OVER_B, _E_OVER_D),
    SLOW_CPU: (_C_OVER_A, _E_OVER_D),
    SLOW_LINK: (("c", "a", 0.9), ("e", "d", 0.9)),
}


@dataclass
class Loads:
    """What was measured under one condition, by variant and round."""

    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    bytes: dict[str, int] = field(default_factory=dict)


def measure(lab: Lab) -> str:
    """The chapter."""
    settings = lab.settings
    with lab.browser("boot") as browser:
        loads = {
            condition: _load_all(
                lab, browser, condition, settings.slow_rounds if condition.slow else settings.rounds
            )
            for condition in RATIOS
        }
        steps = [_load(lab, browser, _STEPS, COLD) for _ in range(_STEPWISE_LOADS)]
    return chapter(
        "Boot",
        _INTRO,
        *(_condition(condition, found) for condition, found in loads.items()),
        _wire(loads[COLD]),
        _breakdown(steps),
    )


def _load_all(lab: Lab, browser: Chromium, condition: Condition, rounds: int) -> Loads:
    if condition.warm:
        for page, _ in VARIANTS.values():
            for _ in range(_PRIMING_LOADS):
                _load(lab, browser, page, condition)
    loads = Loads()
    for number in range(rounds):
        # There and back, so that no variant always comes after the same one.
        order = condition.variants[:: 1 if number % 2 else -1]
        for variant in order:
            report = _load(lab, browser, VARIANTS[variant][0], condition)
            loads.ms[variant].append(report["at"])
            loads.bytes[variant] = sum(sent.size for sent in lab.site.sent)
    return loads


def _load(lab: Lab, browser: Chromium, page: str, condition: Condition) -> dict[str, Any]:
    """Load a page in a tab of its own; what it reports."""
    tab = browser.context.new_page()
    try:
        # On the same origin first: what is set for a process stays, if the process does.
        tab.goto(f"{lab.site.origin}/blank.html")
        cdp = browser.context.new_cdp_session(tab)
        _impose(cdp, condition)
        lab.site.sent.clear()
        # Not `goto`: it would wait for the page, and be told of every request.
        cdp.send("Page.navigate", {"url": f"{lab.site.origin}/{page}.html"})
        report: dict[str, Any] = lab.site.await_report()
        settle()
        return report
    finally:
        tab.close()


def _impose(cdp: CDPSession, condition: Condition) -> None:
    if not condition.warm:
        cdp.send("Network.clearBrowserCache")
    if condition.cpu_rate > 1:
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": condition.cpu_rate})
    if condition.link_mbit_s:
        throughput = condition.link_mbit_s * _MEGABIT_BYTES
        cdp.send("Network.enable")
        cdp.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": condition.link_latency_ms,
                "downloadThroughput": throughput,
                "uploadThroughput": throughput,
            },
        )


_INTRO = (
    "Milliseconds from navigation until `loadPyodide()` has resolved (empty scripts), PyScript is "
    "done (empty tag) or the first `start()` has returned. Each load has a tab of its own. One "
    "round loads all of them, the next one in reverse order; a ratio is taken within its round, "
    "and the table has the median of all rounds, with the smallest and the largest. Our pages "
    "have the preload links of the page that comes with the bundle, if it has any, the stock ones "
    "none, as in their manuals. All files are served by the same server from memory, compressed: "
    "as they lie precompressed in the bundle, else with Brotli at quality 11."
)


def _condition(condition: Condition, loads: Loads) -> str:
    times = table(
        ("", "page", "ms"),
        [(key, VARIANTS[key][1], with_spread(loads.ms[key])) for key in condition.variants],
    )
    ratios = table(
        ("ratio", "measured", "goal", "met?"),
        [_ratio(loads, *ratio) for ratio in RATIOS[condition]],
    )
    count = len(loads.ms["a"])
    title = condition.name[0].upper() + condition.name[1:]
    return f"### {title} ({count} rounds)\n\n{times}\n\n{ratios}"


def _ratio(loads: Loads, ours: str, theirs: str, limit: float) -> tuple[str, ...]:
    ratios = paired_ratios(loads.ms[ours], loads.ms[theirs])
    goal = Goal(limit).cells(median(ratios))
    return (f"{ours} / {theirs}", with_spread(ratios, 2), *goal)


def _wire(loads: Loads) -> str:
    sizes = loads.bytes
    rows = [
        (key, title, f"{sizes[key] / 1000:,.0f}", *NO_GOAL) for key, (_, title) in VARIANTS.items()
    ]
    for ours, theirs in (("c", "a"), ("e", "d")):
        ratio = sizes[ours] / sizes[theirs]
        rows.append(("", f"{ours} / {theirs}", f"{ratio:.2f}", *Goal(1).cells(ratio)))
    return "### Bytes on the wire until then (kB, bodies)\n\n" + table(
        ("", "page", "kB", "goal", "met?"), rows
    )


def _breakdown(reports: list[dict[str, Any]]) -> str:
    rows = [
        ("waiting for downloads, all in all", _each(reports, _download_ms)),
        ("page, until `loadPyodide()` is called", _between(reports, None, "asked")),
        ("runtime", _between(reports, "asked", "runtime")),
        ("wheels fetched and unpacked", _between(reports, "runtime", "wheels")),
        ("`import timeback_web`", _between(reports, "python", "imported")),
        ("`Timeback()`", _between(reports, "imported", "client")),
        ("`start()`", _between(reports, "client", "started")),
        ("all", _between(reports, None, "started")),
    ]
    return (
        f"### What (c) is made of (cold cache, {len(reports)} loads)\n\n"
        "The same boot one step after the other; in (c) itself the wheels are fetched while the "
        "runtime starts. The downloads are contained in the other rows.\n\n"
        + table(("step", "ms"), rows)
    )


def _between(reports: list[dict[str, Any]], first: str | None, last: str) -> str:
    return _each(reports, lambda report: _span(report, first, last))


def _each(reports: list[dict[str, Any]], figure: Any) -> str:  # noqa: ANN401 - of a report
    return with_spread([figure(report) for report in reports])


def _span(report: dict[str, Any], first: str | None, last: str) -> float:
    marks = report["marks"]
    return float(marks[last] - (marks[first] if first else 0))


def _download_ms(report: dict[str, Any]) -> float:
    """For how long at least one file was under way."""
    total = reached = 0.0
    for file in sorted(report["files"], key=lambda file: file["from"]):
        total += max(0.0, file["until"] - max(file["from"], reached))
        reached = max(reached, file["until"])
    return total
