"""Postpaid invoices of a prepaid account fall due by themselves, and both kinds of service show when they are cut."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from adapters.views.dunning.debtor import ShowDebtor
from adapters.views.query import Reading, queries
from billing_core.accounts.plans import Prepaid
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.payments.events import ItemsFellDue, PaymentReceived
from commands.accounts import ChangeBillingPlan
from commands.payments.account import ReversePayment
from commands.services.status import ActivateSubscription
from tests.operators import Operator, bank_row, eur, plan

A = "A0001"
JANUARY, DUE = date(2026, 1, 1), date(2026, 1, 15)


@pytest.fixture(autouse=True)
def mixed(operator: Operator) -> None:
    """Internet is billed afterwards, 24.00 on 1 January that are due on the 15th; `tv`, 12.00, is paid before."""
    operator.publish("tv", "10.00")
    operator.subscriber(A, until=date(2026, 2, 1), prepaid=Prepaid(postpaid_tariffs=("net",)))
    operator.bill(date(2026, 1, 2))


def let_happen(operator: Operator, on: date) -> None:
    operator.let_happen(on)


def pay(operator: Operator, amount: str, on: date, line: int = 1) -> None:
    assert operator.take_in([bank_row(line, amount, A, received_on=on)], today=on).accepted == 1


def open_amounts(operator: Operator) -> list[Decimal]:
    return [item.amount.amount for item in operator.account(A).ledger.open_items.values()]


def test_an_invoice_takes_unused_money_on_the_day_on_which_it_falls_due(operator: Operator):
    pay(operator, "30.00", date(2026, 1, 5))
    let_happen(operator, date(2026, 1, 14))
    assert (open_amounts(operator), operator.account(A).money_on(date(2026, 1, 14))) == (
        [Decimal("24.00")],
        eur("30.00"),
    )

    let_happen(operator, DUE)
    let_happen(operator, DUE)

    fallen = [fact for fact in operator.facts(f"account/{A}") if isinstance(fact, ItemsFellDue)]
    assert ([fact.effective_on for fact in fallen], open_amounts(operator)) == ([DUE], [])
    assert operator.account(A).money_on(DUE) == eur("6.00")


def test_what_is_opened_again_after_its_day_is_due_at_once(operator: Operator):
    pay(operator, "24.00", date(2026, 1, 5))
    let_happen(operator, DUE)
    (payment,) = [fact.payment for fact in operator.facts(f"account/{A}") if isinstance(fact, PaymentReceived)]
    operator.tell(ReversePayment(account=A, payment=payment, reason="bounced"), today=date(2026, 1, 20))
    pay(operator, "10.00", date(2026, 1, 21), line=2)

    let_happen(operator, date(2026, 1, 21))

    assert (open_amounts(operator), operator.account(A).ledger.credits) == ([Decimal("14.00")], {})


def test_both_kinds_of_service_show_when_they_are_cut(operator: Operator):
    pay(operator, "30.00", date(2026, 1, 5))
    tv = ActivateSubscription(account=A, subscription="TV", tariff="tv", on=date(2026, 1, 6))
    operator.tell(tv, today=date(2026, 1, 6))
    operator.bill(date(2026, 1, 7))
    operator.application.runner.catch_up()
    reading = Reading(operator.application, operator.application.queries, date(2026, 1, 10))

    card = queries()[ShowDebtor](ShowDebtor(account=A), reading)

    found = {each.subscription: (each.due_on, each.cut_on) for each in card.services}
    assert found == {"main": (DUE, date(2026, 1, 23)), "TV": (DUE, date(2026, 1, 23))}, "6.00 of 24.00 are missing"

    pay(operator, "10.00", date(2026, 1, 11), line=2)
    operator.application.runner.catch_up()
    card = queries()[ShowDebtor](ShowDebtor(account=A), reading)

    found = {each.subscription: (each.due_on, each.cut_on) for each in card.services}
    assert found == {"main": (None, None), "TV": (date(2026, 2, 1), date(2026, 2, 1))}, "4.00 are left for February"


@pytest.mark.parametrize(("code", "refused"), [("fax", NotFound), ("foreign", InvalidValue)])
def test_a_plan_names_tariffs_that_are_published_in_its_currency(
    operator: Operator, code: str, refused: type[Exception]
):
    operator.publish("foreign", "10.00", currency="CZK")
    before = operator.account(A)

    with pytest.raises(refused, match=code):
        operator.tell(ChangeBillingPlan(account=A, plan=plan(prepaid=Prepaid(postpaid_tariffs=(code,)))), JANUARY)

    assert operator.account(A) == before
