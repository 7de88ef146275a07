"""The organiser's week in a browser: visits are moved by hand and by keyboard, and nobody undoes unseen what is new."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from billing_core.party_changes import AddressChanges, SellerChanges
from billing_core.work.appointments import AppointmentBooked, AppointmentMoved
from billing_core.work.crews import Crew
from billing_core.work.working_hours import WorkingHours
from commands.parties import ChangeSeller
from commands.staff.operators import RegisterOperator
from commands.work.appointments import BookAppointment, MoveAppointment
from commands.work.crews import DefineCrew
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from tests.adapters.pages.conftest import Visitor, serious_faults
from tests.billing_core.work.flows import FAULT
from tests.operators import Operator

HOURS = WorkingHours(**dict.fromkeys(("monday", "tuesday", "wednesday"), ("08:00-16:00",)))
WEEK, VISIT = "/work/week?on=2026-06-15", "T-1-1"
NINE = datetime(2026, 6, 15, 6, tzinfo=UTC)  # 09:00 in Riga
MOST_TABS = 80


@pytest.fixture
def organised(operator: Operator) -> Operator:
    """Two crews of one technician each, and a visit of the first one on a Monday at nine."""
    operator.tell(
        ChangeSeller(code="north", changes=SellerChanges(address=AddressChanges(country="LV"), time_zone="Europe/Riga"))
    )
    for name in ("milan", "karel"):
        operator.tell(RegisterOperator(operator=name, name=name.title(), roles=("technician",)))
        crew = Crew(code=f"crew-{name}", title=f"Crew {name}", seller="north", members=(name,), hours=HOURS)
        operator.tell(DefineCrew(crew=crew))
    operator.tell(PublishFlow(flow=FAULT))
    operator.tell(OpenTicket(kind="fault", subject="Dark"))
    operator.tell(BookAppointment(ticket="T-1", crew="crew-milan", job_kind="repair", begins_at=NINE, minutes=60,
                                  address="Dolni 5"))  # fmt: skip
    operator.application.runner.catch_up()
    return operator


def cell(page: Page, crew: str, on: str) -> str:
    return f'td[data-crew="{crew}"][data-on="{on}"]'


def moves(operator: Operator) -> list[tuple[str, str]]:
    """Where the visit was and went, in UTC."""
    return [
        (fact.crew, f"{fact.time.begins_at:%m-%d %H:%M}") for fact in operator.facts(f"appointment/{VISIT}")
        if isinstance(fact, AppointmentBooked | AppointmentMoved)
    ]  # fmt: skip


def drag(page: Page, crew: str, on: str) -> None:
    page.locator("a[draggable=true]").drag_to(page.locator(cell(page, crew, on)))
    page.wait_for_url("**/move?*")


def test_a_visit_is_dragged_to_another_technician_and_day(organised: Operator, visitor: Visitor) -> None:
    page = visitor("eva", "administrator", width=1600)
    page.goto(WEEK)
    assert serious_faults(page) == []
    drag(page, "crew-karel", "2026-06-16")
    expect(page.locator("input[name=begins_at]")).to_have_value("2026-06-16T09:00")
    expect(page.locator("select[name=crew]")).to_have_value("crew-karel")
    assert moves(organised) == [("crew-milan", "06-15 06:00")]  # Nothing is moved by a slip of the hand.
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/work/week?on=2026-06-16")
    expect(page.locator(cell(page, "crew-karel", "2026-06-16"))).to_contain_text("09:00 T-1 repair")
    assert moves(organised)[1:] == [("crew-karel", "06-16 06:00")]


def test_a_visit_is_moved_by_keyboard_alone(organised: Operator, visitor: Visitor) -> None:
    page = visitor("eva", "administrator", width=1600)
    page.goto(WEEK)
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent.trim()") == f"Move {VISIT}":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/move?*")
    page.locator("input[name=begins_at]").wait_for()
    for _ in range(MOST_TABS):
        if page.evaluate("() => document.activeElement.name") == "begins_at":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("2026-06-15T13:00")
    page.keyboard.press("Tab")
    page.keyboard.type("Crew karel")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/work/week?on=2026-06-15")
    assert moves(organised)[1:] == [("crew-karel", "06-15 10:00")]


def test_the_second_dispatcher_learns_what_the_first_has_changed(organised: Operator, visitor: Visitor) -> None:
    """Both have the week open; what the second one drags was moved by the first one meanwhile."""
    page = visitor("eva", "administrator", width=1600)
    page.goto(WEEK)
    organised.tell(MoveAppointment(appointment=VISIT, begins_at=NINE.replace(hour=11), crew="crew-karel"), actor="jan")
    organised.application.runner.catch_up()
    drag(page, "crew-milan", "2026-06-16")
    page.keyboard.press("Control+Enter")
    told = page.get_by_role("group", name="Two versions")
    expect(told).to_contain_text("2026-06-15T14:00")  # There now, and what was wanted here.
    expect(told).to_contain_text("2026-06-16T09:00")
    expect(told).to_contain_text("crew-karel")
    assert moves(organised)[1:] == [("crew-karel", "06-15 11:00")]
    page.locator("select[name=crew]").select_option("crew-karel")
    page.keyboard.press("Control+Enter")  # Who has seen it may move it all the same.
    page.wait_for_url("**/work/week?on=2026-06-16")
    assert moves(organised)[2:] == [("crew-karel", "06-16 06:00")]
