"""Income: entries of every fact about money, and their sums by key."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.payments.events import PaymentMethod
from commands.corrections.payment import MovePayment
from commands.payments.account import ReceivePayment, ReversePayment
from commands.payments.giving_back import PayOut, RefundPayment, ReturnPayOut
from commands.payments.remittances import AssignRemittance, GiveBackRemittance, ReceiveRemittance
from projections.income import ChosenIncome, IncomeBy, IncomeRow, income_by
from tests.operators import Operator, eur

ON, LATER = date(2026, 2, 1), date(2026, 2, 9)


def receive(
    operator: Operator, reference: str, amount: str, *, source: str = "desk-H1", method: PaymentMethod = "cash"
) -> str:
    operator.tell(
        ReceivePayment(account="A0001", source=source, reference=reference, amount=eur(amount), received_on=ON,
                       method=method),
        today=ON,
    )  # fmt: skip
    return f"{source}:{reference}"


def rows(operator: Operator, by: IncomeBy, from_on: date | None = None, to_on: date | None = None) -> list[IncomeRow]:
    found: list[IncomeRow] = operator.ask(income_by, ChosenIncome(by, from_on, to_on))
    return found


def sums(operator: Operator, by: IncomeBy) -> dict[str, tuple[str, str, str]]:
    return {
        row.key: (str(row.came_in.amount), str(row.went_back.amount), str(row.income.amount))
        for row in rows(operator, by)
    }


@pytest.fixture(autouse=True)
def accounts(operator: Operator) -> None:
    operator.subscribers(2)


def test_income_is_told_by_day_method_source_and_kind(operator: Operator):
    receive(operator, "1", "24.00")
    transfer = receive(operator, "2", "10.00", source="bank", method="transfer")
    operator.tell(ReversePayment(account="A0001", payment=transfer, reason="returned"), today=LATER)

    assert sums(operator, "day") == {"2026-02-09": ("0", "10.00", "-10.00"), "2026-02-01": ("34.00", "0", "34.00")}
    assert sums(operator, "month") == {"2026-02": ("34.00", "10.00", "24.00")}
    assert sums(operator, "method") == {"cash": ("24.00", "0", "24.00"), "transfer": ("10.00", "10.00", "0.00")}
    assert sums(operator, "source") == {"bank": ("10.00", "10.00", "0.00"), "desk-H1": ("24.00", "0", "24.00")}
    assert sums(operator, "kind") == {"received": ("34.00", "0", "34.00"), "reversed": ("0", "10.00", "-10.00")}
    assert sum(row.payments for row in rows(operator, "method")) == 2
    assert [row.key for row in rows(operator, "day", LATER)] == ["2026-02-09"]
    assert [row.key for row in rows(operator, "day", None, LATER)] == ["2026-02-01"]


def test_money_that_waited_counts_once_whether_assigned_or_given_back(operator: Operator):
    for reference in ("1", "2"):
        operator.tell(
            ReceiveRemittance(source="bank", reference=reference, amount=eur("5.00"), received_on=ON), today=ON
        )  # fmt: skip
    operator.tell(AssignRemittance(remittance="bank:1", account="A0001"), today=LATER)
    operator.tell(GiveBackRemittance(remittance="bank:2", reason="sent twice"), today=LATER)

    assert sums(operator, "day") == {"2026-02-09": ("0", "5.00", "-5.00"), "2026-02-01": ("10.00", "0", "10.00")}
    assert sums(operator, "kind")["assigned"] == ("0.00", "0", "0.00")
    assert operator.findings() == []


def test_a_moved_payment_counts_once_and_a_refund_has_the_way_it_came(operator: Operator):
    paid = receive(operator, "1", "24.00")
    operator.tell(
        MovePayment(from_account="A0001", payment=paid, to_account="A0002", reason="wrong account"), today=LATER
    )
    operator.tell(RefundPayment(account="A0002", payment=paid, amount=Decimal("4.00"), reason="too much"), today=LATER)

    assert sums(operator, "method") == {"cash": ("24.00", "4.00", "20.00")}
    assert sums(operator, "kind")["moved"] == ("0.00", "0", "0.00")


def test_a_pay_out_that_came_back_did_not_go_back(operator: Operator):
    paid = receive(operator, "1", "24.00")
    operator.tell(PayOut(account="A0001", reason="moved away"), today=LATER)
    assert sums(operator, "kind")["paid-out"] == ("0", "24.00", "-24.00")
    operator.tell(ReturnPayOut(account="A0001", credit=paid, reason="account closed"), today=date(2026, 2, 12))

    assert sums(operator, "method") == {"cash": ("24.00", "0.00", "24.00")}
    assert sums(operator, "day")["2026-02-12"] == ("0", "-24.00", "24.00")
    assert operator.findings() == []
