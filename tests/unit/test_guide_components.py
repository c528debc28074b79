"""The components in `demo/frameworks` are those of the guide, character for character.

https://docs.timeback.com/beta/build-on-timeback/sdk/activity-tracking/stateful-activities, under
"Framework examples"; the digests are those of its code blocks, without the indentation of the page.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "demo" / "frameworks"


@pytest.mark.parametrize(
    ("path", "digest"),
    [
        (
            "react/ResumableLesson.tsx",
            "81d3ac11608e98785cf56f412ca2928113d8f64c96e18a76d42498d6af774eb0",
        ),
        (
            "vue/ResumableLesson.vue",
            "a4acafea21376b9810d674180ec222e4631f0ab6ef2f12ba9fea22f24af51c02",
        ),
        (
            "svelte/ResumableLesson.svelte",
            "9e28f52ef07ea4382940c7ad3e0a62f88223fad3bc801e91697ab19905d9b342",
        ),
        (
            "solid/ResumableLesson.tsx",
            "9ec29c5d8b074e9df65d6548b3d2c061a323dcb774eb44fb980811b3762d3981",
        ),
    ],
)
def test_the_component_is_unchanged(path, digest):
    assert hashlib.sha256((DEMO / "src" / path).read_bytes()).hexdigest() == digest


def test_everything_that_is_installed_is_pinned_by_its_digest():
    lock = json.loads((DEMO / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, "a lock file names no registry"


def test_the_demo_asks_for_exact_versions():
    wanted = json.loads((DEMO / "package.json").read_text())["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
