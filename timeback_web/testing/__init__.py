"""For your tests: a browser without a browser.

>>> from timeback_web import Timeback
>>> from timeback_web.testing import FakeBrowser
>>> browser = FakeBrowser()
>>> timeback = Timeback(browser=browser)
>>> activity = timeback.activity.start(
...     id="lesson-1", name="Fractions", course={"subject": "Math", "grade": 3}
... )
>>> browser.advance(15_000)
>>> browser.hide()
>>> [heartbeat.elapsed_ms for heartbeat in browser.server.heartbeats]
[15000]
"""

from timeback_web.testing.browser import FakeBrowser
from timeback_web.testing.network import FakeNetwork, Sent
from timeback_web.testing.server import FakeServer
from timeback_web.testing.storage import FakeStorage

__all__ = ["FakeBrowser", "FakeNetwork", "FakeServer", "FakeStorage", "Sent"]
