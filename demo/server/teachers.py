"""The fixed teachers of the demo, each with a class.

A teacher sees what the learners of the own class did, and has no lessons: whoever is signed in as
a teacher is nobody to the routes of learners, and to Timeback.
"""

from dataclasses import dataclass

from .learners import LEARNERS, Person


@dataclass(frozen=True, slots=True)
class Teacher:
    """A teacher; `id` is no learner's id, since one cookie names either of them."""

    id: str
    given_name: str
    family_name: str
    class_name: str
    learner_ids: tuple[str, ...]

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.given_name} {self.family_name}"

    @property
    def learners(self) -> tuple[Person, ...]:
        """The learners of the class. Nobody else's time is this teacher's business."""
        return tuple(LEARNERS[learner_id] for learner_id in self.learner_ids)


_TEACHERS = (
    Teacher("somerville", "Mary", "Somerville", "Class 3a", ("ada", "grace", "alan")),
    Teacher("noether", "Emmy", "Noether", "Class 3b", ("katherine",)),
)
TEACHERS = {teacher.id: teacher for teacher in _TEACHERS}
