"""A debit that is returned after it brought a prepaid service back: the days that were served are owed."""

from __future__ import annotations

from datetime import date

from billing_core.accounts.plans import BillingPlan, Prepaid
from commands.accounts import OpenAccount
from commands.payments.account import ReceivePayment
from commands.services.status import ActivateSubscription
from projections.services import subscriptions_of
from tests.commands.bank_statements.statements import movement, register, statement, take_in
from tests.operators import Operator, eur

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


def status(operator: Operator) -> str:
    (subscription,) = operator.ask(subscriptions_of, "P1")
    return str(subscription.status)


def test_a_returned_debit_leaves_the_debt_and_the_next_period_is_not_served(operator: Operator):
    register(operator)
    operator.subscriber("A0000")
    plan = BillingPlan(billing_day=1, due_days=14, tolerance_days=7, prepaid=Prepaid())
    operator.tell(OpenAccount(account="P1", customer="A0000", seller="north", currency="EUR", plan=plan), today=JUNE)
    operator.tell(ActivateSubscription(account="P1", subscription="main", tariff="net", on=JUNE), today=JUNE)
    operator.bill(date(2026, 6, 2), today=JUNE)
    assert status(operator) == "suspended"
    operator.tell(
        ReceivePayment(account="P1", source="debit-north", reference="E2E-1", amount=eur("24.00"), received_on=JUNE,
                       method="direct-debit"), today=JUNE,
    )  # fmt: skip
    assert (status(operator), operator.account("P1").ledger.balance) == ("active", eur("0.00"))

    back = movement("-24.00", "X1", kind="return", end_to_end="E2E-1", return_reason="AM04", booked_on=date(2026, 6, 5))
    take_in(operator, statement(back), today=date(2026, 6, 5))

    assert (status(operator), operator.account("P1").ledger.balance) == ("active", eur("-24.00"))
    operator.bill(date(2026, 7, 2), today=JULY)
    assert status(operator) == "suspended", "July is not served on credit"
    paid = statement(movement("48.00", "P48", "P1", booked_on=JULY), number="2")
    take_in(operator, paid, today=JULY)
    assert (status(operator), operator.account("P1").ledger.balance) == ("active", eur("0.00"))
    assert operator.findings() == []
