"""The panels of the page: which one is shown, and the way to the first and from the last."""

from .dom import announce, element, write


def state() -> str:
    """Which panel is shown: booting, ready, left, done or error."""
    return str(element("main").dataset.state)


def show_state(name: str, focus: str | None = None) -> None:
    """Switch between the panels: ready, left, done."""
    element("main").dataset.state = name
    element("question").inert = False
    for button in ("pause", "leave"):
        element(button).disabled = name != "ready"
    if focus:
        element(focus).focus()


def say(text: str) -> None:
    """A discreet word about time and connection."""
    announce("status", text)


def boot_step(done: int) -> None:
    """Tick off what is done on the way to the first question."""
    element("boot-progress").value = done
    for index, item in enumerate(element("boot-steps").children):
        item.dataset.step = "done" if index < done else "now" if index == done else "ahead"


def show_error(title: str, text: str, *, sign_in: bool = False) -> None:
    """Show that it does not go on here, and where it does."""
    write("error-title", title)
    write("error-text", text)
    write("error-link", "Sign in" if sign_in else "All lessons")
    element("error-reload").hidden = sign_in
    element("main").dataset.state = "error"
