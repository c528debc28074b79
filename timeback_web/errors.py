"""The exception tree.

::

    TimebackError
    ├── UsageError                   the app misused the client: raised into the app
    │   ├── InvalidOptionsError      an option is wrong; `field` names it
    │   ├── ActivityInProgressError  a second start() before the first end()
    │   └── NotInBrowserError        no page to track: a server, a worker, a bare test
    └── DeliveryError                a request did not do its work: reaches on_error
        ├── UnreachableError         no answer (offline, connection lost)
        │   └── UnconfirmedError     of a completion, which may have been recorded or not
        ├── RefusedError             the server answered with an error: `status`, `code`
        ├── LostWindowError          a window was given up: too old, or no room to keep it
        └── LostCompletionError      a completion was given up, likewise

Trouble with delivery never raises into the page while an activity is tracked; only what is awaited
of `timeback.user` and of `end(metrics)` raises `DeliveryError`.
"""

from __future__ import annotations


class TimebackError(Exception):
    """Base of everything this package raises or reports."""


class UsageError(TimebackError):
    """The app misused the client; mend the call."""


class InvalidOptionsError(UsageError, ValueError):
    """An option is missing, unknown or wrong.

    Attributes:
        field: Dotted name of the option in the spelling the app used, such as `course.grade`; empty
            where several that were given directly to one class do not go together.
        reason: What is wrong with it.
    """

    def __init__(self, field: str, reason: str) -> None:
        """Name the field and say what is wrong with it."""
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


class ActivityInProgressError(UsageError):
    """`start()` was called while the client's last activity is still open."""


class NotInBrowserError(UsageError, RuntimeError):
    """There is no page here whose time could be tracked."""


class DeliveryError(TimebackError):
    """A request did not do its work."""


class UnreachableError(DeliveryError):
    """The server could not be reached, or its answer did not come back."""


class RefusedError(DeliveryError):
    """The server answered with an error.

    Attributes:
        status: HTTP status.
        code: The server's own code, such as `UNKNOWN_COURSE`; empty when it gave none.
        field: The field of the payload that the server objects to; empty when it named none.
    """

    def __init__(self, message: str, *, status: int, code: str = "", field: str = "") -> None:
        """Keep the message for people and the parts for programs."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field


class LostWindowError(DeliveryError):
    """A window of time was given up and will not be sent."""


class LostCompletionError(DeliveryError):
    """A completion was given up and will not be sent; certainly it was not recorded."""


class UnconfirmedError(UnreachableError):
    """A completion was sent, and no answer came: it may have been recorded or not.

    Ended again, it may be recorded twice. The app's server knows.
    """
