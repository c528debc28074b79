"""The demo's server in a process of its own, with as many learners as are asked for.

python -m bench.load.school <number of learners>, with the settings of `demo.server` in the
environment. It says one line when it is ready.
"""

import sys

from demo.server.__main__ import main
from demo.server.database import Database
from demo.server.learners import LEARNERS, LEARNERS_BY_EMAIL, Person, enrol
from demo.server.settings import Settings


def learner_id(number: int) -> str:
    """Who learner `number` is."""
    return f"learner-{number:04d}"


def _admit(count: int) -> None:
    people = [Person(learner_id(number), "Learner", str(number)) for number in range(count)]
    LEARNERS.update({person.id: person for person in people})
    LEARNERS_BY_EMAIL.update({person.email: person for person in people})
    database = Database(Settings.from_env().database_url)
    database.create_tables()
    enrol(database, people)
    database.close()


if __name__ == "__main__":
    _admit(int(sys.argv[1]))
    sys.exit(main())
