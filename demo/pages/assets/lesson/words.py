"""Durations, days and numbers in words. Nothing here knows the page, or what time it is."""

from datetime import date, datetime, timedelta
from typing import Any

_SHOWN_DAYS = 3


def duration(ms: int) -> str:
    """A length of time: `45 s`, `3 min 7 s`, `12 min`, `1 h 5 min`."""
    seconds = ms // 1000
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 600:
        minutes, rest = divmod(seconds, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def stopwatch(ms: int) -> str:
    """A running time: `0:07`, `12:30`, `75:00`."""
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes}:{seconds:02}"


def unbroken(text: str) -> str:
    """Keep a number and its unit on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def local_time(stamp: str) -> datetime:
    """A stamp of the server, in the learner's time zone."""
    return datetime.fromisoformat(stamp).astimezone()


def clock_times(start: datetime, end: datetime) -> str:
    """A part of a day: `09:30 to 09:36`, or `09:30` when it was over within the minute."""
    times = [f"{start:%H:%M}", f"{end:%H:%M}"]
    return " to ".join(dict.fromkeys(times))


def day_name(day: date, today: date) -> str:
    """A day in words: `today`, `yesterday`, `on Monday`, `on 16 November`."""
    ago = today - day
    if ago <= timedelta(0):
        return "today"
    if ago == timedelta(1):
        return "yesterday"
    return f"on {day:%A}" if ago < timedelta(7) else f"on {day.day} {day:%B}"


def day_title(day: date, today: date) -> str:
    """A day as a heading: `Today`, `Yesterday`, `Monday`, `16 November`."""
    name = day_name(day, today).removeprefix("on ")
    return name[0].upper() + name[1:]


def days_worked(sessions: list[dict[str, Any]], today: date) -> str:
    """The last days and what was worked on each: `12 min yesterday and 45 s today`."""
    per_day: dict[str, int] = {}
    for session in sessions:
        day = day_name(local_time(session["startedAt"]).date(), today)
        per_day[day] = per_day.get(day, 0) + session["activeMs"]
    days = [f"{unbroken(duration(ms))} {day}" for day, ms in per_day.items()]
    return joined(days[-_SHOWN_DAYS:])


def joined(parts: list[str]) -> str:
    """A list in words: `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def plural(count: int, noun: str) -> str:
    """A number of things: `1 question`, `2 questions`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
