"""Who is signed in: a signed cookie with the learner's id."""

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from .learners import LEARNERS, Person

COOKIE = "demo_learner"
MAX_AGE_S = 30 * 24 * 3600


class SignIn:
    """Writes and reads the cookie."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="signed-in learner")

    def person(self, request: Request) -> Person | None:
        """The learner who is signed in, if the cookie is whole and not too old."""
        try:
            learner_id = self._serializer.loads(request.cookies.get(COOKIE, ""), max_age=MAX_AGE_S)
        except BadSignature:
            return None
        return LEARNERS.get(learner_id) if isinstance(learner_id, str) else None

    def learner_id(self, request: Request) -> str | None:
        """The id of the learner who is signed in."""
        person = self.person(request)
        return person.id if person else None

    def set_cookie(self, request: Request, response: Response, person: Person) -> None:
        """Sign `person` in."""
        response.set_cookie(
            COOKIE,
            self._serializer.dumps(person.id),
            max_age=MAX_AGE_S,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )

    def clear_cookie(self, response: Response) -> None:
        """Sign out."""
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
