"""The organiser over HTTP: a crew is defined and booked, its week seen, its calendar read, its day printed."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from icalendar import Calendar
from pypdf import PdfReader

from billing_core.work.flows import END, Flow, Move, Step
from commands.staff.operators import RegisterOperator
from commands.work.flows import PublishFlow
from tests.adapters.http.conftest import Api, SignedIn
from tests.operators import Operator

HOURS = {day: ["08:00-16:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
CREW = {
    "title": "Crew 2", "seller": "vrana", "members": ["milan", "areg"], "hours": HOURS,
    "base": {"latitude": "49.00", "longitude": "16.60"}, "travel": {"speed": 60, "road_factor": "1"},
}  # fmt: skip
FAR = {"latitude": "49.10", "longitude": "16.60"}
GO = Step(code="go", moves=(Move(to=END, resolution="done"),))


class UpToDate(Api):
    """The API with read models that are brought up to date before each question."""

    def __init__(self, operator: Operator, api: Api) -> None:
        self._client, self._headers, self._operator = api._client, api._headers, operator

    def get(self, path: str, headers: dict[str, str] | None = None, **parameters: Any) -> Any:
        self._operator.application.runner.catch_up()
        return super().get(path, headers, **parameters)


@pytest.fixture
def house(operator: Operator, admin: Api) -> Api:
    """A seller in Prague with a crew of two, and a kind of ticket."""
    seller = {"code": "vrana", "name": "Bílá Vrána Net", "address": {"country": "CZ"}, "time_zone": "Europe/Prague",
              "series": {}}  # fmt: skip
    assert admin.post("/sellers", seller).status_code == 201
    for member in ("milan", "areg"):
        operator.tell(RegisterOperator(operator=member, name=member.title(), roles=("support",)))
    assert admin.send("PUT", "/work/crews/crew-2", CREW).status_code == 200
    operator.tell(PublishFlow(flow=Flow(kind="visit", title="Visit", queue="field", steps=(GO,))))
    return UpToDate(operator, admin)


def ticket(api: Api, subject: str = "Node PT8 hums") -> str:
    answer = api.post("/tickets", {"kind": "visit", "subject": subject})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["result"]["ticket"])


def booked(api: Api, number: str, begins_at: str, **others: Any) -> str:
    body = {"crew": "crew-2", "job_kind": "fault", "begins_at": begins_at, "minutes": 60, "address": "Node PT8",
            "position": FAR} | others  # fmt: skip
    answer = api.post(f"/tickets/{number}/appointments", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["result"]["appointment"])


def test_a_week_shows_visits_in_local_time_with_ways_and_what_does_not_fit(house: Api):
    number = ticket(house)
    first = booked(house, number, "2030-06-13T08:00:00+02:00")
    second = booked(house, number, "2030-06-13T07:05:00Z", position=CREW["base"], forced="agreed")

    week = house.get("/work/weeks/2030-06-15", technician="areg").json()
    (crew,) = week["crews"]
    day = crew["days"][3]

    assert (week["from_on"], week["to_on"]) == ("2030-06-10", "2030-06-17")
    assert (crew["available"], crew["planned"], day["travel"]) == (2400, 144, 24)
    assert [(visit["appointment"]["number"], visit["begins_at"]) for visit in day["visits"]] == [
        (first, "2030-06-13T08:00:00+02:00"), (second, "2030-06-13T09:05:00+02:00"),
    ]  # fmt: skip
    assert "can begin at 09:12" in day["visits"][1]["faults"][0]
    assert house.get("/work/crews/crew-2/days/2030-06-13").json() == day
    assert house.get("/work/weeks/2030-06-15", technician="ivan").json()["crews"] == []
    assert house.get("/work/crews/crew-9/days/2030-06-13").status_code == 404


def test_a_time_that_is_proposed_is_taken(house: Api):
    number = ticket(house)
    booked(house, number, "2030-06-13T09:00:00+02:00", minutes=300)
    asked: dict[str, Any] = {"job_kind": "fault", "minutes": 45, "from": "2030-06-13", "days": 1, **FAR}
    found = house.get("/work/free-times", **asked).json()["proposals"]

    assert [(each["time"]["begins_at"], each["detour"]) for each in found] == [
        ("2030-06-13T08:00:00+02:00", 0), ("2030-06-13T14:00:00+02:00", 0),
    ]  # fmt: skip
    booked(house, number, found[0]["time"]["begins_at"], minutes=45)
    assert len(house.get("/work/free-times", **asked).json()["proposals"]) == 1
    assert house.get("/work/free-times", **(asked | {"days": 32})).status_code == 422


def test_an_appointment_is_moved_cancelled_and_listed(house: Api):
    number = ticket(house)
    one, other = booked(house, number, "2030-06-13T08:00:00Z"), booked(house, number, "2030-06-13T11:00:00Z")
    moved = house.post(f"/work/appointments/{one}/move", {"begins_at": "2030-06-14T08:00:00Z"})
    refused = house.post(f"/work/appointments/{other}/move", {"begins_at": "2030-06-14T08:30:00Z"})
    cancelled = house.post(f"/work/appointments/{other}/cancel", {"reason": "solved by telephone"})

    assert (moved.status_code, moved.json()["result"]["on"]) == (200, "2030-06-14")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        422,
        "rule-violation",
        "begins_at",
    )
    assert cancelled.status_code == 200
    since: dict[str, Any] = {"from": "2030-06-14"}
    listed = house.get("/work/appointments", ticket=number, **since).json()["items"]
    assert [(row["number"], row["state"]) for row in listed] == [(one, "booked")]
    assert [row["number"] for row in house.get("/work/appointments", state="cancelled").json()["items"]] == [other]


def test_a_calendar_is_read_by_programs_that_subscribe_to_it(house: Api):
    number = ticket(house)
    one, other = booked(house, number, "2030-06-13T08:00:00Z"), booked(house, number, "2030-06-13T11:00:00Z")
    house.post(f"/work/appointments/{one}/move", {"begins_at": "2030-06-14T08:00:00Z"})
    house.post(f"/work/appointments/{other}/cancel", {"reason": "solved"})

    answer = house.get("/work/calendar", crew="crew-2")
    calendar = Calendar.from_ical(answer.content)
    events: dict[str, Any] = {str(event["uid"]): event for event in calendar.walk("VEVENT")}

    assert answer.headers["content-type"].startswith("text/calendar")
    assert (calendar["version"], str(calendar["name"])) == ("2.0", "Crew 2")
    moved, gone = events[f"appointment-{one}@billing-engine"], events[f"appointment-{other}@billing-engine"]
    assert moved.decoded("dtstart") == datetime(2030, 6, 14, 8, tzinfo=UTC)
    assert moved.decoded("dtend") == datetime(2030, 6, 14, 9, tzinfo=UTC)
    assert (moved["sequence"], str(moved["status"]), str(gone["status"])) == (1, "CONFIRMED", "CANCELLED")
    assert (moved["geo"].latitude, moved["geo"].longitude) == (49.1, 16.6)
    assert str(moved["location"]) == "Node PT8"
    of_technician = Calendar.from_ical(house.get("/work/calendar", technician="areg").content)
    assert {str(event["uid"]) for event in of_technician.walk("VEVENT")} == set(events)
    assert house.get("/work/calendar").status_code == 422
    assert house.get("/work/calendar", crew="crew-9").status_code == 404


def test_a_calendar_needs_the_permission_to_read_it(house: Api, signed_in: SignedIn):
    assert signed_in("eva", "cashier").get("/work/calendar", crew="crew-2").status_code == 403


def test_the_tasks_of_a_day_are_printed(house: Api):
    number = ticket(house)
    for hour in range(8, 15):
        booked(house, number, f"2030-06-13T{hour:02}:00:00+02:00", minutes=45, address=f"Վաչե Վրաբցյան, Dolní {hour}")

    answer = house.get("/work/crews/crew-2/days/2030-06-13/sheet")
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)

    assert answer.headers["content-type"] == "application/pdf"
    for shown in ("Crew 2", "2030-06-13", "milan, areg", "08:00 to 08:45", "14:00 to 14:45", "Dolní 14", f"{number}-7"):
        assert shown in text
    empty = house.get("/work/crews/crew-2/days/2030-06-15/sheet").content
    assert "No visits are booked" in PdfReader(BytesIO(empty)).pages[0].extract_text()


def test_pay_is_set_and_shown(house: Api):
    rate = {"rate": "18.00", "currency": "EUR", "from": "2026-01-01", "crew": "crew-2"}
    assert house.post("/work/job-rates/fault", rate).status_code == 200
    (row,) = house.get("/work/job-rates").json()["items"]
    assert (row["job_kind"], row["amount"]) == ("fault", {"amount": "18.00", "currency": "EUR"})
    january: dict[str, Any] = {"from": "2026-01-01", "to": "2026-02-01"}
    pay = house.get("/work/pay", **january).json()
    assert (pay["jobs"], pay["technicians"]) == ([], [])


def test_tasks_recur(house: Api):
    task = {"kind": "visit", "subject": "Inspect", "rule": "FREQ=WEEKLY;BYDAY=MO", "from": "2030-06-01"}
    assert house.send("PUT", "/work/recurring-tasks/inspect", task).status_code == 200
    (known,) = house.get("/work/recurring-tasks").json()["items"]
    assert known["next_on"] == "2030-06-03"
    wrong = house.send("PUT", "/work/recurring-tasks/inspect", task | {"rule": "FREQ=SECONDLY"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "rule")
    assert house.post("/work/recurring-tasks/inspect/end", {"reason": "gone"}).status_code == 200
    assert house.get("/work/recurring-tasks").json()["items"][0]["next_on"] is None


def test_days_off_are_recorded_and_withdrawn(house: Api):
    off = {"from": "2030-06-13", "to": "2030-06-14", "technician": "areg", "reason": "training"}
    assert house.post("/work/crews/crew-2/absences", off).status_code == 201
    day = house.get("/work/crews/crew-2/days/2030-06-13").json()
    assert day["technicians"] == ["milan"]
    gone = {"from": "2030-06-13", "technician": "areg"}
    assert house.post("/work/crews/crew-2/absences/withdraw", gone).status_code == 200
    assert house.get("/work/crews/crew-2/days/2030-06-13").json()["technicians"] == ["milan", "areg"]
