"""What a browser refuses because of a page's Content-Security-Policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage

# Beside the browser's own words in the console, of which nobody promises that they stay the same.
_TELL = """
addEventListener('securitypolicyviolation', (event) => {
  const { effectiveDirective, blockedURI, sample } = event;
  console.error('securitypolicyviolation', effectiveDirective, blockedURI, sample);
});
"""
_WORDS = ("securitypolicyviolation", "Content Security Policy", "Permissions policy")


class PolicyWatch:
    """Collects the violations of all pages and workers in a browser context.

    Attributes:
        violations: What was refused since the start, or since `forget()`.
    """

    _all: ClassVar[WeakKeyDictionary[BrowserContext, PolicyWatch]] = WeakKeyDictionary()

    @classmethod
    def of(cls, context: BrowserContext) -> PolicyWatch:
        """The one of this context, put up when it is first asked for."""
        return cls._all.get(context) or cls._all.setdefault(context, cls(context))

    def __init__(self, context: BrowserContext) -> None:
        self.violations: list[str] = []
        context.add_init_script(_TELL)
        context.on("console", self._note)

    def forget(self) -> list[str]:
        """Begin anew; what was collected until now."""
        seen, self.violations = self.violations, []
        return seen

    def _note(self, message: ConsoleMessage) -> None:
        if any(words in message.text for words in _WORDS):
            self.violations.append(f"{message.location.get('url')}: {message.text}")
