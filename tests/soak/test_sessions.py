"""Whole sessions by chance, in a fake browser: what arrives is what was learnt."""

import os

from tests.soak.school_year import SchoolYear

SESSIONS = int(os.environ.get("SOAK_SESSIONS", "200"))
FIRST_SEED = int(os.environ.get("SOAK_SEED", "0"))


def test_every_millisecond_of_every_session_is_accounted_for():
    seed, sessions = FIRST_SEED, 0
    while sessions < SESSIONS:
        year = SchoolYear(seed)
        try:
            year.go_by()
            account_for_everything(year.life)
        except Exception as error:
            error.add_note(f"SOAK_SEED={seed} SOAK_SESSIONS=1 tells it again")
            raise
        seed, sessions = seed + 1, sessions + year.sessions


def account_for_everything(life):
    """What did not arrive was refused for good, left with nobody to tell, or lost in a crash."""
    life.check_in_the_end()
    crashes_ms = sum(
        truth.active_between(truth.survives_until, truth.end)
        for truth in life.sessions
        if truth.survives_until is not None
    )
    known = life.server.refused | life.came_too_late | life.lost
    known |= life.left_in_memory | life.doubted
    gone_ms = sum(known[start].active for start in known.keys() - life.server.taken.keys())
    assert life.received_ms == sum(truth.active for truth in life.sessions) - crashes_ms - gone_ms
