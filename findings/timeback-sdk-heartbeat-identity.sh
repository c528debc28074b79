#!/usr/bin/env bash
# timeback-sdk 0.4.0 (PyPI): what its heartbeat route takes for "the same window".
#
# A good engineer would guess: a run id is a UUID, so two spellings of one UUID are one run; a window
# that begins where an accepted one began, and ends later, is either another window or an update;
# and two requests for one window at the same time count once, as two in a row do.
#
# Seen: the key is the text of `runId` and the start in milliseconds, noted after the upstream send:
#   same window, run id in capital letters    204, counted again, under another Caliper session
#   same start, ends 10 s later               200 {"duplicate":true}: the 10 s are nowhere
#   same window five times at once            204 each, counted five times
#   same window again                         200 {"duplicate":true}
#
# So a client has to keep one spelling of a run, never to send a longer window with an old start, and
# never to have two requests for one window under way.
#
# Needs Python 3.12 or newer, as the package does; PYTHON names another.
set -euo pipefail
python="${PYTHON:-$(command -v python3.14 || command -v python3.13 || command -v python3.12 || echo python3)}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    'timeback-sdk[fastapi]==0.4.0' 'fastapi==0.139.0' 'uvicorn==0.52.0' 'httpx==0.28.1'

cat >"$work/timeback.config.json" <<'JSON'
{
  "name": "Finding",
  "sensor": "https://finding.example",
  "courses": [{"subject": "Math", "grade": 3, "courseCode": "MATH-3", "ids": {"staging": "course-1"}}]
}
JSON

cat >"$work/try.py" <<'PYTHON'
import asyncio
import contextlib
import json
import socket
import sys
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI, Request
from timeback.server import ApiCredentials, CustomIdentityConfig, TimebackConfig
from timeback.server.adapters.fastapi import TimebackFastAPI

RUN = "6f1c3a52-8f7e-4a8e-9d2b-0b6c5a1d2e3f"
events = []
platform = FastAPI()


@platform.get("/ims/oneroster/rostering/v1p2/users")
async def users():
    return {"users": [{"sourcedId": "u-1", "givenName": "A", "familyName": "B"}]}


@platform.post("/caliper/event")
async def caliper(request: Request):
    await asyncio.sleep(0.2)  # as long as the network takes
    events.extend((await request.json())["data"])
    return {"jobId": "1"}


@contextlib.asynccontextmanager
async def served(app):
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    task = asyncio.create_task(server.serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await task


def window(end, run=RUN, start="10:00:00"):
    return {
        "id": "lesson-1", "name": "Fractions", "course": {"subject": "Math", "grade": 3},
        "runId": run, "elapsedMs": 15_000, "pausedMs": 0,
        "startedAt": f"2026-01-05T{start}.000Z", "endedAt": f"2026-01-05T{end}.000Z",
    }


async def main():
    config = TimebackConfig(
        env="staging",
        api=ApiCredentials(client_id="id", client_secret="secret"),
        identity=CustomIdentityConfig(
            mode="custom", get_email=lambda request: "learner@school.example"
        ),
        config_path=str(Path(__file__).with_name("timeback.config.json")),
    )
    timeback = TimebackFastAPI(config)
    app = FastAPI()
    app.include_router(timeback.router, prefix="/api/timeback")
    async with served(platform) as upstream, served(app) as address:
        provider = timeback.instance.api.get_provider()
        for service in provider.get_available_services():
            endpoint = provider.get_endpoint(service)
            endpoint.base_url, endpoint.auth_url = upstream, None
        async with httpx.AsyncClient(base_url=address) as client:

            async def post(body):
                answer = await client.post("/api/timeback/activity/heartbeat", json=body)
                return answer.status_code, answer.text

            first = await post(window("10:00:15"))
            again = await post(window("10:00:15"))
            capital = await post(window("10:00:15", run=RUN.upper()))
            longer = await post(window("10:00:25"))
            at_once = await asyncio.gather(
                *(post(window("11:00:15", start="11:00:00")) for _ in range(5))
            )
    seen = {
        "first": first, "again": again, "capital": capital, "longer": longer,
        "at once": sorted(set(at_once)), "events": len(events),
        "sessions": len({event["session"] for event in events}),
    }
    print(json.dumps(seen, indent=2))
    duplicate = (200, '{"duplicate":true}')
    expected = {
        "first": (204, ""), "again": duplicate, "capital": (204, ""), "longer": duplicate,
        "at once": [(204, "")], "events": 7, "sessions": 2,
    }
    sys.exit(seen != expected)


asyncio.run(main())
PYTHON
"$work/venv/bin/python" "$work/try.py" && echo "as described"
