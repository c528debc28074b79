"""Talking to the app's own server: JSON in, JSON out."""

import json
from typing import Any

from pyodide.ffi import JsException
from pyscript import fetch

type Json = dict[str, Any]


class ApiError(Exception):
    """The server said no, or (`status` 0) did not answer."""

    def __init__(self, status: int, code: str = "", message: str = "") -> None:
        super().__init__(message or f"The server answered {status}.")
        self.status = status
        self.code = code


async def api(method: str, path: str, body: Json | None = None) -> Json:
    """Ask the server.

    Raises:
        ApiError: It refuses, or can't be reached.
    """
    options: Json = {"method": method}
    if body is not None:
        options |= {"headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
    try:
        response = await fetch(path, **options)
        text = await response.text()
    except JsException as error:
        raise ApiError(0, message="The server cannot be reached.") from error
    data = _parse(text)
    if not response.ok:
        refusal = data.get("error", {})
        raise ApiError(response.status, refusal.get("code", ""), refusal.get("message", ""))
    return data


def _parse(text: str) -> Json:
    try:
        data: Json = json.loads(text) if text else {}
    except ValueError:  # something between here and the server has answered
        return {}
    return data
