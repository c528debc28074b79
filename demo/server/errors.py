"""Errors as the API shows them: `{"error": {"code", "message"}}`."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException


class ApiError(Exception):
    """A refusal that the client is told about.

    Args:
        status: HTTP status, 4xx.
        code: Name of the reason for programs, such as `RUN_EXISTS`.
        message: The reason for people.
        extra: More top-level fields of the answer.
    """

    def __init__(self, status: int, code: str, message: str, **extra: object) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra


class Problem(BaseModel):
    """Name of the reason for programs, and the reason for people."""

    code: str
    message: str


class ErrorAnswer(BaseModel):
    """The body of every refusal."""

    error: Problem


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Refusals of a route, for its description."""
    return {
        status: {"model": ErrorAnswer, "description": HTTPStatus(status).phrase}
        for status in statuses
    }


def error_json(status: int, code: str, message: str, **extra: object) -> JSONResponse:
    """The answer for one error."""
    return JSONResponse({"error": {"code": code, "message": message}, **extra}, status_code=status)


def install_error_handlers(app: FastAPI) -> None:
    """Make every error of `app` answer in the one shape."""

    @app.exception_handler(ApiError)
    async def refused(_request: Request, error: ApiError) -> JSONResponse:
        return error_json(error.status, error.code, error.message, **error.extra)

    @app.exception_handler(HTTPException)
    async def http_error(_request: Request, error: HTTPException) -> JSONResponse:
        code = HTTPStatus(error.status_code).name
        response = error_json(error.status_code, code, str(error.detail))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    async def bad_request(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return error_json(400, "INVALID_REQUEST", f"{where}: {first['msg']}")

    @app.exception_handler(Exception)
    async def crashed(_request: Request, _error: Exception) -> JSONResponse:
        # The server logs the error itself: it is raised again after this answer.
        return error_json(500, "INTERNAL_ERROR", "Something went wrong here.")
