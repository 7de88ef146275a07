"""A flow writes to the customer by the house's messages: once, and seen if it cannot."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.seller_clock import SellerClock
from adapters.files.flows import ready_flow
from adapters.texts.sentences import sentence
from billing_core.kernel.errors import RuleViolation
from billing_core.outreach.terms import KindTerms, OutreachTerms
from billing_core.party_changes import AddressChanges, CustomerChanges, SellerChanges
from billing_core.work.crews import Crew
from billing_core.work.fields import Field
from billing_core.work.flow_checks import faults_of
from billing_core.work.flows import END, Flow, GiveCommand, Move, Step
from billing_core.work.ticket_events import ActionDone
from billing_core.work.working_hours import WorkingHours
from commands.outreach.terms import SetOutreachTerms
from commands.parties import ChangeCustomer, ChangeSeller
from commands.staff.operators import RegisterOperator
from commands.work.actions import OverruleAction
from commands.work.appointments import BookAppointment, CancelAppointment, MoveAppointment
from commands.work.crews import DefineCrew
from commands.work.effects import SHAPES
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.steps import CompleteStep
from tests.operators import Operator

TODAY = date(2026, 3, 2)
ANNOUNCE = GiveCommand(command="queue-message", fields={
    "kind": "'planned-work'", "values.place": "ticket.address", "values.text": "announcement",
})  # fmt: skip
WORK = Flow(
    kind="dig", title="Dig", queue="crews", about=("account",), may=("outreach.change.queue-message",),
    fields=(Field(code="announcement"),),
    steps=(
        Step(code="plan", form=("announcement",), moves=(Move(to="told", resolution="planned"),)),
        Step(code="told", by="automatic", do=(ANNOUNCE,), moves=(Move(to="digging"),)),
        Step(code="digging", moves=(Move(to=END, resolution="done"),)),
    ),
)  # fmt: skip


def planned(operator: Operator) -> str:
    """A ticket whose work was planned, with everything done that follows by itself."""
    operator.publish("fast", "50.00")
    operator.subscriber()
    operator.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(email="anna@x.test")), today=TODAY)
    operator.tell(PublishFlow(flow=WORK), today=TODAY)
    opened = operator.tell(OpenTicket(kind="dig", subject="Dig", account="A0001", address="Dolní 5"), today=TODAY)
    ticket = str(opened.result["ticket"])
    said = {"announcement": "No internet from 8 to 10."}
    operator.tell(CompleteStep(ticket=ticket, step="plan", resolution="planned", values=said), today=TODAY)
    settle(operator)
    return ticket


def settle(operator: Operator) -> None:
    application = operator.application
    automation_of(application, SellerClock(application.store, application.tables, TODAY)).settle()


def messages(operator: Operator) -> list[tuple[str, ...]]:
    return [(str(row[0]), str(row[1])) for row in operator.select("SELECT kind, channel FROM live.messages")]


def test_the_message_is_written_once_with_the_answers_of_the_form(operator: Operator):
    kinds = (KindTerms(kind="planned-work", channels=("email",)),)
    operator.tell(SetOutreachTerms(seller="north", terms=OutreachTerms(kinds=kinds)), today=TODAY)
    ticket = planned(operator)
    settle(operator)
    assert messages(operator) == [("planned-work", "email")]
    (text,) = operator.select("SELECT content FROM live.messages")
    assert "Dolní 5" in text[0] and "No internet from 8 to 10." in text[0]
    assert steps_of(operator, ticket) == ["digging"]


def test_a_message_that_the_house_does_not_send_is_refused_and_can_be_overruled(operator: Operator):
    ticket = planned(operator)
    assert messages(operator) == [] and steps_of(operator, ticket) == ["told"]
    operator.tell(OverruleAction(ticket=ticket, reason="They were called"), today=TODAY)
    settle(operator)
    assert steps_of(operator, ticket) == ["digging"]


def steps_of(operator: Operator, ticket: str) -> list[str]:
    (row,) = operator.select(f"SELECT steps FROM live.tickets WHERE number = '{ticket}'")
    return list(row[0])


def test_a_flow_names_the_permission_and_a_field_that_the_command_has():
    assert faults_of(WORK, SHAPES) == []
    wrong = GiveCommand(command="queue-message", fields={"value.place": "ticket.address"})
    steps = (WORK.steps[0], Step(code="told", by="automatic", do=(wrong,), moves=(Move(to=END),)))
    flow = Flow(kind="dig", title="Dig", queue="crews", fields=WORK.fields, steps=steps)
    assert [fault.reason for fault in faults_of(flow, SHAPES)] == [
        "needs the permission outreach.change.queue-message, which `may` does not name",
        "queue-message has no such field",
        "queue-message needs the field 'kind'",
    ]


@pytest.mark.parametrize(
    ("fields", "name", "reason"),
    [
        ({"values": "announcement"}, "values.place", "'values' is given as a whole too; give its entries alone"),
        ({"values.place": "announcement"}, "kind.of", "the field 'kind' of queue-message has no entries"),
        ({}, "values.", "names no entry of 'values'; write it as values.place"),
    ],
)
def test_an_entry_stands_in_a_field_of_entries_alone(fields: dict[str, str], name: str, reason: str):
    """As a ticket would meet it only when the step is taken, the flow is refused."""
    given = {"kind": "'planned-work'", **fields, name: "announcement"}
    steps = (WORK.steps[0], replace(WORK.steps[1], do=(replace(ANNOUNCE, fields=given),)), WORK.steps[2])
    (fault,) = faults_of(replace(WORK, steps=steps), SHAPES)
    assert (fault.place[-1], fault.reason) == (name, reason)


# --- the visit that is booked

SURVEY = {"is_possible": "yes", "needs_line": "no"}
CONTRACT = {"tariff": "fast", "contract_signed_on": "2026-03-02", "fee": "0", "vat_rate": "21"}
NINE = datetime(2026, 3, 9, 8, tzinfo=UTC)  # 09:00 in Berlin


def to_be_installed(operator: Operator, *, sends: bool = True) -> str:
    """A ticket that waits for its installation."""
    kinds = (KindTerms(kind="visit", channels=("email",)),) if sends else ()
    operator.tell(SetOutreachTerms(seller="north", terms=OutreachTerms(kinds=kinds)), today=TODAY)
    operator.publish("fast", "50.00")
    operator.subscriber()
    changes = SellerChanges(address=AddressChanges(country="DE"), time_zone="Europe/Berlin")
    operator.tell(ChangeSeller(code="north", changes=changes), today=TODAY)
    operator.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(email="anna@x.test")), today=TODAY)
    operator.tell(RegisterOperator(operator="milan", name="Milan", roles=("technician",)), today=TODAY)
    hours = WorkingHours(**dict.fromkeys(("monday", "tuesday"), ("08:00-16:00",)))
    crew = Crew(code="c1", title="Crew 1", seller="north", members=("milan",), hours=hours)
    operator.tell(DefineCrew(crew=crew), today=TODAY)
    for file in (ready_flow("planned-work"), ready_flow("new-connection")):
        operator.tell(PublishFlow(flow=file.flow), today=TODAY)
    opened = operator.tell(OpenTicket(kind="new-connection", subject="Fibre", account="A0001", subscription="net-2"),
                           today=TODAY)  # fmt: skip
    ticket = str(opened.result["ticket"])
    for step, resolution, values in (("survey", "surveyed", SURVEY), ("contract", "signed", CONTRACT)):
        operator.tell(CompleteStep(ticket=ticket, step=step, resolution=resolution, values=values), today=TODAY)
    settle(operator)
    return ticket


def agree(operator: Operator, ticket: str) -> None:
    operator.tell(CompleteStep(ticket=ticket, step="installation", resolution="visit-agreed"), today=TODAY)
    settle(operator)


def book(operator: Operator, ticket: str) -> str:
    command = BookAppointment(ticket=ticket, crew="c1", job_kind="installation", begins_at=NINE, minutes=120,
                              address="Dolní 5")  # fmt: skip
    return str(operator.tell(command, today=TODAY).result["appointment"])


def contents(operator: Operator) -> list[str]:
    return sorted(str(text) for (text,) in operator.select("SELECT content FROM live.messages"))


def test_each_booking_of_a_visit_is_confirmed_once(operator: Operator):
    ticket = to_be_installed(operator)
    with pytest.raises(RuleViolation, match="Book the visit of a crew first"):
        agree(operator, ticket)
    appointment = book(operator, ticket)
    agree(operator, ticket)
    agree(operator, ticket)  # The same booking again.
    (text,) = contents(operator)
    assert "Dolní 5" in text and "09:00" in text and "11:00" in text and ticket in text
    operator.tell(MoveAppointment(appointment=appointment, begins_at=NINE + timedelta(days=1, hours=1)), today=TODAY)
    agree(operator, ticket)
    assert [("10:00" in each, "12:00" in each) for each in contents(operator) if each != text] == [(True, True)]
    assert steps_of(operator, ticket) == ["installation"]


def test_a_cancelled_visit_is_not_confirmed(operator: Operator):
    ticket = to_be_installed(operator)
    operator.tell(CancelAppointment(appointment=book(operator, ticket), reason="ill"), today=TODAY)
    with pytest.raises(RuleViolation, match="Book the visit of a crew first"):
        agree(operator, ticket)
    assert book(operator, ticket) == f"{ticket}-2"
    agree(operator, ticket)
    assert len(contents(operator)) == 1


def test_what_cannot_be_written_is_left_out_and_the_history_says_why(operator: Operator):
    ticket = to_be_installed(operator, sends=False)
    book(operator, ticket)
    agree(operator, ticket)
    assert contents(operator) == [] and steps_of(operator, ticket) == ["installation"]
    said = [sentence(fact) for fact in operator.facts(f"ticket/{ticket}") if isinstance(fact, ActionDone)]
    assert len(said) == 1
    assert said[0].startswith("the flow left out queue-message: ") and "is not sent by the seller" in said[0]


@pytest.mark.parametrize(
    ("fields", "place", "reason"),
    [
        ({"kind": "'vizit'"}, "kind", "'vizit' is none that there is; use one of bulk, card-payment, "),
        ({"kind": "'visit'", "values.debt": "'1'"}, "values.debt",
         "visit has no 'debt'; it has begins_at, ends_at, place, ticket, work"),
    ],
)  # fmt: skip
def test_a_message_of_an_unknown_kind_or_with_what_it_does_not_tell_is_refused(
    fields: dict[str, str], place: str, reason: str
):
    steps = (WORK.steps[0], replace(WORK.steps[1], do=(replace(ANNOUNCE, fields=fields),)), WORK.steps[2])
    (fault,) = faults_of(replace(WORK, steps=steps), SHAPES)
    assert fault.place == ("steps", 1, "do", 0, "fields", place)
    assert fault.reason.startswith(reason)


def test_a_kind_that_is_worked_out_is_known_when_it_is_written(operator: Operator):
    chosen = replace(ANNOUNCE, fields={"kind": "announcement", "values.place": "ticket.address"})
    steps = (WORK.steps[0], replace(WORK.steps[1], do=(chosen,)), WORK.steps[2])
    assert faults_of(replace(WORK, steps=steps), SHAPES) == []
