"""A standing order that a customer ordered at the bank: what came, what did not."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.money import Money
from commands.expected_payments import EndStandingOrder, ExpectStandingOrder
from commands.payments.account import ReceivePayment, ReversePayment
from projections.expected_payments import ExpectedIn, expected_after
from tests.operators import Operator, eur

A, JANUARY, TODAY = "A0001", date(2026, 1, 1), date(2026, 3, 31)


def outcomes(operator: Operator) -> list[tuple[date, str]]:
    rows, more = operator.ask(expected_after, ExpectedIn(JANUARY, date(2026, 5, 1), TODAY), "", 9)
    assert more is None
    return [(row.expected_on, row.outcome) for row in rows]


def pay(operator: Operator, reference: str, on: date, amount: Money) -> None:
    operator.tell(ReceivePayment(account=A, source="bank", reference=reference, amount=amount, received_on=on), TODAY)


def test_what_came_against_what_was_expected(operator: Operator):
    operator.subscribers(2)
    expected = ExpectStandingOrder(account=A, monthly=eur("24.00").amount, day=31, from_on=JANUARY)
    operator.tell(expected, today=JANUARY)
    assert operator.tell(expected, today=date(2026, 1, 2)).position == 0, "the same order again changes nothing"
    pay(operator, "1", date(2026, 1, 30), eur("24.00"))
    pay(operator, "2", date(2026, 3, 2), eur("20.00"))

    assert outcomes(operator) == [
        (date(2026, 1, 31), "came"), (date(2026, 2, 28), "other amount"), (date(2026, 3, 31), "expected"),
        (date(2026, 4, 30), "expected"),
    ]  # fmt: skip
    operator.tell(ReversePayment(account=A, payment="bank:1", reason="bounced"), today=TODAY)
    assert outcomes(operator)[0] == (date(2026, 1, 31), "missing")
    operator.tell(EndStandingOrder(account=A, reason="pays by card"), today=date(2026, 3, 1))
    assert [on for on, _ in outcomes(operator)] == [date(2026, 1, 31), date(2026, 2, 28)]
    operator.tell(expected, today=date(2026, 3, 2))
    assert len(outcomes(operator)) == 4, "ordered again"
    assert operator.findings() == []
