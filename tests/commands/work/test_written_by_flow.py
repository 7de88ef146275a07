"""A flow writes to the customer by the house's messages: once, and seen if it cannot."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.seller_clock import SellerClock
from billing_core.outreach.terms import KindTerms, OutreachTerms
from billing_core.party_changes import CustomerChanges
from billing_core.work.fields import Field
from billing_core.work.flow_checks import faults_of
from billing_core.work.flows import END, Flow, GiveCommand, Move, Step
from commands.outreach.terms import SetOutreachTerms
from commands.parties import ChangeCustomer
from commands.work.actions import OverruleAction
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
