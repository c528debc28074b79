"""When and how long the learner worked on this run: in words, and as a time line."""

from datetime import date, datetime

from pyodide.ffi import JsProxy

from .api import Json
from .dom import element, from_template, write
from .words import clock_times, day_title, days_worked, duration, local_time

SHOWN_SESSIONS = 6


def show_sessions(sessions: list[Json], *, going_on: bool = False) -> None:
    """Show what was worked on which day, and the last sessions, one below the other.

    Args:
        sessions: Of the run, as the server has them.
        going_on: Whether one more is under way, which the server can't know in full.
    """
    sessions = [s for s in sessions if s["activeMs"] or s["inactiveMs"]]
    today = datetime.now().astimezone().date()
    days = days_worked(sessions, today)
    write("sessions-text", f"You worked {days}." if days else "This is your first session.")
    longest_ms = max((s["activeMs"] + s["inactiveMs"] for s in sessions), default=1)
    rows = [_row(session, longest_ms, today) for session in sessions[-SHOWN_SESSIONS:]]
    if going_on:
        rows.append(_now())
    element("sessions-list").replaceChildren(*rows)


def _row(session: Json, longest_ms: int, today: date) -> JsProxy:
    """One session: its day, its time of day, how long, and a bar as long as it lasted."""
    start, end = local_time(session["startedAt"]), local_time(session["endedAt"])
    row = from_template("session-template")
    row.querySelector(".day").textContent = day_title(start.date(), today)
    row.querySelector(".when").textContent = clock_times(start, end)
    row.querySelector(".length").textContent = duration(session["activeMs"])
    bar = row.querySelector(".bar").style
    bar.setProperty("--active", f"{session['activeMs'] / longest_ms:.2%}")
    bar.setProperty("--inactive", f"{session['inactiveMs'] / longest_ms:.2%}")
    return row


def _now() -> JsProxy:
    """The session of this page, whose time the clock shows."""
    row = from_template("session-template")
    row.classList.add("now")
    row.querySelector(".day").textContent = "Now"
    row.querySelector(".when").textContent = "this session"
    row.querySelector(".bar").remove()
    return row
