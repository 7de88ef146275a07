"""Refunds, pay-outs and write-offs as commands: on the account, in the read models, at the same time as others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from billing_core.kernel.errors import RuleViolation
from commands.payments.account import ReversePayment
from commands.payments.giving_back import CancelWriteOff, PayOut, RefundPayment, WriteOffInvoice
from projections.accounts.balances import account_named
from projections.billing import document_numbered
from projections.statements import statement_of
from tests.operators import Operator, application_on, bank_row, eur

A, PAYMENT, INVOICE = "A0001", "bank:R00002", "1000000001"
TODAY = date(2026, 2, 1)
AMOUNT_AND_BALANCE = {"amount": {"amount": "6.00", "currency": "EUR"}, "balance": {"amount": "0.00", "currency": "EUR"}}


@pytest.fixture(autouse=True)
def billed(operator: Operator) -> None:
    """An account with an invoice of 24.00, paid with 30.00; another one with an invoice that is not paid."""
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(2, "30.00", A)])


def postings(operator: Operator, account: str = A) -> list[tuple[str, str, str]]:
    statement = statement_of(operator.facts(f"account/{account}"))
    assert statement is not None
    return [(each.kind, each.reference, str(each.amount)) for each in statement.postings]


def test_a_refund_is_a_posting_of_its_own(operator: Operator):
    answer = operator.tell(RefundPayment(account=A, payment=PAYMENT, reason="paid too much"), today=TODAY)

    assert answer.result == AMOUNT_AND_BALANCE
    assert postings(operator)[-1] == ("refund", PAYMENT, "-6.00 EUR")
    assert operator.ask(account_named, A).balance == eur("0.00")
    assert operator.findings() == []


def test_a_pay_out_is_a_posting_of_its_own(operator: Operator):
    operator.tell(PayOut(account=A, reason="the customer left", amount=Decimal("4.00")), today=TODAY)
    assert postings(operator)[-1] == ("pay-out", PAYMENT, "-4.00 EUR")
    assert operator.account(A).ledger.credits == {PAYMENT: eur("2.00")}
    assert operator.findings() == []


def test_a_part_taken_back_opens_the_invoice_by_what_was_used(operator: Operator):
    operator.tell(ReversePayment(account=A, payment=PAYMENT, reason="charged back", amount=Decimal("10.00")), TODAY)

    assert operator.ask(document_numbered, INVOICE).open_amount == eur("4.00")
    assert postings(operator)[-1] == ("partial-reversal", PAYMENT, "-10.00 EUR")
    assert operator.findings() == []
    operator.tell(ReversePayment(account=A, payment=PAYMENT, reason="charged back"), TODAY)
    assert operator.ask(document_numbered, INVOICE).open_amount == eur("24.00")
    assert operator.ask(account_named, A).balance == eur("-24.00")
    assert operator.findings() == []


def test_a_write_off_clears_the_debt_and_its_cancellation_brings_it_back(operator: Operator):
    owed = "1000000002"
    operator.tell(WriteOffInvoice(account="A0002", invoice=owed, reason="bankrupt"), today=TODAY)

    assert operator.ask(document_numbered, owed).open_amount == eur("0.00")
    assert operator.ask(account_named, "A0002").balance == eur("0.00")
    assert operator.findings() == []
    operator.tell(CancelWriteOff(account="A0002", invoice=owed, reason="found"), today=TODAY)
    assert operator.ask(document_numbered, owed).open_amount == eur("24.00")
    assert [kind for kind, _, _ in postings(operator, "A0002")] == ["invoice", "write-off", "write-off-cancelled"]
    assert operator.findings() == []


def test_two_clerks_who_refund_at_once_refund_once(operator: Operator):
    command = RefundPayment(account=A, payment=PAYMENT, reason="paid too much", amount=Decimal("6.00"))
    with application_on(operator.database_url) as second, ThreadPoolExecutor(2) as threads:
        other = Operator(second, operator.database_url)
        tried = [threads.submit(each.tell, command) for each in (operator, other)]
        failures = [each.exception(60) for each in tried]

    (failure,) = [each for each in failures if each is not None]
    assert isinstance(failure, RuleViolation)
    assert operator.account(A).ledger.balance == eur("0.00")
    assert operator.findings() == []


@pytest.mark.parametrize(
    "command",
    [
        RefundPayment(account=A, payment=PAYMENT, reason="x", amount=Decimal("3.00")),
        PayOut(account=A, reason="x", amount=Decimal("3.00")),
        WriteOffInvoice(account="A0002", invoice="1000000002", reason="x", amount=Decimal("3.00")),
        ReversePayment(account=A, payment=PAYMENT, reason="x", amount=Decimal("3.00")),
    ],
)
def test_the_same_command_again_gets_the_first_answer(operator: Operator, command: RefundPayment):
    command_id = uuid4()
    first = operator.tell(command, TODAY, command_id)
    before = operator.store_contents()
    again = operator.tell(command, TODAY, command_id)
    assert (again.position, again.result) == (first.position, first.result)
    assert operator.store_contents() == before


def test_the_next_invoice_uses_only_what_was_not_refunded(operator: Operator):
    operator.tell(RefundPayment(account=A, payment=PAYMENT, reason="x", amount=Decimal("4.00")), today=TODAY)
    operator.bill_each_due_date(date(2026, 2, 2))
    assert operator.ask(document_numbered, "1000000003").open_amount == eur("22.00")
    assert operator.findings() == []
