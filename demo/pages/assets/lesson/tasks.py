"""Work that nobody waits for."""

import asyncio
from collections.abc import Coroutine
from typing import Any

_running: set[asyncio.Task[None]] = set()


def in_background(work: Coroutine[Any, Any, None]) -> None:
    """Start something without waiting for it."""
    task = asyncio.create_task(work)
    _running.add(task)  # the event loop alone would not keep it
    task.add_done_callback(_running.discard)
