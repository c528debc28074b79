"""An outage for show: a page that wants to see what its SDK does gets 503 from the SDK's routes.

Whoever asks for it gets a cookie, and requests with that cookie are refused. So it hits one browser
and nobody else, it ends by itself, and the server has nothing to remember: a demo on the internet
can leave it on.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from .bodies import Wire, json_body
from .errors import ApiError

COOKIE = "demo_outage"
LONGEST_S = 120

router = APIRouter(prefix="/api")


class _Outage(Wire):
    seconds: int = Field(ge=0, le=LONGEST_S)


@router.post("/outage", status_code=204)
def begin(request: Request, body: Annotated[_Outage, Depends(json_body(_Outage))]) -> Response:
    """Refuse what this browser sends to the SDK for so many seconds; 0 ends it."""
    response = Response(status_code=204)
    response.set_cookie(
        COOKIE,
        "1",
        max_age=body.seconds,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def refuse_during_outage(request: Request) -> None:
    """A dependency for the SDK's routes.

    Raises:
        ApiError: 503 `OUTAGE`.
    """
    if COOKIE in request.cookies:
        raise ApiError(503, "OUTAGE", "Down on purpose, for this browser only.")
