"""What the clients of this page know of each other, in the page's global scope.

A page may have several clients, each with ports of its own, and clients in JavaScript besides (even
several copies of the modules in `js/`). They are all of one page: hence one `Map` in `globalThis`,
of which `js/parts/page-record.js` reads the same keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import Map, globalThis

if TYPE_CHECKING:
    from timeback_web.ports import Cancel

NAME = "timebackWebPage"
_PAST = "past"


class GlobalPageRecord:
    """The one of the page; in a worker, of the worker."""

    def claim_past(self) -> Cancel | None:
        """Claim what was seen of the page before its first session."""
        record = _record()
        if _PAST in record:
            return None
        record[_PAST] = True
        return lambda: record.pop(_PAST, None)

    def run_ended(self, run: str, at_ms: int) -> None:
        """A session of `run` has ended here, at a wall time."""
        _record()[f"end/{run}"] = at_ms

    def last_end_ms(self, run: str) -> int:
        """Wall time at which the last session of `run` ended here, 0 if there was none."""
        return int(_record().get(f"end/{run}", 0))

    def signs_in(self, server: str, learner: str) -> None:
        """From now on requests to that server count for a learner."""
        _record()[f"learner/{server}"] = learner

    def learner(self, server: str) -> str:
        """Who that is, empty if nobody has said."""
        return str(_record().get(f"learner/{server}", ""))


def _record() -> Any:  # noqa: ANN401 - a JavaScript `Map`
    if not hasattr(globalThis, NAME):
        setattr(globalThis, NAME, Map.new())
    return getattr(globalThis, NAME)
