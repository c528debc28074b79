"""Talking to the app's own server the way Python does anywhere: ask, wait, go on.

In a worker nobody minds the waiting: the page stays alive, and so does the guard of the time.
"""

import json
import urllib.request
from urllib.error import HTTPError, URLError

import pyodide_http
from lesson.api import ApiError, Json

pyodide_http.patch_all()


class Server:
    """The server of one lesson.

    Args:
        origin: Where it is; `urllib` knows no relative addresses.
        lesson_id: The lesson.
    """

    def __init__(self, origin: str, lesson_id: str) -> None:
        self._origin = origin
        self._lesson = f"/api/lessons/{lesson_id}"
        self._progress = f"/api/progress/{lesson_id}"

    def lesson(self) -> Json:
        """The lesson, without its answers."""
        return self._ask(self._lesson)

    def progress(self) -> Json:
        """How far the learner is."""
        return self._ask(self._progress)

    def save_run(self, run_id: str) -> Json:
        """Save a new run; 409 when there is one."""
        return self._ask(self._progress, {"runId": run_id})

    def answer(self, run_id: str, question: str, choice: int) -> Json:
        """Answer a question, and learn what was right; 409 when the run isn't the open one."""
        body = {"runId": run_id, "question": question, "choice": choice}
        return self._ask(f"{self._lesson}/answers", body)

    def try_again(self) -> Json:
        """Open the next attempt: it gets a run of its own."""
        return self._ask(f"{self._lesson}/attempts", {})

    def _ask(self, path: str, body: Json | None = None) -> Json:
        """Ask the server; a body makes it a POST.

        Raises:
            ApiError: It refuses, or can't be reached.
        """
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - the page's own server
            self._origin + path, data, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request) as response:  # noqa: S310
                status, text = response.status, response.read()
        except HTTPError as error:
            status, text = error.code, error.read()
        except (URLError, OSError) as error:
            raise ApiError(0, message="The server cannot be reached.") from error
        reply: Json = json.loads(text) if text else {}
        if status >= 400:
            refusal = reply.get("error", {})
            raise ApiError(status, refusal.get("code", ""), refusal.get("message", ""))
        return reply
