"""Crews and appointments on the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.adapters.cli.conftest import Billing

FLOW = """
kind: visit
title: Visit
queue: field
steps:
  - {code: go, moves: [{resolution: done, to: end}]}
"""


@pytest.fixture
def house(billing: Billing) -> Billing:
    """A seller in Prague, a crew of one, and an appointment for a ticket."""
    done(billing, "register-seller", "code=vrana", "name=Vrána", "address.country=CZ", "time_zone=Europe/Prague")
    done(billing, "register-operator", "operator=milan", "name=Milan", "roles=support")
    hours = [f"hours.{day}=08:00-16:00" for day in ("monday", "tuesday", "wednesday", "thursday", "friday")]
    done(billing, "define-crew", "code=crew-2", "title=Crew 2", "seller=vrana", "members=milan", *hours)
    (billing.folder / "visit.yaml").write_text(FLOW, encoding="utf-8")
    published = billing("work", "publish-flow", str(billing.folder / "visit.yaml"))
    assert published.code == 0, published.errors
    done(billing, "open-ticket", "kind=visit", "subject=Node PT8 hums")
    done(billing, "book-appointment", "ticket=T-1", "crew=crew-2", "job_kind=fault", "address=Node PT8",
         "begins_at=2030-06-13T08:00:00+02:00", "minutes=90")  # fmt: skip
    return billing


def done(billing: Billing, *words: str) -> None:
    ended = billing("do", *words)
    assert ended.code == 0, ended.errors


def test_the_week_of_a_crew_is_shown(house: Billing):
    shown = house("work", "week", "2030-06-15").output

    assert "crew-2  Crew 2, milan: 1:30 of 40:00" in shown
    assert "Thu 2030-06-13  1:30 of 8:00" in shown
    assert "08:00-09:30  T-1-1  fault, Node PT8" in shown
    assert house("work", "week", "2030-06-15", "--crew", "crew-9").output == "No such crew.\n"


def test_crews_appointments_and_free_times_are_listed(house: Billing):
    done(house, "record-absence", "crew=crew-2", "from=2030-06-17", "to=2030-06-18", "technician=milan")
    assert "Mon-Fri 08:00-16:00" in house("work", "crews").output
    assert "milan 2030-06-17 to 2030-06-18" in house("work", "crews").output
    assert "booked" in house("work", "appointments", "--ticket", "T-1").output
    (row,) = house("work", "appointments", "--json").json["appointments"]
    assert row["number"] == "T-1-1"
    free = house("work", "free-times", "fault", "30", "--from", "2030-06-13", "--days", "1", "--place", "49.1,16.6")
    assert "2030-06-13T09:30+02:00" in free.output
    assert (
        "49.1951,16.6068" in house("work", "free-times", "fault", "30", "--from", "2030-06-13", "--place", "x").errors
    )


def test_the_calendar_is_written_to_standard_output_and_the_sheet_to_a_file(house: Billing, tmp_path: Path):
    (event,) = Calendar.from_ical(house("work", "calendar", "crew-2").output).walk("VEVENT")
    assert str(event["summary"]) == "T-1 fault, Node PT8"

    house("work", "sheet", "crew-2", "2030-06-13", "--to", str(tmp_path / "day.pdf"))
    assert (tmp_path / "day.pdf").read_bytes().startswith(b"%PDF")


def test_pay_is_shown_and_written_as_csv(house: Billing, tmp_path: Path):
    assert house("work", "pay", "--from", "2026-01-01", "--to", "2026-02-01").output == "No appointment was done.\n"
    done(house, "book-appointment", "ticket=T-1", "crew=crew-2", "job_kind=fault", "address=Node PT8",
         "begins_at=2026-06-11T08:00:00+02:00", "minutes=90")  # fmt: skip
    done(house, "complete-appointment", "appointment=T-1-2", "begun_at=2026-06-11T08:00:00+02:00",
         "ended_at=2026-06-11T09:00:00+02:00")  # fmt: skip
    done(house, "set-job-rate", "job_kind=fault", "rate=12.50", "currency=EUR", "from=2026-01-01")
    shown = house("work", "pay", "--from", "2026-06-01", "--to", "2026-07-01", "--csv", str(tmp_path / "pay.csv"))

    assert "milan" in shown.output and "12.50 EUR" in shown.output
    (row,) = csv.DictReader((tmp_path / "pay.csv").open(encoding="utf-8"))
    assert (row["technician"], row["appointment"], row["amount"], row["currency"]) == ("milan", "T-1-2", "12.50", "EUR")


def test_service_levels_and_tasks_are_listed(house: Billing):
    assert house("work", "service-levels").output == "No service levels are defined yet.\n"
    done(house, "define-service-level", "code=home", "title=Homes", "seller=vrana",
         "hours.monday=08:00-12:00, 13:00-17:00",
         "promised.normal.first_reply=240", "promised.normal.resolution=990")  # fmt: skip
    shown = house("work", "service-levels").output
    assert "Mon 08:00-12:00, 13:00-17:00" in shown and "resolved in 16 h 30 min" in shown
    assert house("work", "recurring").output == "No task recurs.\n"
    done(house, "define-recurring-task", "code=inspect", "kind=visit", "subject=Inspect", "rule=FREQ=WEEKLY;BYDAY=MO",
         "from=2030-06-01")  # fmt: skip
    assert "2030-06-03" in house("work", "recurring").output
