"""The list of calls: by a step or by hand, tried again by the result, and closed by the payment."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing_core.dunning.facts import DunningStepTaken
from billing_core.kernel.errors import InvalidValue
from billing_core.work.tickets import apply_ticket
from commands.collection.calls import NoteCall, PutOnCallList, TakeOffCallList
from commands.collection.steps import FollowStep
from commands.dunning.stops import DisputeItem
from commands.dunning.taking import TakeDunningSteps
from commands.work.flows import PublishFlow
from projections.collection.calls import calls_due
from projections.collection.write_offs import write_offs_between
from tests.billing_core.work.flows import FAULT
from tests.commands.collection.debtors import A, B, let_happen, owed, set_up_debts
from tests.operators import Operator, bank_row, eur

ON, NEXT_ON = date(2026, 3, 10), date(2026, 3, 11)


@pytest.fixture(autouse=True)
def debts(operator: Operator) -> None:
    set_up_debts(operator, A, B)
    operator.tell(PublishFlow(flow=FAULT), today=date(2026, 1, 1))


def listed(operator: Operator, on: date = ON, **words: Any) -> list[tuple[str, date, int]]:
    rows = operator.ask(lambda cursor: calls_due(cursor, on, 0, 9, **words))
    return [(row.account, row.next_try_on, row.tries) for row in rows]


def follow(operator: Operator, step: str, on: date = ON) -> dict[str, Any]:
    """What the step asks for, as if it had been taken today."""
    command = FollowStep(account=A, policy="home", step=step, taken=on, invoices=(owed(operator),))
    return operator.tell(command, today=on).result


def test_an_account_is_called_again_by_the_result_and_on_the_day_that_was_agreed(operator: Operator):
    for account in (A, B):
        operator.tell(PutOnCallList(account=account, reason="by hand"), today=ON)
    operator.take_in([bank_row(1, "4.00", A)], today=ON)
    assert listed(operator) == [(B, ON, 0), (A, ON, 0)]  # B owes more.

    operator.tell(NoteCall(account=A, result="not-reached", note="no answer"), today=ON)
    operator.tell(NoteCall(account=B, result="reached-promises", next_try_on=date(2026, 3, 20)), today=ON)
    assert listed(operator) == []
    assert listed(operator, NEXT_ON) == [(A, NEXT_ON, 1)]
    assert listed(operator, every=True) == [(A, NEXT_ON, 1), (B, date(2026, 3, 20), 1)]

    operator.tell(NoteCall(account=A, result="wrong-number"), today=NEXT_ON)
    operator.tell(TakeOffCallList(account=B, reason="writes a letter"), today=NEXT_ON)
    assert listed(operator, every=True) == []
    operator.tell(PutOnCallList(account=A, reason="again"), today=NEXT_ON)
    with pytest.raises(InvalidValue, match="must be one of"):
        operator.tell(NoteCall(account=A, result="hung-up"), today=NEXT_ON)
    assert operator.findings() == []


def test_a_step_of_the_run_puts_accounts_on_the_list_and_a_payment_closes_the_call_by_itself(operator: Operator):
    let_happen(operator, ON)
    operator.take_in([bank_row(1, "4.00", A)], today=ON)
    let_happen(operator, ON)
    assert sorted(listed(operator)) == [(A, ON, 0), (B, ON, 0)]
    operator.take_in([bank_row(2, "20.00", A)], today=ON)
    let_happen(operator, ON)
    assert listed(operator) == [(B, ON, 0)]


def test_a_step_opens_a_ticket_once(operator: Operator):
    let_happen(operator, ON)
    let_happen(operator, ON)

    (number,) = operator.select("SELECT number FROM live.tickets WHERE account = %s", A)[0]
    assert operator.select("SELECT count(*) FROM live.tickets") == [(2,)]  # One for each account.
    ticket = None
    for fact in operator.facts(f"ticket/{number}"):
        ticket = apply_ticket(ticket, fact)
    assert ticket is not None
    assert (ticket.kind, ticket.about.account, ticket.customer) == ("fault", A, A)


def test_what_was_paid_meanwhile_is_left_out(operator: Operator):
    invoice = owed(operator)
    operator.take_in([bank_row(1, "24.00", A)], today=ON)
    command = FollowStep(account=A, policy="home", step="agency", taken=ON, invoices=(invoice,))
    assert operator.tell(command, today=ON).position == 0


def test_what_was_disputed_meanwhile_is_left_out(operator: Operator):
    invoice = owed(operator)
    operator.tell(DisputeItem(account=A, invoice=invoice, reason="wrong amount"), today=ON)
    for step in ("agency", "give-up"):
        assert follow(operator, step) == {}
    assert invoice in operator.account(A).ledger.open_items
    assert operator.account(A).dunning.debts.collected == {}


def test_a_step_hands_over_once_and_gives_up_with_its_vat(operator: Operator):
    invoice = owed(operator)
    follow(operator, "agency")
    follow(operator, "agency")
    assert operator.account(A).dunning.debts.collected == {invoice: "rapid"}
    assert listed(operator, every=True) == []

    follow(operator, "give-up")
    assert invoice not in operator.account(A).ledger.open_items
    (row,) = operator.ask(write_offs_between, ON, NEXT_ON)
    assert (row.base, row.vat, row.reason) == (eur("20.00"), eur("4.00"), "nobody to be found")


def test_a_step_that_the_policy_no_longer_has_asks_for_nothing(operator: Operator):
    assert follow(operator, "unknown") == {"tickets": []}


def test_the_ladder_calls_then_hands_over_and_then_leaves_the_item_to_the_agency(operator: Operator):
    invoice = owed(operator)
    let_happen(operator, date(2026, 1, 28))
    for on in (date(2026, 1, 29), date(2026, 3, 16), date(2029, 1, 1)):
        operator.tell(TakeDunningSteps(account=A), today=on)
        let_happen(operator, on)

    taken = [fact.step for fact in operator.facts(f"account/{A}") if isinstance(fact, DunningStepTaken)]
    assert taken == ["call", "agency"]
    assert operator.account(A).dunning.debts.collected == {invoice: "rapid"}
