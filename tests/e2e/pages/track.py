"""Lets a test run Python in this page, with `timeback_web` at hand."""

from pyodide.code import eval_code_async
from pyodide.ffi import create_proxy
from pyscript import window

PRELUDE = """
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
"""

namespace: dict[str, object] = {}


async def run(source: str) -> object:
    return await eval_code_async(source, namespace)


await run(PRELUDE)
window.runPython = create_proxy(run)
