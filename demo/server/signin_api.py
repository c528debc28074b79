"""Routes: who can sign in, sign-in, sign-out, who is signed in."""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Request, Response
from pydantic import model_validator

from .bodies import Wire, json_body
from .errors import ApiError, refusals
from .learners import LEARNERS, Person
from .services import Parts
from .teachers import TEACHERS, Teacher

router = APIRouter(prefix="/api")


class _SignInBody(Wire):
    """Whose account it is: one of the two."""

    learner: str | None = None
    teacher: str | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.learner is None) == (self.teacher is None):
            raise ValueError("name a learner or a teacher")
        return self


@router.get("/learners")
def learners() -> list[dict[str, str]]:
    """Which learners can sign in."""
    return [{"id": person.id, "name": person.name} for person in LEARNERS.values()]


@router.get("/teachers")
def teachers() -> list[dict[str, str]]:
    """Which teachers can sign in."""
    return [_shown(teacher) for teacher in TEACHERS.values()]


@router.post("/signin", status_code=204, responses=refusals(404))
def sign_in(
    request: Request, parts: Parts, body: Annotated[_SignInBody, Depends(json_body(_SignInBody))]
) -> Response:
    """Sign a learner or a teacher in."""
    response = Response(status_code=204)
    parts.sign_in.set_cookie(request, response, _account(body))
    return response


@router.post("/signout", status_code=204)
def sign_out(parts: Parts) -> Response:
    """Sign out."""
    response = Response(status_code=204)
    parts.sign_in.clear_cookie(response)
    return response


@router.get("/me")
def me(request: Request, parts: Parts) -> dict[str, Any]:
    """Who is signed in: a learner, a teacher, or nobody."""
    person = parts.sign_in.person(request)
    teacher = parts.sign_in.teacher(request)
    return {
        "learner": _to_json(person) if person else None,
        "teacher": _shown(teacher) if teacher else None,
    }


def _account(body: _SignInBody) -> Person | Teacher:
    if body.teacher is not None:
        teacher = TEACHERS.get(body.teacher)
        if teacher is None:
            raise ApiError(404, "UNKNOWN_TEACHER", "There is no such teacher.")
        return teacher
    person = LEARNERS.get(body.learner or "")
    if person is None:
        raise ApiError(404, "UNKNOWN_LEARNER", "There is no such learner.")
    return person


def _to_json(person: Person) -> dict[str, str]:
    return {"id": person.id, "name": person.name, "email": person.email}


def _shown(teacher: Teacher) -> dict[str, str]:
    return {"id": teacher.id, "name": teacher.name, "class": teacher.class_name}
