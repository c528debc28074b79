"""The HTTP interface described for programs (OpenAPI 3.1), from the routes themselves.

FastAPI knows paths, parameters and answers. What it can't see is added here: bodies that are read
by `json_body`, and the refusals that follow from what a route depends on. A refusal that a route
makes by itself is declared there (`responses=refusals(409)`).
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from .bodies import body_model
from .errors import ErrorAnswer, refusals
from .sdk_bodies import SDK, SDK_BODIES
from .services import requested_lesson, signed_in

_MODEL = "#/components/schemas/{model}"
_PLATFORM = "/platform/"


def describe(app: FastAPI) -> dict[str, Any]:
    """The description of all routes of `app`."""
    described = get_openapi(title=app.title, version=app.version, routes=app.routes)
    models: set[type[BaseModel]] = {ErrorAnswer}
    for context in iter_route_contexts(app.routes):
        for method in context.methods or ():
            operation = described["paths"].get(context.path_format, {}).get(method.lower())
            if operation:
                body = _body(context)
                _complete(operation, context, method, body)
                models |= {body} if body else set()
    schemas = _schemas(models)
    described.setdefault("components", {}).setdefault("schemas", {}).update(schemas)
    return described


def _complete(
    operation: dict[str, Any], context: RouteContext, method: str, body: type[BaseModel] | None
) -> None:
    if body:
        operation["requestBody"] = {"required": True, "content": _json(body)}
    responses = operation["responses"]
    # A 422 is what FastAPI would answer to what it can't read; here that is a 400.
    unreadable = responses.pop("422", None) is not None or body is not None
    for status in _refused(context, method, unreadable):
        responses.setdefault(str(status), _refusal(status))
    if str(context.path_format).startswith(SDK):
        responses["default"] = {
            "description": "What the SDK answers.",
            "content": _json(ErrorAnswer),
        }


def _refused(context: RouteContext, method: str, unreadable: bool) -> Iterator[int]:
    """The statuses that follow from what is in front of a route."""
    calls = set(_calls(context.dependant))
    if unreadable:
        yield 400
    if signed_in in calls or str(context.path_format).startswith(_PLATFORM):
        yield 401
    if method != "GET":
        yield from (403, 413)
    if requested_lesson in calls:
        yield 404
    if str(context.path_format).startswith(_PLATFORM):
        yield from (404, 503)
    yield from (414, 431)


def _refusal(status: int) -> dict[str, Any]:
    description = refusals(status)[status]["description"]
    return {"description": description, "content": _json(ErrorAnswer)}


def _body(context: RouteContext) -> type[BaseModel] | None:
    path = str(context.path_format)
    if path.startswith(SDK):
        return SDK_BODIES.get(path.removeprefix(SDK))
    return next((model for model in map(body_model, _calls(context.dependant)) if model), None)


def _calls(dependant: Dependant | None) -> Iterator[Any]:
    """All that a route depends on, at any depth."""
    for each in dependant.dependencies if dependant else ():
        yield each.call
        yield from _calls(each)


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _MODEL.format(model=model.__name__)}}}


def _schemas(models: set[type[BaseModel]]) -> dict[str, Any]:
    by_name = sorted(models, key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "validation") for model in by_name], ref_template=_MODEL
    )
    found: dict[str, Any] = schemas["$defs"]
    return found
