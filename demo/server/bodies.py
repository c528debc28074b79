"""Request bodies: JSON whatever their content type, checked by pydantic."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from .errors import ApiError


class Wire(BaseModel):
    """A model that is snake_case in Python and camelCase on the wire."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, strict=True, frozen=True
    )


_MODELS: dict[object, type[BaseModel]] = {}


def json_body[T: BaseModel](model: type[T]) -> Callable[[Request], Awaitable[T]]:
    """A dependency that reads the body as `model`.

    The content type is not looked at: `fetch(url, {body: JSON.stringify(..)})` says `text/plain`,
    and so does `navigator.sendBeacon`. Cross-site requests are refused elsewhere.

    Raises:
        ApiError: 400 `MALFORMED_JSON` or `INVALID_BODY`.
    """

    async def read(request: Request) -> T:
        try:
            return model.model_validate_json(await request.body())
        except ValidationError as error:
            raise _refusal(error) from None

    _MODELS[read] = model
    return read


def body_model(dependency: object) -> type[BaseModel] | None:
    """The model of a dependency that `json_body` has made; of any other `None`."""
    return _MODELS.get(dependency)


def _refusal(error: ValidationError) -> ApiError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return ApiError(400, "MALFORMED_JSON", "The body is not JSON.")
    where = ".".join(str(part) for part in first["loc"]) or "body"
    return ApiError(400, "INVALID_BODY", f"{where}: {first['msg']}")
