"""One payment at a time: received once, allocated by rule, and taken back whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_core.kernel.errors import BillingError, Conflict, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentReversed
from commands.payments.account import ReceivePayment, ReversePayment
from projections.accounts.balances import account_named
from projections.billing import documents_of
from projections.payments import allocations_of, payments_of
from tests.operators import Operator, eur

A = "A0001"


def payment(reference: str, amount: str, currency: str = "EUR", **details: Any) -> ReceivePayment:
    fields: dict[str, Any] = {"account": A, "source": "bank", "received_on": date(2026, 3, 5)}
    return ReceivePayment(reference=reference, amount=Money(Decimal(amount), currency), **(fields | details))


def open_amounts(operator: Operator) -> list[str]:
    return [str(row.open_amount.amount) for row in operator.ask(documents_of, A)]


@pytest.fixture(autouse=True)
def billed(operator: Operator) -> list[str]:
    """Three invoices of 24.00 each, for January to March; their numbers."""
    operator.subscriber(A)
    operator.bill_each_due_date(date(2026, 4, 1))
    return [row.number for row in operator.ask(documents_of, A)]


def test_a_payment_settles_the_named_invoice_then_the_oldest_and_the_rest_is_credit(
    operator: Operator, billed: list[str]
):
    first, second, third = billed
    operator.tell(payment("T1", "30.00", payment_reference=second))
    assert operator.ask(allocations_of, A) == {"bank:T1": {first: eur("6.00").amount, second: eur("24.00").amount}}
    assert open_amounts(operator) == ["18.00", "0.00", "24.00"]

    operator.tell(payment("T2", "50.00"))

    assert open_amounts(operator) == ["0.00", "0.00", "0.00"]
    assert operator.account(A).ledger.credits == {"bank:T2": eur("8.00")}
    assert operator.ask(account_named, A).balance == eur("8.00")
    assert third in operator.ask(allocations_of, A)["bank:T2"]


def test_unused_credit_is_consumed_by_the_next_invoice(operator: Operator):
    operator.tell(payment("T1", "80.00"))
    operator.bill_each_due_date(date(2026, 5, 1))

    assert open_amounts(operator) == ["0.00", "0.00", "0.00", "16.00"]
    assert operator.account(A).ledger.credits == {}
    assert operator.findings() == []


def test_money_is_received_today_at_the_latest(operator: Operator):
    today, before = date(2026, 3, 4), operator.store_contents()
    with pytest.raises(InvalidValue, match="received on '2026-03-05': is after today, 2026-03-04; name the day on"):
        operator.tell(payment("T1", "24.00"), today=today)
    assert operator.store_contents() == before
    assert operator.tell(payment("T1", "24.00", received_on=today), today=today).position > 0


def test_the_same_payment_in_another_command_changes_nothing(operator: Operator):
    operator.tell(payment("T1", "24.00"))
    before = len(operator.facts(f"account/{A}"))

    again = operator.tell(payment("T1", "24.00"))

    assert (again.position, again.result) == (0, {"payment": "bank:T1", "known": True})
    assert len(operator.facts(f"account/{A}")) == before


@pytest.mark.parametrize("other", [{"amount": "24.01"}, {"received_on": date(2026, 3, 6)}, {"account": "A0002"}])
def test_a_known_reference_with_another_content_is_a_conflict_that_shows_both(
    operator: Operator, other: dict[str, Any]
):
    operator.subscriber("A0002")
    operator.tell(payment("T1", "24.00"))
    before = operator.store_contents()

    with pytest.raises(Conflict, match=r"'bank:T1'.*24\.00 EUR on 2026-03-05 for account A0001.*now sent as"):
        operator.tell(payment("T1", other.pop("amount", "24.00"), **other))

    assert operator.store_contents() == before


def test_the_same_reference_from_another_source_is_another_payment(operator: Operator):
    operator.tell(payment("T1", "24.00"))
    operator.tell(payment("T1", "24.00", source="kiosk"))
    assert [row.payment for row in operator.ask(payments_of, A)] == ["bank:T1", "kiosk:T1"]


def test_a_reversed_payment_opens_its_invoices_again(operator: Operator, billed: list[str]):
    operator.tell(payment("T1", "30.00"))
    operator.tell(ReversePayment(account=A, payment="bank:T1", reason="bounced"), today=date(2026, 3, 9))

    (row,) = operator.ask(payments_of, A)
    assert (row.reversed_on, row.reason) == (date(2026, 3, 9), "bounced")
    assert open_amounts(operator) == ["24.00", "24.00", "24.00"]
    assert operator.ask(allocations_of, A) == {}
    assert operator.ask(account_named, A).balance == eur("-72.00")
    assert isinstance(operator.facts(f"account/{A}")[-1], PaymentReversed)
    operator.tell(payment("T2", "24.00"))
    assert operator.ask(allocations_of, A) == {"bank:T2": {billed[0]: eur("24.00").amount}}
    assert operator.findings() == []


def test_a_reversal_after_a_later_invoice_took_the_credit_releases_both(operator: Operator):
    operator.tell(payment("T1", "80.00"))
    operator.bill_each_due_date(date(2026, 5, 1))
    operator.tell(ReversePayment(account=A, payment="bank:T1", reason="chargeback"))

    assert open_amounts(operator) == ["24.00"] * 4
    assert operator.account(A).ledger.balance == eur("-96.00")
    assert operator.findings() == []


def test_a_payment_is_reversed_once_and_with_a_reason(operator: Operator):
    operator.tell(payment("T1", "24.00"))
    with pytest.raises(InvalidValue, match="reason"):
        operator.tell(ReversePayment(account=A, payment="bank:T1", reason=" "))
    operator.tell(ReversePayment(account=A, payment="bank:T1", reason="bounced"))
    with pytest.raises(RuleViolation, match="reversed already"):
        operator.tell(ReversePayment(account=A, payment="bank:T1", reason="bounced"))


def test_a_reference_of_a_reversed_payment_stays_taken(operator: Operator):
    operator.tell(payment("T1", "24.00"))
    operator.tell(ReversePayment(account=A, payment="bank:T1", reason="bounced"))
    assert operator.tell(payment("T1", "24.00")).result["known"] is True
    assert operator.account(A).ledger.balance == eur("-72.00")


@pytest.mark.parametrize(
    ("details", "error", "told"),
    [
        ({"amount": "0.00"}, InvalidValue, "more than zero"),
        ({"amount": "-1.00"}, InvalidValue, "more than zero"),
        ({"amount": "1.001"}, InvalidValue, "2 decimals"),
        ({"amount": "3.000"}, InvalidValue, "amount '3.000': has more decimals than EUR, which has 2; write 3.00"),
        (
            {"amount": "13.000", "currency": "JPY"},
            InvalidValue,
            "write 13, or write 13000 if the point marks thousands",
        ),
        ({"amount": "NaN"}, InvalidValue, "must be a number"),
        ({"currency": "USD"}, InvalidValue, "kept in EUR"),
        ({"currency": "EUX"}, InvalidValue, "unknown currency"),
        ({"account": "A0009"}, NotFound, "A0009"),
        ({"reference": ""}, InvalidValue, "reference"),
        ({"source": ""}, InvalidValue, "source"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(
    operator: Operator, details: dict[str, Any], error: type[BillingError], told: str
):
    before = operator.store_contents()
    with pytest.raises(error, match=told):
        operator.tell(payment(**({"reference": "T1", "amount": "1.00"} | details)))
    assert operator.store_contents() == before
