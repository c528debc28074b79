"""Boot step by step."""

from js import performance

performance.mark("python")

from timeback_web import Timeback  # noqa: E402

performance.mark("imported")

timeback = Timeback()
performance.mark("client")
activity = timeback.activity.start(
    id="lesson-1", name="Fractions", course={"subject": "Math", "grade": 3}
)
performance.mark("started")
