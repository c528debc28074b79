"""What a developer sees of the heartbeats: `<what-happened>` shows what it is told here."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from .dom import element

if TYPE_CHECKING:
    from timeback_web.reports import Report


def on_report(report: Report) -> None:
    """Something has become of a window (`Timeback(on_report=...)`)."""
    element("happened").tell(json.dumps(asdict(report)))


def show_run(run_id: str) -> None:
    """The windows of this run are the ones to show."""
    element("happened").run = run_id
