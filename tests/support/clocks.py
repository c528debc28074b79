"""Python's clocks and the page's: whether they are the same, asked in the page."""

COMPARE_CLOCKS = """
from js import Date, performance
from timeback_web.browser.clock import PageClock
def look():
    before = performance.now(), Date.now()
    at = PageClock().read()
    return before, at, (performance.now(), Date.now())
def lies_between(before, at, after):
    return all(a - 0.001 <= b <= c + 0.001 for a, b, c in zip(before, at, after, strict=True))
all(lies_between(*look()) for _ in range(100))
"""
"""A thousandth of a millisecond is what nanoseconds in floats may be off."""
