"""Lets a test run Python in this worker, with `timeback_web` at hand."""

import asyncio
import traceback

from js import MessageChannel, Object, postMessage
from pyodide.code import eval_code_async
from pyodide.ffi import create_proxy, to_js

PRELUDE = """
import time
import js
from timeback_web import *

errors, flushed, seen = [], [], []

def start(client, **options):
    options.setdefault("id", "fractions")
    options.setdefault("name", "Fractions")
    options.setdefault("course", {"subject": "Math", "grade": 3})
    options.setdefault("time", TimeOptions(heartbeat_ms=1000))
    return client.activity.start(
        **options,
        on_error=lambda error, context: errors.append((error, context)),
        on_flush=flushed.append,
        on_pause=lambda: seen.append("pause"),
        on_resume=lambda: seen.append("resume"),
    )

def work(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass
"""

namespace: dict[str, object] = {}
tasks = set()


async def answer(source: str, reply) -> None:
    try:
        said = {"value": await eval_code_async(source, namespace)}
    except Exception:  # noqa: BLE001 - the test is told
        said = {"error": traceback.format_exc()}
    reply.postMessage(to_js(said, dict_converter=Object.fromEntries))


def asked(event) -> None:
    task = asyncio.get_running_loop().create_task(answer(event.data, event.ports[0]))
    tasks.add(task)
    task.add_done_callback(tasks.discard)


await eval_code_async(PRELUDE, namespace)
channel = MessageChannel.new()
channel.port1.onmessage = create_proxy(asked)
postMessage("e2e/hello", to_js([channel.port2]))
