"""How far a learner is in a lesson, as the app's own server has it."""

from contextlib import suppress

from .api import ApiError, Json, api


class Progress:
    """One learner's progress in one lesson: what was last heard of it, and how to change it.

    What asks the server raises `ApiError`, except `refresh`.

    Attributes:
        run_id: The run that the server has saved; `None` until it has one.
        active_ms: The run's active time that has arrived at the server.
        sessions: The run's sessions that have.
        answers: The answers so far, by question.
        completed: Whether every question is answered.
        completion: The result, once it is.
    """

    def __init__(self, lesson: Json, known: Json) -> None:
        self._questions: list[Json] = lesson["questions"]
        self._progress_path = f"/api/progress/{lesson['id']}"
        self._lesson_path = f"/api/lessons/{lesson['id']}"
        self._take(known)

    @property
    def question(self) -> Json:
        """The first question without an answer."""
        return next(q for q in self._questions if q["id"] not in self.answers)

    async def load(self) -> None:
        """Ask how far the learner is."""
        self._take(await api("GET", self._progress_path))

    async def refresh(self) -> None:
        """Ask again; where that fails, what is known stays."""
        with suppress(ApiError):
            await self.load()

    async def save_run(self, run_id: str) -> None:
        """Save a new run; 409 when there is one."""
        self._take(await api("POST", self._progress_path, {"runId": run_id}))

    async def answer(self, run_id: str, question: str, choice: int) -> Json:
        """Answer a question, and learn what was right; 409 when the run isn't the open one."""
        body = {"runId": run_id, "question": question, "choice": choice}
        reply = await api("POST", f"{self._lesson_path}/answers", body)
        self._take(reply["progress"])
        return reply

    async def try_again(self) -> None:
        """Open the next attempt: it gets a run of its own."""
        self._take(await api("POST", f"{self._lesson_path}/attempts"))

    def _take(self, known: Json) -> None:
        self.run_id: str | None = known["runId"]
        self.active_ms: int = known["activeMs"]
        self.sessions: list[Json] = known["sessions"]
        self.answers: dict[str, Json] = {answer["question"]: answer for answer in known["answers"]}
        self.completed: bool = known["completed"]
        self.completion: Json = known["completion"] or {}
