"""How hard the machines are tried."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("soak", max_examples=10_000)


def effort(max_examples: int, **more: int) -> settings:
    """So many examples in an ordinary test run; those of a profile where one is asked for.

    `HYPOTHESIS_PROFILE=soak` tries 10,000, `SOAK_EXAMPLES` any other number.
    """
    profile = os.environ.get("HYPOTHESIS_PROFILE")
    if profile is not None:
        max_examples = settings.get_profile(profile).max_examples
        max_examples = int(os.environ.get("SOAK_EXAMPLES", max_examples))
    return settings(max_examples=max_examples, deadline=None, **more)
