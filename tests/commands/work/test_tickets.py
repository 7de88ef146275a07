"""A ticket from its opening to its end: only completed steps change a service, and each action happens once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.work.tickets import Ticket, apply_ticket
from commands.work.actions import OverruleAction, RunNextAction
from commands.work.flows import PublishFlow, WithdrawFlow
from commands.work.opening import OpenTicket
from commands.work.steps import CompleteStep
from commands.work.tickets import CloseTicket, LogLabour, ReopenTicket
from tests.billing_core.work.flows import CONNECTION
from tests.operators import Operator

A, NEW = "A0001", "net-2"
TENTH = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def with_flow(operator: Operator) -> None:
    operator.subscriber(A, until=date(2026, 2, 1))
    operator.tell(PublishFlow(flow=CONNECTION), today=TENTH)
    let_happen(operator, TENTH)


def let_happen(operator: Operator, on: date = TENTH) -> None:
    operator.let_happen(on)


def opened(operator: Operator, **others: Any) -> str:
    command = OpenTicket(kind="connection", subject="Dolní 5", account=A, subscription=NEW, **others)
    return str(operator.tell(command, today=TENTH).result["ticket"])


def complete(operator: Operator, ticket: str, step: str, resolution: str, reason: str = "", **values: str) -> None:
    command = CompleteStep(ticket=ticket, step=step, resolution=resolution, values=values, reason=reason)
    operator.tell(command, today=TENTH)


def ticket_of(operator: Operator, number: str) -> Ticket:
    ticket: Ticket | None = None
    for fact in operator.facts(f"ticket/{number}"):
        ticket = apply_ticket(ticket, fact)
    assert ticket is not None
    return ticket


def installed(operator: Operator) -> str:
    """A ticket whose installation was completed, with its actions due."""
    ticket = opened(operator)
    complete(operator, ticket, "survey", "measured", is_possible="yes")
    complete(operator, ticket, "installation", "done", tariff="net", power="-19.5")
    return ticket


def test_a_service_is_activated_and_charged_when_its_step_is_completed_and_not_before(operator: Operator):
    ticket = opened(operator)
    complete(operator, ticket, "survey", "measured", is_possible="yes")
    let_happen(operator)
    assert NEW not in operator.account(A).subscriptions

    complete(operator, ticket, "installation", "done", tariff="net", power="-19.5")
    assert len(ticket_of(operator, ticket).actions) == 2
    let_happen(operator)

    account = operator.account(A)
    assert account.subscriptions[NEW].activated_on == TENTH
    assert [str(charge.amount) for charge in account.pending] == ["10.00 EUR"]
    found = ticket_of(operator, ticket)
    assert (found.steps, found.actions, found.queue) == (("hand-over",), (), "crews")

    complete(operator, ticket, "hand-over", "signed")
    assert ticket_of(operator, ticket).outcome == "completed"


def test_a_decision_is_taken_by_what_was_answered(operator: Operator):
    ticket = opened(operator)
    complete(operator, ticket, "survey", "measured", is_possible="no")

    found = ticket_of(operator, ticket)
    assert (found.outcome, found.steps) == ("cancelled", ())


def test_a_step_goes_back_with_a_reason_and_forward_again(operator: Operator):
    ticket = opened(operator)
    complete(operator, ticket, "survey", "measured", is_possible="yes")
    with pytest.raises(InvalidValue, match="reason"):
        complete(operator, ticket, "installation", "no-way", tariff="net", power="-10")
    complete(operator, ticket, "installation", "no-way", "the duct ends", tariff="net", power="-10")
    assert ticket_of(operator, ticket).steps == ("survey",)

    complete(operator, ticket, "survey", "measured")  # what was answered before needs no answer again
    assert ticket_of(operator, ticket).steps == ("installation",)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"tariff": "net", "power": "-3"}, "must be -27 to -8"),
        ({"tariff": "net"}, "power.*is needed"),
        ({"tariff": "net", "power": "much"}, "must be a number"),
        ({"tariff": "net", "power": "-9", "colour": "red"}, "is not asked here"),
        ({"tariff": "net", "power": "-8", "cable": "3"}, "measure again"),
    ],
)
def test_a_form_that_is_not_right_leaves_the_ticket_as_it_was(operator: Operator, values: dict[str, str], message: str):
    ticket = opened(operator)
    complete(operator, ticket, "survey", "measured", is_possible="yes")
    before = operator.facts(f"ticket/{ticket}")

    with pytest.raises((InvalidValue, RuleViolation), match=message):
        complete(operator, ticket, "installation", "done", **values)

    assert operator.facts(f"ticket/{ticket}") == before


def test_a_step_that_does_not_wait_cannot_be_completed(operator: Operator):
    ticket = opened(operator)
    with pytest.raises(RuleViolation, match="does not wait now; survey does"):
        complete(operator, ticket, "hand-over", "signed")


def test_nothing_moves_before_the_actions_are_done(operator: Operator):
    ticket = installed(operator)
    with pytest.raises(RuleViolation, match="still to be done by itself"):
        complete(operator, ticket, "activation", "")
    with pytest.raises(RuleViolation, match="still to be done by itself"):
        operator.tell(CloseTicket(ticket=ticket, reason="changed their mind"), today=TENTH)


def test_an_action_happens_once_however_often_it_is_asked_for(operator: Operator):
    ticket = installed(operator)
    for _ in range(4):
        operator.tell(RunNextAction(ticket=ticket), today=TENTH)
    let_happen(operator)

    assert [str(charge.amount) for charge in operator.account(A).pending] == ["10.00 EUR"]
    assert ticket_of(operator, ticket).steps == ("hand-over",)


def test_an_action_that_is_refused_waits_on_the_list_until_it_is_overruled(operator: Operator):
    ticket = opened(operator)
    complete(operator, ticket, "survey", "measured", is_possible="yes")
    complete(operator, ticket, "installation", "done", tariff="gone", power="-19.5")
    let_happen(operator)
    assert ticket_of(operator, ticket).actions == ("activation//0", "activation//1")
    assert operator.account(A).pending == []

    overruled = OverruleAction(ticket=ticket, reason="activated by hand")
    operator.tell(overruled, today=TENTH)
    let_happen(operator)

    assert [str(charge.amount) for charge in operator.account(A).pending] == ["10.00 EUR"]
    assert ticket_of(operator, ticket).steps == ("hand-over",)


def test_a_ticket_keeps_the_version_of_the_flow_that_it_began_with(operator: Operator):
    import msgspec

    old = opened(operator)
    shorter = msgspec.structs.replace(CONNECTION, steps=CONNECTION.steps[-1:], fields=(), may=())
    operator.tell(PublishFlow(flow=shorter), today=TENTH)
    new = opened(operator)

    assert ticket_of(operator, old).steps == ("survey",)
    assert ticket_of(operator, new).steps == ("hand-over",)
    complete(operator, old, "survey", "measured", is_possible="yes")
    assert ticket_of(operator, old).steps == ("installation",)


def test_no_ticket_is_opened_by_a_withdrawn_or_unknown_flow(operator: Operator):
    operator.tell(WithdrawFlow(kind="connection"), today=TENTH)
    with pytest.raises(RuleViolation, match="withdrawn"):
        opened(operator)
    with pytest.raises(NotFound, match="no flow of this kind"):
        operator.tell(OpenTicket(kind="other", subject="x"), today=TENTH)


def test_what_a_ticket_must_be_about_is_asked_for(operator: Operator):
    with pytest.raises(InvalidValue, match="subscription"):
        operator.tell(OpenTicket(kind="connection", subject="x", account=A), today=TENTH)


def test_a_cancelled_ticket_can_be_reopened_at_a_step(operator: Operator):
    ticket = opened(operator)
    operator.tell(CloseTicket(ticket=ticket, reason="did not answer"), today=TENTH)
    with pytest.raises(RuleViolation, match="is cancelled"):
        complete(operator, ticket, "survey", "measured", is_possible="yes")
    operator.tell(ReopenTicket(ticket=ticket, step="survey", reason="called back"), today=TENTH)
    complete(operator, ticket, "survey", "measured", is_possible="yes")
    assert ticket_of(operator, ticket).steps == ("installation",)


def test_labour_is_corrected_but_never_less_than_nothing(operator: Operator):
    ticket = opened(operator)
    operator.tell(LogLabour(ticket=ticket, minutes=50), today=TENTH)
    operator.tell(LogLabour(ticket=ticket, minutes=-20), today=TENTH)
    with pytest.raises(RuleViolation, match="only 30 minutes"):
        operator.tell(LogLabour(ticket=ticket, minutes=-31), today=TENTH)
    assert ticket_of(operator, ticket).labour_minutes == 30
