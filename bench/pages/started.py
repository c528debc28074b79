"""What a lesson does first."""

from pyscript import window

from timeback_web import Timeback

timeback = Timeback()
activity = timeback.activity.start(
    id="lesson-1", name="Fractions", course={"subject": "Math", "grade": 3}
)
window.report()
