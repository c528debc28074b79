"""What others may rely on changes only when somebody means it to."""

from __future__ import annotations

from difflib import unified_diff

from tests.support.public_api import FILE, public_api


def test_the_public_api_is_what_was_promised():
    promised, found = FILE.read_text().splitlines(), public_api().splitlines()
    changes = "\n".join(unified_diff(promised, found, "promised", "found", lineterm="", n=1))
    assert not changes, f"{changes}\nIf this is meant: `make api`, and a line in CHANGELOG.md"


def test_the_list_knows_what_people_write():
    text = FILE.read_text()
    for line in (
        "class Timeback",
        "    .activity",
        "    def end(self, metrics: Metrics | Mapping[str, Any] | None = None) -> Closing",
        "    run_id: str",
        "class FakeBrowser",
        "def attach() -> None",
        "def watch_page() -> Watch",
        "data-timeback-activity",
        "event timeback:start",
        "bundle --cache",
        "export function useTimeback(): Timeback | undefined;",
    ):
        assert f"{line}\n" in text, line
