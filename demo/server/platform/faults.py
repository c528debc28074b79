"""Failures on purpose, for tests."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException

from demo.server.bodies import Wire, json_body


@dataclass(slots=True)
class Faults:
    """What is up; in memory, so for this process only."""

    events_up: bool = True
    roster_up: bool = True

    def require_events(self) -> None:
        """A dependency: 503 while events are down."""
        _require(self.events_up)

    def require_roster(self) -> None:
        """A dependency: 503 while the roster is down."""
        _require(self.roster_up)


class _Switches(Wire):
    events: Literal["up", "down"] | None = None
    roster: Literal["up", "down"] | None = None


def fault_routes(faults: Faults) -> APIRouter:
    """`POST /faults`."""
    router = APIRouter()

    @router.post("/faults")
    def switch(body: Annotated[_Switches, Depends(json_body(_Switches))]) -> dict[str, str]:
        if body.events:
            faults.events_up = body.events == "up"
        if body.roster:
            faults.roster_up = body.roster == "up"
        return {"events": _word(faults.events_up), "roster": _word(faults.roster_up)}

    return router


def _require(up: bool) -> None:
    if not up:
        # The SDK tries a 503 three times with 1 s and 2 s between; `Retry-After: 0` spares the
        # page that wait, and is as much an outage for it.
        raise HTTPException(503, "Down on purpose.", {"Retry-After": "0"})


def _word(up: bool) -> str:
    return "up" if up else "down"
