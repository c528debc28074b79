"""Saying what is being done: a bar on a terminal, plain lines in a log, nothing if so asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn


def announced[T](steps: Sequence[tuple[str, T]], console: Console) -> Iterator[T]:
    """Yield the steps one by one, announcing each by its title before it is yielded."""
    if console.is_terminal:
        return _with_bar(steps, console)
    return _with_lines(steps, console)


def _with_bar[T](steps: Sequence[tuple[str, T]], console: Console) -> Iterator[T]:
    columns = SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=len(steps))
        for title, step in steps:
            bar.update(task, description=title)
            yield step
            bar.advance(task)


def _with_lines[T](steps: Sequence[tuple[str, T]], console: Console) -> Iterator[T]:
    for number, (title, step) in enumerate(steps, start=1):
        console.print(f"[{number}/{len(steps)}] {title}", markup=False)
        yield step
