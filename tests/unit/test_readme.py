"""The README's code is code."""

import ast
import inspect
import re
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_every_block_is_python():
    assert len(BLOCKS) >= 4
    for block in BLOCKS:
        compile(block, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_the_block_on_testing_runs():
    [block] = [block for block in BLOCKS if "FakeBrowser" in block]
    exec(block, {})


def test_the_lesson_runs_as_it_stands():
    from timeback_web import Timeback
    from timeback_web.testing import FakeBrowser

    browser = FakeBrowser()
    [block] = [block for block in BLOCKS if "load_progress" in block]
    block = block.replace("from timeback_web import Timeback\n", "")
    saved = {}

    class Progress:
        run_id = None

    async def load_progress(lesson):
        return Progress()

    async def save_progress(lesson, *, run_id):
        saved[lesson] = run_id

    names = {
        "Timeback": lambda: Timeback(browser=browser),
        "load_progress": load_progress,
        "save_progress": save_progress,
    }
    code = compile(block, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    run = eval(code, names)
    assert inspect.iscoroutine(run)
    import asyncio

    asyncio.run(run)
    browser.advance(15_000)
    assert [beat.run_id for beat in browser.server.heartbeats] == [saved["lesson-1"]]
