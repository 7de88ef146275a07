"""Accounts: one currency, one billing plan, opened for a customer that exists."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_core.accounts.plans import Prepaid
from billing_core.kernel.errors import AlreadyExists, BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.parties.customers import Customer
from commands.accounts import OpenAccount
from commands.parties import RegisterCustomer
from projections.accounts.balances import accounts_of
from tests.operators import Operator, eur, with_plan

MARCH = date(2026, 3, 1)


def opening(**details: Any) -> OpenAccount:
    return OpenAccount(
        **({"account": "1", "customer": "C1", "seller": "north", "currency": "EUR"} | with_plan(details))
    )


@pytest.fixture
def customer(operator: Operator) -> str:
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")), today=MARCH)
    return "C1"


def test_a_customer_may_have_several_accounts_each_with_its_plan(operator: Operator, customer: str):
    operator.tell(opening(billing_day=31, due_days=0, tolerance_days=3), today=MARCH)
    operator.tell(opening(account="2", currency="USD", opened_on=date(2026, 3, 15)), today=date(2026, 4, 1))

    first, second = operator.ask(accounts_of, customer)
    assert (first.billing_day, first.due_days, first.tolerance_days, first.opened_on) == (31, 0, 3, MARCH)
    assert (first.balance, first.parked) == (eur("0.00"), None)
    assert (second.number, second.balance.currency, second.opened_on) == ("2", "USD", date(2026, 3, 15))


def test_who_became_a_customer_in_the_past_may_have_an_account_since_then(operator: Operator):
    """Entered on 1 March: a customer since 5 January, whose account was opened on that day and not a day before."""
    since, before = date(2026, 1, 5), date(2026, 1, 4)
    operator.tell(
        RegisterCustomer(customer=Customer(number="C2", kind="person", name="Anna"), registered_on=since), today=MARCH
    )
    with pytest.raises(RuleViolation, match="the customer exists only since 2026-01-05"):
        operator.tell(OpenAccount(account="9", customer="C2", seller="north", currency="EUR", opened_on=before), MARCH)

    operator.tell(OpenAccount(account="9", customer="C2", seller="north", currency="EUR", opened_on=since), MARCH)

    assert [fact.effective_on for fact in (*operator.facts("customer/C2"), *operator.facts("account/9"))] == [since] * 2


def test_an_account_number_is_used_once(operator: Operator, customer: str):
    operator.tell(opening(), today=MARCH)
    with pytest.raises(AlreadyExists, match="account number '1'"):
        operator.tell(opening(), today=MARCH)


@pytest.mark.parametrize(
    ("details", "error", "told"),
    [
        ({"customer": "C9"}, NotFound, "customer number 'C9'"),
        ({"seller": "south"}, NotFound, "seller 'south'"),
        ({"currency": "EUX"}, InvalidValue, "currency 'EUX'"),
        ({"billing_day": 0}, InvalidValue, "billing day '0'"),
        ({"billing_day": 32}, InvalidValue, "billing day '32'"),
        ({"due_days": -1}, InvalidValue, "due days '-1'"),
        ({"tolerance_days": 366}, InvalidValue, "tolerance days '366'"),
        ({"opened_on": date(2026, 2, 28)}, RuleViolation, "exists only since 2026-03-01"),
        ({"account": " "}, InvalidValue, "account number"),
        (
            {"minimum_invoice": Decimal("3.000")},
            InvalidValue,
            "minimum invoice '3.000': has more decimals than EUR",
        ),
        (
            {"prepaid": Prepaid(credit_limit=Decimal("3.000"))},
            InvalidValue,
            "credit limit '3.000': has more decimals than EUR",
        ),
        (
            {"prepaid": Prepaid(suspend_below=Decimal("-3.000"))},
            InvalidValue,
            "suspend below '-3.000': has more decimals than EUR",
        ),
        (
            {"prepaid": Prepaid(resume_at=Decimal("13.0")), "currency": "JPY"},
            InvalidValue,
            "resume at '13.0': .* JPY, which has 0",
        ),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    operator: Operator, customer: str, details: dict[str, Any], error: type[BillingError], told: str
):
    before = operator.store_contents()
    with pytest.raises(error, match=told):
        operator.tell(opening(**details), today=MARCH)
    assert operator.store_contents() == before
