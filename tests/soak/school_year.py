"""A learner who does what chance says, at machines that fail when chance says so."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tests.support.life import HOUR_MS, Life, Machine
from tests.support.watched import PERMANENT

if TYPE_CHECKING:
    from collections.abc import Callable

RETRIED = (401, 403, 404, 408, 409, 429, 500, 502, 503)
_DAYS = 3
_SESSIONS_A_DAY = (1, 3)
_DEEDS_A_SESSION = (5, 40)


class SchoolYear:
    """Several days of sessions of one run.

    Args:
        seed: All chance comes from it.
    """

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self.life = Life(self._machine())
        self.sessions = 0

    def go_by(self) -> None:
        for _ in range(_DAYS):
            for _ in range(self._dice.randint(*_SESSIONS_A_DAY)):
                self._session()
                self._come_again(self._dice.choice([0, 3_000, 90_000, 300_000, HOUR_MS]))
            self._come_again(self._dice.randint(10, 30) * HOUR_MS)
        self.life.finish()

    def _session(self) -> None:
        self.sessions += 1
        for _ in range(self._dice.randint(*_DEEDS_A_SESSION)):
            deed, weight = self._dice.choice(_DEEDS)
            if self._dice.random() < weight:
                deed(self.life, self._dice)
            else:
                self.life.work()
                self.life.advance(self._dice.randint(1, 30_000))
            self.life.check_now()
        if self._dice.random() < 0.3 and not self.life.away:
            self.life.end()
            self.life.start()

    def _come_again(self, later_ms: int) -> None:
        if self._dice.random() < 0.2:
            self.life.crash()
        else:
            self.life.close()
        self.life.open_page(self._machine(), later_ms=later_ms)

    def _machine(self) -> Machine:
        often = [True] * 5 + [False]
        return Machine(
            hidden=self._dice.random() < 0.2,
            headers=self._dice.choice([(), (), (), (("X-Token", "t"),)]),
            receipts=self._dice.choice(often),
            fetch_later=self._dice.random() < 0.6,
            locks=self._dice.choice(often),
            storage=self._dice.choice(often),
            seed=self._dice.randrange(10**9),
        )


def _show(life: Life, _: random.Random) -> None:
    if not life.away:
        life.show()


def _go_and_come_back(life: Life, dice: random.Random) -> None:
    if not life.away:
        life.leave()
    life.advance(dice.randint(1, 100_000))
    life.come_back()


def _refuse(life: Life, dice: random.Random) -> None:
    for _ in range(dice.randint(1, 4)):
        life.answer(dice.choice([*RETRIED, None]), dice.choice(["", "", "30"]))


_DEEDS: list[tuple[Callable[[Life, random.Random], None], float]] = [
    (lambda life, _: life.hide(), 0.7),
    (_show, 0.9),
    (_go_and_come_back, 0.6),
    (lambda life, _: life.pause(), 0.6),
    (lambda life, _: life.resume(), 0.9),
    (lambda life, dice: life.stall(dice.randint(1, 60_000)), 0.3),
    (lambda life, dice: life.stall(dice.randint(60_401, 300_000)), 0.2),
    (lambda life, dice: life.sleep(dice.randint(2_001, 8 * HOUR_MS)), 0.3),
    (lambda life, dice: life.set_latency(dice.choice([0, 50, 300, 5_000, 40_000])), 0.9),
    (_refuse, 0.5),
    (lambda life, dice: life.answer(dice.choice(PERMANENT)), 0.1),
    (lambda life, _: life.lose_reply(), 0.3),
    (lambda life, _: life.go_offline(), 0.4),
    (lambda life, _: life.go_online(), 1.0),
    (lambda life, dice: life.fill_storage(full=dice.random() < 0.3), 0.5),
]
"""What may happen, and how often it does rather than a stretch of plain work."""
