"""Elements of the page, by their ids."""

from collections.abc import Iterator
from contextlib import contextmanager

from pyodide.ffi import JsProxy
from pyscript import document


def element(name: str) -> JsProxy:
    """The element with that id."""
    return document.getElementById(name)


def write(name: str, text: str) -> None:
    """Put text into an element."""
    element(name).textContent = text


def announce(name: str, text: str) -> None:
    """Write into a live region, which reads out whatever is written, new or not."""
    if element(name).textContent != text:
        write(name, text)


@contextmanager
def busy(button: str, text: str = "") -> Iterator[None]:
    """A button that has been pressed and can't be pressed twice."""
    label = element(button).textContent
    element(button).disabled = True
    write(button, text or label)
    try:
        yield
    finally:
        write(button, label)
        element(button).disabled = False


def from_template(name: str) -> JsProxy:
    """A new copy of a template's element."""
    return element(name).content.firstElementChild.cloneNode(True)
