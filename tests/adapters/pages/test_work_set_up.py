"""The set-up of work in pages: crews and days off, pay, recurring tasks, causes, service levels; a visit that was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from billing_core.party_changes import AddressChanges, SellerChanges
from billing_core.work.appointments import AppointmentBooked
from commands.parties import ChangeSeller
from commands.staff.operators import RegisterOperator
from commands.work.flows import PublishFlow
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.test_frame import form_fields
from tests.billing_core.work.flows import FAULT
from tests.operators import Operator

CREW = {
    "code": "c1", "title": "Crew 1", "seller": "north", "members": "milan", "hours.monday": "08:00-12:00\n13:00-16:00",
    "base.latitude": "49.2", "base.longitude": "16.6", "travel.speed": "50",
}  # fmt: skip
LEVEL = {
    "code": "home", "title": "Homes", "seller": "north", "hours.friday": "08:00-14:00",
    "promised.normal.first_reply": "240", "promised.normal.resolution": "960",
}  # fmt: skip
# Each form in turn: its address, what is filled in, the list that shows it, and what stands there.
TURNS = (
    ("/work/crews/define", CREW, "/work/crews", "Crew 1"),
    ("/work/crews/define?as=c1", CREW | {"title": "Crew One"}, "/work/crews", "Crew One"),
    ("/work/crews/c1/absences/new", {"from": "2026-06-11", "to": "2026-06-13", "technician": "milan"}, "", ""),
    ("/work/crews/c1/absences/withdraw", {"from": "2026-06-11", "technician": "milan"}, "", ""),
    ("/work/job-rates/new", {"job_kind": "repair", "rate": "15.00", "currency": "EUR", "from": "2026-01-01"},
     "/work/job-rates", "15.00"),
    ("/work/recurring-tasks/define", {
        "code": "check", "kind": "fault", "subject": "Inspect PT8", "rule": "FREQ=MONTHLY;BYDAY=1MO",
        "from": "2030-06-01",
    }, "/work/recurring-tasks", "Inspect PT8"),
    ("/work/recurring-tasks/check/end", {"reason": "gone"}, "", ""),
    ("/work/cause-rules/set", {"cause": "device-down", "rule.kind": "fault", "rule.subject": "It is dark"},
     "/work/cause-rules", "It is dark"),
    ("/work/service-levels/define", LEVEL, "/work/service-levels", "Homes"),
    ("/work/service-levels/define?as=home", LEVEL | {"title": "Houses"}, "/work/service-levels", "Houses"),
)  # fmt: skip


@pytest.fixture
def house(operator: Operator) -> Operator:
    operator.publish("fast", "50.00")
    operator.tell(
        ChangeSeller(code="north", changes=SellerChanges(address=AddressChanges(country="LV"), time_zone="Europe/Riga"))
    )
    operator.tell(RegisterOperator(operator="milan", name="Milan", roles=("technician",)))
    operator.tell(PublishFlow(flow=FAULT))
    operator.application.runner.catch_up()
    return operator


def test_what_work_needs_is_set_up_by_forms_and_listed(house: Operator, signed_in: SignedIn) -> None:
    boss = signed_in("boss", "administrator")

    def fill_in(address: str, filled: Mapping[str, str]) -> None:
        known = form_fields(boss.get(address).text)
        answer = boss.post(address, data={**known, **filled}, headers=FROM_HERE)
        assert answer.status_code == 303, (address, answer.text.partition('role="alert"')[2][60:500])
        house.application.runner.catch_up()

    for address, filled, listed, shown in TURNS:
        fill_in(address, filled)
        assert not listed or shown in boss.get(listed).text, listed
    assert "Všichni" in boss.get("/work/job-rates", headers={"Accept-Language": "cs"}).text
    found = boss.get("/set-up").text
    assert all(f'href="{path}"' in found for path in ("/work/crews", "/work/cause-rules", "/work/service-levels"))

    fill_in("/tickets/new", {"kind": "fault", "subject": "Dark", "source": "phone", "priority": "normal"})
    fill_in("/tickets/T-1/book", {
        "crew": "c1", "job_kind": "repair", "begins_at": "2026-06-15T09:00", "minutes": "60", "address": "Dolní 5",
    })  # fmt: skip
    assert "/work/appointments/T-1-1/complete" in boss.get("/work/appointments").text
    fill_in("/work/appointments/T-1-1/complete", {"begun_at": "2026-06-15T09:05", "ended_at": "2026-06-15T10:00"})
    fact = house.facts("appointment/T-1-1")[0]
    assert isinstance(fact, AppointmentBooked)
    assert fact.time.begins_at == datetime(2026, 6, 15, 6, tzinfo=UTC)  # 09:00 in Riga.
    assert "/work/appointments/T-1-1/complete" not in boss.get("/work/appointments").text
