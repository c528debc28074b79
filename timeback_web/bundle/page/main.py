"""A page whose time is counted: the smallest use of timeback_web."""

import asyncio

from pyscript import document, when

from timeback_web import Timeback

# The server half (timeback-sdk) answers at /api/timeback of this page's own origin. If yours is
# elsewhere, say so here: Timeback(base_url="/school/api/timeback").
timeback = Timeback()
activity = timeback.activity.start(
    id="lesson-1", name="Fractions", course={"subject": "Math", "grade": 3}
)

state = document.getElementById("state")
time = document.getElementById("time")
pause = document.getElementById("pause")
finish = document.getElementById("finish")


def show() -> None:
    """Show what the activity knows."""
    say("Paused." if activity.paused else "Counting.")
    pause.textContent = "Resume" if activity.paused else "Pause"
    time.textContent = f"Active for {activity.elapsed_ms // 1000} s"


def say(words: str) -> None:
    """Change the state line: only when it changes, as screen readers speak every change."""
    if state.textContent != words:
        state.textContent = words


@when("click", "#pause")
def pause_or_resume() -> None:
    """Stop the clock, or let it go on."""
    if activity.paused:
        activity.resume()
    else:
        activity.pause()
    show()


@when("click", "#finish")
async def end() -> None:
    """End the session, and stay on the page until the server has it."""
    ticker.cancel()
    pause.disabled = finish.disabled = True
    say("Finishing.")
    await activity.end()
    say("Done.")


async def tick() -> None:
    """Keep the page up to date. Nothing is counted here: the activity reads a clock."""
    while True:
        show()
        await asyncio.sleep(0.25)


pause.disabled = finish.disabled = False
ticker = asyncio.create_task(tick())
