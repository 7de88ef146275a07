"""A credit note for an invoice that was written off: nobody has paid it, so nobody gets credit for it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from commands.payments.giving_back import CancelWriteOff, WriteOffInvoice
from commands.services import TerminateSubscription
from projections.accounts.balances import account_named
from projections.billing import document_numbered
from projections.collection.write_offs import write_offs_between
from tests.operators import Operator, bank_row, eur

A, INVOICE = "A0001", "1000000001"
ON, LATER = date(2026, 3, 10), date(2026, 3, 20)
MARCH = (date(2026, 3, 1), date(2026, 4, 1))


@pytest.fixture(autouse=True)
def billed(operator: Operator) -> None:
    """24.00 are owed for January: 20.00 and VAT."""
    operator.subscriber(A)
    operator.bill(date(2026, 1, 2))


def write_off(operator: Operator, amount: str | None = None) -> None:
    part = None if amount is None else Decimal(amount)
    operator.tell(WriteOffInvoice(account=A, invoice=INVOICE, reason="cannot be found", amount=part), ON)


def credit_half(operator: Operator) -> None:
    """The service had ended on 16 January: 15 of 31 days are left, 11.62 with VAT; 12.38 are credited."""
    ended = TerminateSubscription(account=A, subscription="main", reason="moved", on=date(2026, 1, 16),
                                  waive_notice=True)  # fmt: skip
    operator.tell(ended, LATER)
    operator.bill(date(2026, 3, 21), today=LATER)


def listed(operator: Operator) -> list[tuple[str, str]]:
    rows = operator.ask(write_offs_between, *MARCH)
    return [(str(row.base), str(row.vat)) for row in rows]


def test_what_was_written_off_is_taken_back_by_the_credit_note(operator: Operator):
    write_off(operator)
    credit_half(operator)

    account = operator.account(A)
    assert (account.ledger.credits, account.ledger.open_items) == ({}, {})
    assert operator.ask(account_named, A).balance == eur("0.00")
    assert operator.ask(document_numbered, INVOICE).open_amount == eur("0.00")
    assert listed(operator) == [("20.00 EUR", "4.00 EUR"), ("-10.32 EUR", "-2.06 EUR")]
    assert operator.findings() == []


def test_what_is_still_written_off_can_be_cancelled_and_is_owed(operator: Operator):
    write_off(operator)
    credit_half(operator)
    operator.tell(CancelWriteOff(account=A, invoice=INVOICE, reason="was found"), LATER)

    assert operator.ask(account_named, A).balance == eur("-11.62")
    assert operator.ask(document_numbered, INVOICE).open_amount == eur("11.62")
    assert sum(Decimal(vat.split()[0]) for _, vat in listed(operator)) == 0
    assert operator.findings() == []


def test_what_was_paid_of_it_becomes_credit(operator: Operator):
    operator.take_in([bank_row(2, "20.00", A)])
    write_off(operator)
    credit_half(operator)

    # Of 12.38 credited 4.00 had been written off; 8.38 had been paid.
    assert operator.ask(account_named, A).balance == eur("8.38")
    assert operator.findings() == []


def test_what_is_open_is_credited_before_what_is_written_off(operator: Operator):
    write_off(operator, "4.00")
    credit_half(operator)

    assert operator.ask(document_numbered, INVOICE).open_amount == eur("7.62")
    assert listed(operator) == [("3.33 EUR", "0.67 EUR")]
    assert operator.findings() == []


def test_it_is_written_off_again_after_a_credit_note(operator: Operator):
    write_off(operator, "4.00")
    credit_half(operator)
    write_off(operator)

    assert operator.ask(account_named, A).balance == eur("0.00")
    rows = operator.ask(write_offs_between, *MARCH)
    assert sum(row.base.amount + row.vat.amount for row in rows) == Decimal("11.62")
    assert operator.findings() == []
