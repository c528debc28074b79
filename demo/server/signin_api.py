"""Routes: who can sign in, sign-in, sign-out, who is signed in."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from .bodies import Wire, json_body
from .errors import ApiError
from .learners import LEARNERS, Person
from .services import Parts

router = APIRouter(prefix="/api")


class _SignInBody(Wire):
    learner: str


@router.get("/learners")
def learners() -> list[dict[str, str]]:
    """Who can sign in."""
    return [{"id": person.id, "name": person.name} for person in LEARNERS.values()]


@router.post("/signin")
def sign_in(
    request: Request, parts: Parts, body: Annotated[_SignInBody, Depends(json_body(_SignInBody))]
) -> Response:
    """Sign a learner in."""
    person = LEARNERS.get(body.learner)
    if person is None:
        raise ApiError(404, "UNKNOWN_LEARNER", "There is no such learner.")
    response = Response(status_code=204)
    parts.sign_in.set_cookie(request, response, person)
    return response


@router.post("/signout")
def sign_out(parts: Parts) -> Response:
    """Sign out."""
    response = Response(status_code=204)
    parts.sign_in.clear_cookie(response)
    return response


@router.get("/me")
def me(request: Request, parts: Parts) -> dict[str, Any]:
    """Who is signed in."""
    person = parts.sign_in.person(request)
    return {"learner": _to_json(person) if person else None}


def _to_json(person: Person) -> dict[str, str]:
    return {"id": person.id, "name": person.name, "email": person.email}
