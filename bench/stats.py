"""Medians, percentiles and ratios of what was measured."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of all values do not exceed."""
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)  # rounded up
    return ordered[max(0, int(rank) - 1)]


def paired_ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """The ratio within each round: what slows a whole round down cancels out."""
    return [one / other for one, other in zip(ours, theirs, strict=True)]


def with_spread(values: Sequence[float], digits: int = 0) -> str:
    """The median, and from where to where the values go."""
    low, middle, high = (
        f"{value:.{digits}f}" for value in (min(values), median(values), max(values))
    )
    return f"{middle} ({low} to {high})" if len(values) > 1 else middle
