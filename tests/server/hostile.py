"""Values that break servers, and what must be so whatever came."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from demo.server.tables import Answer, Base, HeartbeatWindow, PlatformEvent
from demo.server.times import iso
from tests.server.running import RunningDemo, window

_RUN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# Each has broken some server: what a database can't store, what no float or date can hold, what is
# a command somewhere else, what looks like a name of the language itself.
TEXTS = [
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\u202e\ufeff\U0001f4a9",
    "A" * 20_000,
    "'; DROP TABLE learners; --",
    "<script>alert(1)</script>",
    "${7*7}{{7*7}}%(x)s{0.__class__}",
    "../../../../etc/passwd",
    "__class__",
    "null",
    "NaN",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999-23:59",
    "0001-01-01",
    "2026-02-30T00:00:00Z",
    "2026-11-22T10:00:00",
    "2026-W47-7",
    "1e400",
    "\u0661\u0662",
    "00000000-0000-0000-0000-000000000000",
    "\uff10" * 8 + "-0000-0000-0000-000000000000",
]
NUMBERS = [0, -1, 2**31, 2**63, -(2**63) - 1, 10**30, 10**400, 0.5, 1e308, -0.0, 8_640_000_000_000]
NUMBERS += [float("nan"), float("inf"), float("-inf")]
DEEP: Any = 1
for _ in range(900):
    DEEP = [DEEP]

texts = st.sampled_from(TEXTS) | st.text(st.characters(), max_size=50)
plain = st.none() | st.booleans() | st.sampled_from(NUMBERS) | st.integers() | texts
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
) | st.just(DEEP)


def spoiled_everywhere(good: dict[str, Any]) -> Iterator[bytes]:
    """The good body once for each field and each bad value, and for each field without it.

    Further in, with every third.
    """
    for field, value in good.items():
        for bad in (*TEXTS, *NUMBERS, None, True, [], {}, [[]], DEEP):
            yield encoded(good | {field: bad})
        yield encoded({name: other for name, other in good.items() if name != field})
        if isinstance(value, dict):
            for inner in islice(spoiled_everywhere(value), 0, None, 3):
                yield encoded(good | {field: json.loads(inner)})


def encoded(body: object) -> bytes:
    """As JSON, which says `\\ud800` for what UTF-8 can't hold."""
    return json.dumps(body).encode()


@st.composite
def spoiled(draw: st.DrawFn, good: dict[str, Any]) -> bytes:
    """A good body in which one to three things are not as they should be."""
    body: Any = json.loads(json.dumps(good))
    for _ in range(draw(st.integers(1, 3))):
        _spoil(draw, body)
    text = json.dumps(body, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")
    return draw(st.sampled_from(_WRAPPERS))(text)


_WRAPPERS = [
    *[lambda text: text] * 12,
    lambda text: b"\xef\xbb\xbf" + text,
    lambda text: text.decode("utf-8", "replace").encode("utf-16"),
    lambda text: text[:-3],
    lambda text: text + b"\xff",
    lambda text: b"[" + text + b"]",
    lambda text: text[:-1] + b"," + text[1:],  # each name twice
]


def _spoil(draw: st.DrawFn, body: dict[str, Any]) -> None:
    """Change, drop or add a field, here or further in."""
    field = draw(st.sampled_from([*body, "extra"]) if body else st.just("extra"))
    inner = body.get(field)
    if isinstance(inner, dict) and draw(st.booleans()):
        _spoil(draw, inner)
    elif draw(st.integers(0, 4)) == 0:
        body.pop(field, None)
    else:
        body[field] = draw(anything)


class Bystander:
    """A learner whose work is there before, and has to be there after."""

    def __init__(self, demo: RunningDemo) -> None:
        self._browser = demo.browser("grace")
        self.run_id = self._browser.start("fractions")
        assert self._browser.answer("fractions", self.run_id, 1).status_code == 200
        assert self._browser.heartbeat(self.run_id, window(0)).status_code == 204
        self._work = self._seen()

    def assert_untouched(self) -> None:
        assert self._seen() == self._work

    def _seen(self) -> tuple[Any, ...]:
        progress = self._browser.progress("fractions")
        assert progress["activeMs"] == 15_000
        return progress, self._browser.get("/api/journal").json()


def rows_of(demo: RunningDemo) -> list[str]:
    """All that is stored."""
    with demo.services.database.reading() as session:
        return sorted(
            f"{table.name} {tuple(row)!r}"
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
        )


def assert_well_shaped(demo: RunningDemo) -> None:
    """What is stored is what the code that reads it expects, and no longer than it may be."""
    with demo.services.database.reading() as session:
        for event in session.scalars(select(PlatformEvent)):
            assert event.run_id is None or _RUN.fullmatch(event.run_id)
            assert "1970" <= iso(event.event_time_ms) < "2200"
            assert len(json.dumps(event.body)) <= 8 * 64 * 1024
        for answer in session.scalars(select(Answer)):
            assert re.fullmatch(r"q\d+", answer.question_id)
        for kept in session.scalars(select(HeartbeatWindow)):
            assert re.fullmatch(r"[0-9a-f]{64}", kept.id)


def assert_clear(status: int, content_type: str, text: str) -> None:
    """A refusal has a reason that people and programs can read, and nothing of how we are made."""
    assert status < 500, text
    for word in ("Traceback", "site-packages", 'File "', "sqlalchemy", "psycopg", "sqlite3."):
        assert word not in text
    if content_type.startswith("text/plain"):
        assert len(text) < 100  # what the web server refuses before the app sees it
    elif status >= 400:
        assert content_type.startswith("application/json")
        error = json.loads(text)["error"]
        # Of sign-in by Timeback, which is not set up here, the SDK says no more than a sentence.
        assert error == "SSO not configured" or (error["code"] and error["message"])
