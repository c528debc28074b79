"""One look at the clocks: what the ledger is told instead of reading them."""

from __future__ import annotations

from typing import NamedTuple


class Reading(NamedTuple):
    """One look at both clocks, in milliseconds."""

    monotonic_ms: float
    wall_ms: float
