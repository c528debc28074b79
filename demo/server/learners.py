"""The fixed learners of the demo."""

from collections.abc import Iterable
from dataclasses import dataclass

from .database import Database, insert_new
from .tables import Learner


@dataclass(frozen=True, slots=True)
class Person:
    """A learner; `id` is also the id in the local platform's roster."""

    id: str
    given_name: str
    family_name: str

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.given_name} {self.family_name}"

    @property
    def email(self) -> str:
        """The e-mail that Timeback knows the learner by."""
        return f"{self.id}@example.com"


_PEOPLE = (
    Person("ada", "Ada", "Lovelace"),
    Person("grace", "Grace", "Hopper"),
    Person("alan", "Alan", "Turing"),
    Person("katherine", "Katherine", "Johnson"),
)
LEARNERS = {person.id: person for person in _PEOPLE}
LEARNERS_BY_EMAIL = {person.email: person for person in _PEOPLE}


def enrol(database: Database, people: Iterable[Person] = _PEOPLE) -> None:
    """Make sure that every learner has a row for attempts to point at."""
    with database.writing() as session:
        for person in people:
            insert_new(session, Learner, id=person.id, name=person.name, email=person.email)
