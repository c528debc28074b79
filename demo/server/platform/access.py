"""Who may use the platform: OAuth client credentials, as at the real one."""

import base64
import hashlib
import hmac
from typing import Any

from fastapi import APIRouter, Request

from demo.server.errors import ApiError


class Access:
    """Gives out the token, and asks for it."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        pair = f"{client_id}:{client_secret}".encode()
        self._basic = f"Basic {base64.b64encode(pair).decode()}"
        # Nothing to store: every server that knows the secret gives out the same token.
        self._token = hmac.new(client_secret.encode(), b"token", hashlib.sha256).hexdigest()

    def token_routes(self) -> APIRouter:
        """`POST /oauth2/token`."""
        router = APIRouter()

        @router.post("/oauth2/token")
        def token(request: Request) -> dict[str, Any]:
            _require(request, self._basic)
            return {"access_token": self._token, "token_type": "Bearer", "expires_in": 3600}

        return router

    def require_token(self, request: Request) -> None:
        """A dependency that lets only the SDK pass.

        Raises:
            ApiError: 401 `UNAUTHORIZED`.
        """
        _require(request, f"Bearer {self._token}")


def _require(request: Request, expected: str) -> None:
    given = request.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise ApiError(401, "UNAUTHORIZED", "Only the SDK of this server may do that.")
