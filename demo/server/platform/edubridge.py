"""Enrolments and what has been achieved in them (EduBridge), for `/user/me`."""

from collections import defaultdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from sqlalchemy import select

from demo.server.database import Database
from demo.server.errors import ApiError
from demo.server.learners import LEARNERS, Person
from demo.server.tables import PlatformEvent
from demo.server.times import iso, now_ms, to_ms

COURSE_ID = "course-math-3"
_WEEK_MS = 7 * 24 * 3600 * 1000


def edubridge_routes(database: Database) -> APIRouter:
    """`/edubridge/enrollments` and `/edubridge/analytics`."""
    router = APIRouter(prefix="/edubridge")

    @router.get("/enrollments/user/{student_id}")
    def enrollments(student_id: str) -> dict[str, Any]:
        return {"data": [_enrollment(_person(student_id))]}

    @router.get("/analytics/activity")
    def activity(
        student_id: Annotated[str, Query(alias="studentId")],
        start: Annotated[AwareDatetime, Query(alias="startDate")],
        end: Annotated[AwareDatetime, Query(alias="endDate")],
    ) -> dict[str, Any]:
        events = _events(database, _person(student_id), to_ms(start), to_ms(end))
        return {
            "message": "",
            "startDate": iso(to_ms(start)),
            "endDate": iso(to_ms(end)),
            "facts": _facts(events),
            "factsByApp": {},
        }

    @router.get("/analytics/enrollment/{enrollment_id}")
    def enrollment_facts(enrollment_id: str) -> dict[str, Any]:
        events = _events(database, _person(enrollment_id.partition("-")[0]), 0, now_ms())
        return {
            "message": "",
            "enrollmentId": enrollment_id,
            "facts": _facts(events),
            "factsByApp": {},
        }

    @router.get("/analytics/facts/weekly")
    def weekly_facts(
        student_id: Annotated[str, Query(alias="studentId")],
        week: Annotated[AwareDatetime, Query(alias="weekDate")],
    ) -> dict[str, Any]:
        person = _person(student_id)
        middle = to_ms(week)
        events = _events(database, person, middle - _WEEK_MS, middle + _WEEK_MS)
        return {"facts": [_weekly_fact(person, event) for event in events]}

    return router


def _person(student_id: str) -> Person:
    person = LEARNERS.get(student_id)
    if person is None:
        raise ApiError(404, "NOT_FOUND", "There is no such student.")
    return person


def _enrollment(person: Person) -> dict[str, Any]:
    return {
        "id": f"{person.id}-{COURSE_ID}",
        "role": "student",
        "course": {"id": COURSE_ID, "title": "Math, grade 3", "metadata": {}},
        "school": {"id": "demo-school", "name": "Demo School"},
    }


def _events(database: Database, person: Person, start_ms: int, end_ms: int) -> list[PlatformEvent]:
    with database.reading() as session:
        return list(
            session.scalars(
                select(PlatformEvent)
                .where(
                    PlatformEvent.source == "platform",
                    PlatformEvent.email == person.email,
                    PlatformEvent.event_time_ms.between(start_ms, end_ms),
                )
                .order_by(PlatformEvent.seq)
            )
        )


def _facts(events: list[PlatformEvent]) -> dict[str, dict[str, Any]]:
    """Sums by day and subject."""
    facts: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(_no_metrics))
    for event in events:
        metrics = facts[iso(event.event_time_ms)[:10]][event.body["object"]["subject"]]
        is_time = event.type == "TimeSpentEvent"
        sums = metrics["timeSpentMetrics" if is_time else "activityMetrics"]
        for item in event.body["generated"]["items"]:
            name = f"{item['type']}Seconds" if is_time else item["type"]
            if name in sums:
                sums[name] += item["value"]
    return facts


def _no_metrics() -> dict[str, Any]:
    return {
        "activityMetrics": {
            "xpEarned": 0,
            "totalQuestions": 0,
            "correctQuestions": 0,
            "masteredUnits": 0,
        },
        "timeSpentMetrics": {"activeSeconds": 0, "inactiveSeconds": 0, "wasteSeconds": 0},
        "apps": [],
    }


def _weekly_fact(person: Person, event: PlatformEvent) -> dict[str, Any]:
    at = iso(event.event_time_ms)
    return {
        "id": event.seq,
        "email": person.email,
        "date": at[:10],
        "datetime": at,
        "userId": person.id,
        "subject": event.body["object"]["subject"],
        "courseId": COURSE_ID,
        "enrollmentId": f"{person.id}-{COURSE_ID}",
        "activityId": event.body["object"]["id"],
    }
