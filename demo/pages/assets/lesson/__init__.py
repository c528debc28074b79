"""The lesson page: an activity that a learner leaves at any point and takes up again later.

| module | one idea |
|---|---|
| `main.py` | boot and wiring |
| `tracking.py` | sessions of a run: start, save, end. **The part to copy** |
| `progress.py` | what the server has of learner and lesson |
| `page.py` | the states of the page: ready, left, done |
| `answering.py` | from a question to its answer to the next question |
| `clock.py`, `server_clock.py` | the time on display: counted in this page, kept by the server |
| `server_session.py` | a session that the server times (`time=False`) |
| `question.py`, `history.py`, `result.py` | what is shown of questions, sessions, the result |
| `happened.py` | what a developer sees of the heartbeats |
| `notices.py` | what the learner is told about time and connection |
| `view.py`, `dom.py` | panels; elements |
| `words.py` | durations and days in words: pure |
| `api.py`, `tasks.py` | JSON in and out; work in the background |

`pyscript.json` lists the modules: PyScript downloads them into the folder `lesson`, all at a time,
and `main.py` imports them from there. A path on its left is relative to `pyscript.json` itself.
Its other keys are those of the bundle's `pyscript.json`, for the same reasons: the packages are
taken from the bundle (`packages`) as they are there now and not from a cache of former visits
(`packages_cache`), and nobody else is asked for them (`index_urls`).
"""
