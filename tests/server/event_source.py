"""Reads `text/event-stream` as a browser does, over a real connection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.server.running import Browser


@dataclass
class Event:
    """One block of the stream: an event, a `retry`, or a comment."""

    event: str = "message"
    data: Any = None
    id: str | None = None
    retry: int | None = None
    comments: list[str] = field(default_factory=list)

    def runs(self) -> dict[str, list[str]]:
        """The ids of the runs in it, by learner."""
        return {one["id"]: [run["runId"] for run in one["runs"]] for one in self.data["learners"]}


class EventSource:
    """A stream that was opened."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._blocks = _blocks(response.iter_lines())

    def next(self) -> Event:
        """The next event with data; waits for it."""
        return next(each for each in self._blocks if each.data is not None)

    def next_block(self) -> Event:
        """The next block, whatever is in it."""
        return next(self._blocks)

    def rest(self) -> list[Event]:
        """Everything up to the end of the stream; an end in the midst of it raises."""
        return list(self._blocks)


@contextmanager
def open_stream(
    browser: Browser, path: str = "/api/journal/stream", last_event_id: str | None = None
) -> Iterator[EventSource]:
    headers = {"Accept": "text/event-stream"}
    if last_event_id is not None:
        headers["Last-Event-ID"] = last_event_id
    with browser.client.stream("GET", path, headers=headers) as response:
        yield EventSource(response)


def _blocks(lines: Iterator[str]) -> Iterator[Event]:
    block = Event()
    empty = True
    for line in lines:
        if not line:
            if not empty:
                yield block
            block, empty = Event(), True
            continue
        empty = False
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "":
                block.comments.append(value)
            case "data":
                assert block.data is None, "our data are one line of JSON"
                block.data = json.loads(value)
            case "retry":
                block.retry = int(value)
            case "id" | "event":
                setattr(block, name, value)
            case _:
                raise AssertionError(f"no field of an event stream: {line}")
