"""The roster: which learner has which e-mail (OneRoster)."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from demo.server.learners import LEARNERS_BY_EMAIL

from .faults import Faults


def roster_routes(faults: Faults) -> APIRouter:
    """`GET /ims/oneroster/rostering/v1p2/users?filter=email='E'`."""
    router = APIRouter(prefix="/ims/oneroster/rostering/v1p2")

    @router.get("/users", dependencies=[Depends(faults.require_roster)])
    def users(where: Annotated[str, Query(alias="filter")] = "") -> dict[str, Any]:
        person = LEARNERS_BY_EMAIL.get(conditions(where).get("email", ""))
        if person is None:
            return {"users": []}
        user = {
            "sourcedId": person.id,
            "status": "active",
            "enabledUser": True,
            "givenName": person.given_name,
            "familyName": person.family_name,
            "email": person.email,
        }
        return {"users": [user]}

    return router


def conditions(where: str) -> dict[str, str]:
    """The `field='value'` pairs of a OneRoster filter; a quote in a value is doubled."""
    pairs = re.findall(r"([\w.]+)='((?:[^']|'')*)'", where)
    return {field: value.replace("''", "'") for field, value in pairs}
