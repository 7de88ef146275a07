"""Prepaid accounts on a real database: taken at the start of the period, suspended for money, back with a payment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.errors import InvalidValue
from commands.accounts import ChangeBillingPlan, OpenAccount, PrepaidTerms
from commands.billing.account import BillAccount
from commands.payments.account import ReceivePayment
from commands.services.status import ActivateSubscription
from projections.services import subscriptions_of
from tests.conftest import Operator

JUNE, JULY, AUGUST = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)


def open_prepaid(operator: Operator, terms: PrepaidTerms | None = None) -> None:
    """A prepaid account beside a postpaid one, with 20.00 a month and 20 % VAT, active from 1 June."""
    operator.subscriber("A0000")
    prepaid = OpenAccount(
        account="P1", customer="A0000", seller="north", currency="EUR", prepaid=terms or PrepaidTerms()
    )
    operator.tell(prepaid, today=JUNE)
    operator.tell(ActivateSubscription(account="P1", subscription="main", tariff="net", on=JUNE), today=JUNE)


def pay(operator: Operator, amount: str, on: date) -> None:
    payment = ReceivePayment(
        account="P1", source="desk", reference=on.isoformat(), amount=amount, currency="EUR", received_on=on
    )
    operator.tell(payment, today=on)


def balance(operator: Operator) -> str:
    return f"{operator.account('P1').ledger.balance.amount}"


def status(operator: Operator) -> str:
    (subscription,) = operator.ask(subscriptions_of, "P1")
    return str(subscription.status)


def test_a_run_takes_the_fee_suspends_for_money_and_a_payment_brings_the_service_back_at_once(operator: Operator):
    open_prepaid(operator)
    pay(operator, "30.00", JUNE)
    assert (balance(operator), status(operator)) == ("6.00", "active")

    operator.bill(date(2026, 7, 2))

    assert (balance(operator), status(operator)) == ("6.00", "suspended")
    pay(operator, "10.00", date(2026, 7, 10))
    assert (balance(operator), status(operator)) == ("16.00", "suspended"), "22/31 of 24.00 are 17.03"
    pay(operator, "1.03", date(2026, 7, 11))
    assert status(operator) == "active", "21/31 of 24.00 are 16.26"
    assert balance(operator) == "0.77"
    assert operator.bill(date(2026, 8, 1), today=date(2026, 7, 31)).charges == 0
    assert operator.findings() == []


def test_a_run_over_two_months_takes_the_first_and_suspends_from_the_second(operator: Operator):
    open_prepaid(operator)
    operator.tell(
        ReceivePayment(account="P1", source="desk", reference="1", amount="23.99", currency="EUR"), today=JUNE
    )
    assert status(operator) == "suspended"
    pay(operator, "0.01", date(2026, 6, 2))
    assert balance(operator) == "0.80", "29/30 of 24.00 are 23.20"

    operator.bill(AUGUST, today=AUGUST)

    assert (balance(operator), status(operator)) == ("0.80", "suspended")
    assert operator.bill(AUGUST, today=AUGUST).bills == 0


def test_the_single_command_bills_every_due_date_in_order(operator: Operator):
    open_prepaid(operator, PrepaidTerms(credit_limit=Decimal(24)))

    operator.tell(BillAccount(account="P1", on=AUGUST), today=AUGUST)

    assert (balance(operator), status(operator)) == ("-24.00", "suspended")
    assert operator.bill(AUGUST, today=AUGUST).charges == 7, "only the months of the postpaid account are left"


def test_terms_that_make_no_sense_are_refused(operator: Operator):
    open_prepaid(operator)

    with pytest.raises(InvalidValue, match="resume at"):
        operator.tell(ChangeBillingPlan(account="P1", prepaid=PrepaidTerms(resume_at=Decimal(-1))), today=JULY)

    operator.tell(ChangeBillingPlan(account="P1", prepaid=PrepaidTerms(credit_limit=Decimal(5))), today=JULY)
    assert operator.account("P1").plan.prepaid is not None
