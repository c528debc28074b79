"""The local platform: what Timeback's cloud answers, answered on this machine.

It takes the calls that the SDK makes for heartbeats, completions and profiles, and keeps every
event. It takes them from the SDK only: they carry a token that no page can get.
"""

from fastapi import APIRouter, Depends

from demo.server.database import Database

from .access import Access
from .edubridge import edubridge_routes
from .events import event_routes
from .faults import Faults, fault_routes
from .gradebook import gradebook_routes
from .roster import roster_routes


def local_platform(
    database: Database, client_id: str, client_secret: str, *, faults: bool
) -> APIRouter:
    """All routes of the platform, under `/platform`.

    Args:
        database: Where events and grades are kept.
        client_id: Whom to give a token.
        client_secret: Its password.
        faults: Whether failures can be switched on from outside.
    """
    access = Access(client_id, client_secret)
    state = Faults()
    for_sdk = APIRouter(dependencies=[Depends(access.require_token)])
    for_sdk.include_router(roster_routes(state))
    for_sdk.include_router(event_routes(database, state))
    for_sdk.include_router(gradebook_routes(database))
    for_sdk.include_router(edubridge_routes(database))
    platform = APIRouter(prefix="/platform")
    platform.include_router(access.token_routes())
    platform.include_router(for_sdk)
    if faults:
        platform.include_router(fault_routes(state))
    return platform
