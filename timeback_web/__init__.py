"""Timeback for Python in the browser: counts how long learners really work on an activity.

>>> from timeback_web import Timeback
>>> timeback = Timeback()
>>> activity = timeback.activity.start(
...     id="lesson-1", name="Fractions", course={"subject": "Math", "grade": 3}
... )
>>> await activity.end()
"""

from timeback_web.activity import Activity
from timeback_web.callbacks import ErrorContext
from timeback_web.client import Timeback
from timeback_web.errors import (
    ActivityInProgressError,
    DeliveryError,
    InvalidOptionsError,
    LostCompletionError,
    LostWindowError,
    NotInBrowserError,
    RefusedError,
    TimebackError,
    UnconfirmedError,
    UnreachableError,
    UsageError,
)
from timeback_web.options import Course, Metrics, TimeOptions
from timeback_web.pending import Closing

__version__ = "0.1.0"

__all__ = [
    "Activity",
    "ActivityInProgressError",
    "Closing",
    "Course",
    "DeliveryError",
    "ErrorContext",
    "InvalidOptionsError",
    "LostCompletionError",
    "LostWindowError",
    "Metrics",
    "NotInBrowserError",
    "RefusedError",
    "TimeOptions",
    "Timeback",
    "TimebackError",
    "UnconfirmedError",
    "UnreachableError",
    "UsageError",
    "__version__",
]
