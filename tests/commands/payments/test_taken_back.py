"""Money that a bank takes back after a part of it was refunded, paid out or transferred: nobody has it twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.kernel.errors import RuleViolation
from commands.bank_statements.statements import TakeBackByMovement
from commands.corrections.payment import MovePayment
from commands.payments.account import ReversePayment
from commands.payments.giving_back import RefundPayment, ReturnPayOut
from projections.accounts.balances import account_named
from projections.bank_statements.movements import returns_before
from projections.billing import document_numbered
from tests.commands.bank_statements.statements import movement, register, statement, take_in
from tests.operators import Operator, bank_row, eur

A, B, PAYMENT, INVOICE = "A0001", "A0002", "bank:R00002", "1000000001"
TODAY = date(2026, 1, 31)


@pytest.fixture(autouse=True)
def overpaid(operator: Operator) -> None:
    """Two accounts that owe 24.00 each; one of them paid 54.00."""
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    register(operator)
    operator.take_in([bank_row(2, "54.00", A)])


def waiting_items(operator: Operator, account: str = A) -> list[tuple[str, str, str]]:
    pending = operator.account(account).pending
    return [(each.description, str(each.amount), f"{each.vat_rate:f}") for each in pending]


TWICE = (f"Payment {PAYMENT}, taken back after it was given back", "20.00 EUR", "0")


def test_what_was_refunded_before_a_chargeback_is_owed_again(operator: Operator):
    operator.tell(RefundPayment(account=A, payment=PAYMENT, reason="x", amount=Decimal("20.00")), TODAY)
    taken = ReversePayment(account=A, payment=PAYMENT, reason="charged back", amount=Decimal("54.00"))
    operator.tell(taken, TODAY)

    assert operator.ask(document_numbered, INVOICE).open_amount == eur("24.00")
    assert operator.ask(account_named, A).balance == eur("-24.00")
    assert waiting_items(operator) == [TWICE]
    assert operator.findings() == []
    with pytest.raises(RuleViolation, match="is reversed already"):
        operator.tell(taken, TODAY)


def test_more_than_came_in_is_not_taken_back(operator: Operator):
    operator.tell(RefundPayment(account=A, payment=PAYMENT, reason="x", amount=Decimal("20.00")), TODAY)
    more = ReversePayment(account=A, payment=PAYMENT, reason="charged back", amount=Decimal("54.01"))
    with pytest.raises(RuleViolation, match=r"the 34\.00 EUR left .* and the 20\.00 EUR that were given back"):
        operator.tell(more, TODAY)


def test_a_reversal_on_a_statement_takes_back_what_was_refunded_too(operator: Operator):
    operator.tell(RefundPayment(account=A, payment=PAYMENT, reason="x", amount=Decimal("20.00")), TODAY)
    take_in(operator, statement(movement("-54.00", "R00002", is_reversal=True)))

    (row,) = operator.ask(returns_before, "", 10)
    assert row.took_back == PAYMENT
    assert operator.ask(account_named, A).balance == eur("-24.00")
    assert waiting_items(operator) == [TWICE]
    assert operator.findings() == []


def test_a_payment_of_which_all_was_refunded_is_taken_back_and_owed_whole(operator: Operator):
    operator.take_in([bank_row(3, "20.00", A)])
    operator.tell(RefundPayment(account=A, payment="bank:R00003", reason="x"), TODAY)
    take_in(operator, statement(movement("-20.00", "R00003", is_reversal=True)))

    (row,) = operator.ask(returns_before, "", 10)
    assert row.took_back == "bank:R00003"
    assert [amount for _, amount, _ in waiting_items(operator)] == ["20.00 EUR"]
    assert operator.findings() == []


def test_a_refund_that_bounces_after_the_chargeback_is_credit_for_the_item(operator: Operator):
    operator.tell(RefundPayment(account=A, payment=PAYMENT, reason="x", amount=Decimal("20.00")), TODAY)
    operator.tell(ReversePayment(account=A, payment=PAYMENT, reason="c", amount=Decimal("54.00")), TODAY)
    operator.tell(ReturnPayOut(account=A, credit=PAYMENT, reason="account closed"), TODAY)
    operator.bill_each_due_date(date(2026, 2, 2))

    # 24.00 of January, 24.00 of February and the 20.00, for which the money that came back is there.
    assert operator.ask(account_named, A).balance == eur("-48.00")
    assert operator.findings() == []


def test_a_reversal_follows_a_payment_that_was_moved(operator: Operator):
    operator.tell(MovePayment(payment=PAYMENT, from_account=A, to_account=B, reason="mixed up"), TODAY)
    take_in(operator, statement(movement("-54.00", "R00002", is_reversal=True)))

    assert operator.ask(account_named, B).balance == eur("-24.00")
    assert operator.findings() == []


def test_a_return_that_is_named_by_hand_takes_back_no_more_than_came_in(operator: Operator):
    name = take_in(operator, statement(movement("-57.00", "X1", is_reversal=True))).statements[0].statement
    by_hand = TakeBackByMovement(statement=name, movement="bank:X1-reversal", account=A, payment=PAYMENT)
    with pytest.raises(RuleViolation, match=r"is more than the 54\.00 EUR left"):
        operator.tell(by_hand, TODAY)
