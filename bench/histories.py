"""Histories of a learner at a page, made up at random, the same again from the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

ACTS = ("work", "read", "hide", "minimise")
"""With the hands at it; without an input; another tab in front; the window minimised."""
ENDS = ("navigate", "close", "kill")
"""To another page; by closing the tab; by SIGKILL of the renderer."""

_VISITS = 2
_ACTS_FEWEST, _ACTS_MOST = 3, 5
_SHORTEST_S, _LONGEST_S = 1.0, 5.0


@dataclass(frozen=True)
class Act:
    """What happens for a while."""

    kind: str
    seconds: float


@dataclass(frozen=True)
class Visit:
    """From opening the page to losing it."""

    acts: tuple[Act, ...]
    end: str


@dataclass(frozen=True)
class History:
    """Visits to one run, one after the other."""

    name: str
    visits: tuple[Visit, ...]

    @property
    def has_kill(self) -> bool:
        """Whether a renderer dies in it."""
        return any(visit.end == "kill" for visit in self.visits)

    @property
    def in_short(self) -> str:
        """What happens, in a few letters."""
        return "; ".join(
            " ".join([*(act.kind for act in visit.acts), visit.end.upper()])
            for visit in self.visits
        )


def make_history(seed: int, number: int) -> History:
    """The history of that number."""
    chance = random.Random(f"{seed}/{number}")
    return History(f"history-{number}", tuple(_visit(chance) for _ in range(_VISITS)))


def _visit(chance: random.Random) -> Visit:
    count = chance.randint(_ACTS_FEWEST, _ACTS_MOST)
    acts = tuple(
        Act(chance.choice(ACTS), round(chance.uniform(_SHORTEST_S, _LONGEST_S), 2))
        for _ in range(count)
    )
    return Visit(acts, chance.choice(ENDS))
