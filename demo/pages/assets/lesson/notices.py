"""What the learner is told about time and connection. The lesson goes on, whatever it is."""

from datetime import datetime

from pyscript import when, window

from timeback_web import ErrorContext

from .api import ApiError
from .dom import write
from .view import say
from .words import duration


def listen() -> None:
    """Tell when the network goes and comes."""
    when("online", window)(on_online)
    when("offline", window)(on_offline)


def on_flush(_elapsed_ms: int) -> None:
    """Some time has arrived at the server."""
    say("")
    write("saved", f"Time saved at {datetime.now():%H:%M}")


def on_error(error: Exception, context: ErrorContext) -> None:
    """Some time has not arrived at the server: say what becomes of it."""
    if context.will_retry and getattr(error, "status", None) == 401:
        say("You are signed out. Your time is kept until you sign in again.")
    elif context.will_retry:
        say("Not sent yet. Your time is kept on this device.")
    elif context.operation == "heartbeat":
        say(f"{duration(context.elapsed_ms)} of your time could not be saved.")
    window.console.warn(f"{context.operation}: {error}")


def on_unsaved_run(error: ApiError) -> None:
    """The server has not saved the run yet."""
    say(f"{error} Your start is saved as soon as it can be.")


def on_offline() -> None:
    """The browser has lost the network."""
    say("You are offline. Your time is kept on this device.")


def on_online() -> None:
    """The browser has found the network again."""
    say("You are back online.")
