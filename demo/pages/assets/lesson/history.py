"""When and how long the learner worked on this run: in words, and as bars."""

from datetime import datetime

from pyodide.ffi import JsProxy

from .api import Json
from .dom import element, from_template, write
from .words import day_and_time, days_worked, duration, local_time

SHOWN_SESSIONS = 6


def show_sessions(sessions: list[Json]) -> None:
    """Show what was worked on which day, and the last sessions."""
    sessions = [s for s in sessions if s["activeMs"] or s["inactiveMs"]]
    days = days_worked(sessions, today=datetime.now().astimezone().date())
    write("sessions-text", f"You worked {days}." if days else "This is your first session.")
    longest_ms = max((s["activeMs"] + s["inactiveMs"] for s in sessions), default=1)
    rows = (_row(session, longest_ms) for session in sessions[-SHOWN_SESSIONS:])
    element("sessions-list").replaceChildren(*rows)


def _row(session: Json, longest_ms: int) -> JsProxy:
    """One session: when, how long, and a bar as long as it lasted."""
    row = from_template("session-template")
    row.querySelector(".when").textContent = day_and_time(local_time(session["startedAt"]))
    row.querySelector(".length").textContent = duration(session["activeMs"])
    bar = row.querySelector(".bar").style
    bar.setProperty("--active", f"{session['activeMs'] / longest_ms:.2%}")
    bar.setProperty("--inactive", f"{session['inactiveMs'] / longest_ms:.2%}")
    return row
