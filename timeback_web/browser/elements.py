"""Elements with `data-timeback-` attributes, in the page's document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import (
    URL,
    CustomEvent,
    MutationObserver,
    Object,
    clearTimeout,
    console,
    document,
    globalThis,
    setTimeout,
)
from pyodide.ffi import JsException, create_proxy, to_js

from timeback_web.browser.events import listen
from timeback_web.ports.elements import ACTIVITY, PREFIX, SUBJECT, Press, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from timeback_web.ports import Cancel
    from timeback_web.ports.elements import Element

_WHEN = f"{PREFIX}when"
_CONTROLS = ",".join(f"[{PREFIX}{press.value}]" for press in Press)
REST_MS = 250
"""How long not to look after a change. A lesson may change its page sixty times a second, and each
time would call into Python."""


class PageElement:
    """One element.

    Args:
        node: The DOM's.
    """

    def __init__(self, node: Any) -> None:  # noqa: ANN401
        """Take hold of it."""
        self._node = node

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PageElement) and bool(self._node.isSameNode(other._node))

    __hash__ = None  # type: ignore[assignment]  # equal by what JavaScript says

    def attributes(self) -> dict[str, str]:
        """Its attributes that begin with our prefix."""
        names: list[str] = self._node.getAttributeNames().to_py()
        return {
            name: str(self._node.getAttribute(name)) for name in names if name.startswith(PREFIX)
        }

    def write(self, name: str, value: str | None) -> None:
        """Set an attribute, or remove it."""
        if value is None:
            self._node.removeAttribute(name)
        else:
            self._node.setAttribute(name, value)

    def tell(self, event: str, detail: Mapping[str, object]) -> None:
        """Fire a `CustomEvent` that bubbles."""
        given = {"bubbles": True, "detail": {**detail}}
        options = to_js(given, dict_converter=Object.fromEntries)
        self._node.dispatchEvent(CustomEvent.new(event, options))


class PageElements:
    """The page's document."""

    def find(self) -> list[Element]:
        """All elements with an activity, in the order of the document."""
        return [PageElement(node) for node in document.querySelectorAll(f"[{ACTIVITY}]")]

    def show_for(self, state: State) -> None:
        """Show and hide what has `data-timeback-when`, a list of states."""
        for node in document.querySelectorAll(f"[{_WHEN}]"):
            node.hidden = state.value not in str(node.getAttribute(_WHEN)).split()

    def on_change(self, callback: Callable[[], None]) -> Cancel:
        """Be told when elements may have come or gone."""
        return _Changes(callback).stop

    def on_press(self, callback: Callable[[Press], None]) -> Cancel:
        """Be told of clicks on controls: wherever they are, also those that come later."""

        def clicked(event: Any) -> None:  # noqa: ANN401 - a DOM event
            control = event.target.closest(_CONTROLS) if hasattr(event.target, "closest") else None
            if control:
                for press in Press:
                    if control.hasAttribute(f"{PREFIX}{press.value}"):
                        callback(press)
                        return

        return listen(document, "click", clicked)

    def is_of_this_site(self, url: str) -> bool:
        """Whether an address is one of the page's own origin.

        Of its origin and not its address: a `srcdoc` frame lies at `about:srcdoc`, and has the
        origin of the page around it (HTML, "Origin of a document").
        """
        try:
            return bool(URL.new(url, document.baseURI).origin == globalThis.origin)
        except JsException:
            return False

    def log(self, message: str, *, serious: bool) -> None:
        """Write to the console."""
        (console.error if serious else console.warn)(message)


class _Changes:
    """Watches the document, with a rest after each change that it has told.

    Args:
        callback: Told.
    """

    def __init__(self, callback: Callable[[], None]) -> None:
        """Watch from now on."""
        self._callback = callback
        self._changed = create_proxy(self._on_change)
        self._rested = create_proxy(self._on_rested)
        self._observer = MutationObserver.new(self._changed)
        self._timer: int | None = None
        self._stopped = False
        self._observe()

    def stop(self) -> None:
        """Watch no more; harmless when called again."""
        if self._stopped:
            return
        self._stopped = True
        self._observer.disconnect()
        if self._timer is not None:
            clearTimeout(self._timer)
        self._changed.destroy()
        self._rested.destroy()

    def _observe(self) -> None:
        watched = {"subtree": True, "childList": True, "attributeFilter": [*SUBJECT]}
        options = to_js(watched, dict_converter=Object.fromEntries)
        self._observer.observe(document.documentElement, options)

    def _on_change(self, *_: object) -> None:
        self._observer.disconnect()
        self._timer = setTimeout(self._rested, REST_MS)
        self._callback()

    def _on_rested(self, *_: object) -> None:
        self._timer = None
        self._observe()
        self._callback()  # something may have changed meanwhile
