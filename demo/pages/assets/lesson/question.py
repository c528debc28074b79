"""A question on the page: its form, its feedback, and the steps of the lesson above it."""

import json

from pyodide.ffi import JsProxy
from pyscript import document

from .api import Json
from .dom import element, from_template, write
from .words import plural

STEPS = {"right": "right", "wrong": "not right", "now": "now", "ahead": "to come"}


def show_question(question: Json, number: int, count: int) -> None:
    """Ask a question."""
    write("counter", f"Question {number} of {count}")
    element("prompt-text").setAttribute("value", question["prompt"])
    element("question").dataset.question = question["id"]
    _show_picture(question.get("picture"))
    options = (_option(index, text) for index, text in enumerate(question["choices"]))
    element("options").replaceChildren(*options)
    element("choices").disabled = False
    element("feedback").replaceChildren()
    element("feedback").dataset.verdict = ""
    write("submit", "Check answer")
    element("submit").hidden = False
    element("next").hidden = True


def show_steps(questions: list[Json], answers: dict[str, Json], current: str | None = None) -> None:
    """Show which questions are answered, and how: a step each, with its state in words."""
    states = [_state(question, answers, current) for question in questions]
    steps = (_step(number, state) for number, state in enumerate(states, 1))
    element("steps").replaceChildren(*steps)
    write("standing", f"{len(answers)} of {plural(len(states), 'question')} answered")


def _state(question: Json, answers: dict[str, Json], current: str | None) -> str:
    answer = answers.get(question["id"])
    if answer:
        return "right" if answer["correct"] else "wrong"
    return "now" if question["id"] == current else "ahead"


def _step(number: int, state: str) -> JsProxy:
    """One step of the progress; its words are for screen readers."""
    step = document.createElement("li")
    step.dataset.step = state
    if state == "now":
        step.setAttribute("aria-current", "step")
    words = document.createElement("span")
    words.className = "for-readers"
    words.textContent = f"Question {number}: {STEPS[state]}"
    step.append(words)
    return step


def chosen() -> tuple[str, int]:
    """The question that is asked, and the option that is chosen."""
    checked = document.querySelector("#options input:checked")
    return element("question").dataset.question, int(checked.value)


def show_feedback(choice: int, reply: Json, *, last: bool) -> None:
    """Show what was right, and why, and the way on."""
    element("choices").disabled = True
    _mark_option(reply["answer"], "right", "Right answer")
    if choice != reply["answer"]:
        _mark_option(choice, "wrong", "Your answer")
    verdict = ("right", "That is right.") if reply["correct"] else ("wrong", "Not quite.")
    _write_feedback(*verdict, reply["explanation"])
    element("submit").hidden = True
    write("next", "See your result" if last else "Next question")
    element("next").hidden = False
    element("next").focus()


def show_unsent(reason: str) -> None:
    """Show that the answer was not taken. It stays chosen and can be sent again."""
    _write_feedback("unsent", "Your answer was not sent.", f"{reason} It is still here.")
    write("submit", "Retry")
    element("submit").focus()


def _option(index: int, text: str) -> JsProxy:
    """A radio button with its label."""
    label = from_template("option-template")
    label.querySelector("input").value = str(index)
    label.querySelector("with-fractions").setAttribute("value", text)
    return label


def _mark_option(index: int, verdict: str, words: str) -> None:
    """Say in words and colour what an option was."""
    label = element("options").children.item(index)
    label.dataset.verdict = verdict
    label.querySelector(".mark").textContent = words


def _show_picture(picture: Json | None) -> None:
    """Show the picture of a question, if it has one."""
    element("picture").hidden = picture is None
    element("picture").replaceChildren()
    if picture is not None:
        drawing = document.createElement("lesson-picture")
        drawing.setAttribute("value", json.dumps(picture))
        element("picture").append(drawing)


def _write_feedback(verdict: str, headline: str, text: str) -> None:
    """Write the feedback: a live region reads it out."""
    strong = document.createElement("strong")
    strong.textContent = headline
    why = document.createElement("with-fractions")
    why.setAttribute("value", text)
    element("feedback").replaceChildren(strong, why)
    element("feedback").dataset.verdict = verdict
