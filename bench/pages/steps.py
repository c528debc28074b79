"""Boot step by step, with a stopwatch in the hand of whoever builds models."""

from js import performance

performance.mark("python")

import pydantic  # noqa: E402, F401
from pydantic import BaseModel  # noqa: E402

performance.mark("pydantic")

building_ms: list[float] = []
Meta = type(BaseModel)
build = Meta.__new__


def timed_build(*args: object, **keywords: object) -> type:
    """Build a model, and note how long it took."""
    began = performance.now()
    try:
        return build(*args, **keywords)
    finally:
        building_ms.append(performance.now() - began)


Meta.__new__ = timed_build
from timeback_web import Timeback  # noqa: E402

performance.mark("imported")
built_at_import_ms = sum(building_ms)

timeback = Timeback()
activity = timeback.activity.start(
    id="lesson-1", name="Fractions", course={"subject": "Math", "grade": 3}
)
performance.mark("started")
Meta.__new__ = build
{"modelsAtImport": built_at_import_ms, "modelsAtStart": sum(building_ms) - built_at_import_ms}
