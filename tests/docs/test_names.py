"""Every name of the reference client is translated, and every name of ours is documented."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re

import pytest

import timeback_web
from tests.docs.reading import ROOT
from timeback_web import profile, testing
from timeback_web.options import StartOptions

MIGRATING = (ROOT / "docs" / "migrating.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in MIGRATING.splitlines()
    if line.startswith("|")
]
THEIRS = " ".join(row[0] for row in ROWS)
OURS = " ".join(row[1] for row in ROWS)

# What the public documentation of the TypeScript client names.
REFERENCE = re.findall(
    r"\w+",
    """
    createClient defaultCourse baseURL fetch plugins credentials bearer getToken
    start id name course time process runId onError onPause onResume onFlush
    pause resume end xpEarned totalQuestions correctQuestions masteredUnits pctComplete
    active inactive user useTimeback timeback context elapsedMs
    """,
)


@pytest.mark.parametrize("name", REFERENCE)
def test_every_name_of_the_reference_has_a_row(name):
    assert re.search(rf"\b{name}\b", THEIRS)


@pytest.mark.parametrize(
    "name",
    [
        *inspect.signature(timeback_web.Timeback).parameters,
        *(field.name for field in dataclasses.fields(StartOptions)),
        *(field.name for field in dataclasses.fields(timeback_web.Metrics)),
        *(name for name in vars(timeback_web.Activity) if not name.startswith("_")),
    ],
)
def test_every_name_of_ours_has_a_row(name):
    assert re.search(rf"\b{name}\b", OURS)


def test_what_stands_in_one_row_is_one_name_in_two_spellings():
    translated = {name for name in REFERENCE if re.search(r"[A-Z]", name)}
    pairs = 0
    for theirs, ours, *_ in ROWS:
        for name in set(re.findall(r"\w+", theirs)) & translated:
            snake = re.sub(r"(?<=[a-z])[A-Z]+", lambda m: "_" + m[0].lower(), name)
            pairs += bool(re.search(rf"\b{snake}\b", ours))
    assert pairs >= 14


REFERENCE_PAGES = "\n".join(
    path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "reference").glob("*.md")
)
PUBLIC = [
    *(("timeback_web", name) for name in timeback_web.__all__ if name != "__version__"),
    *(("timeback_web.testing", name) for name in testing.__all__),
    ("timeback_web.reports", "Report"),
    ("timeback_web.frontends", "attach"),
    ("timeback_web.autostart", "watch_page"),
    ("timeback_web.autostart.watch", "Watch"),
    *(
        ("timeback_web.profile", name)
        for name, value in vars(profile).items()
        if inspect.isclass(value) and value.__module__ == profile.__name__ and name != "Said"
    ),
]


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_every_public_name_is_in_the_reference(module, name):
    assert f"::: {module}.{name}\n" in f"{REFERENCE_PAGES}\n"


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_a_public_class_documents_its_fields(module, name):
    """Where a class is made of fields, its docstring says what each is."""
    thing = getattr(importlib.import_module(module), name)
    documented = inspect.getdoc(thing)
    assert documented
    fields = [*getattr(thing, "__dataclass_fields__", ()), *getattr(thing, "model_fields", ())]
    for field in fields:
        assert re.search(rf"^    {field}: \S", documented, re.MULTILINE), field


def test_what_start_can_raise_is_said():
    said = inspect.getdoc(timeback_web.Timeback(browser=testing.FakeBrowser()).activity.start)
    for error in ("InvalidOptionsError", "ActivityInProgressError", "UsageError"):
        assert error in said
