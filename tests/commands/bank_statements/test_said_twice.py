"""What a bank says twice, in other words, or wrongly: nobody is credited twice, and nothing is passed over."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest

import commands.bank_statements.importing
from billing_core.kernel.errors import RuleViolation
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries, SeriesKind
from billing_core.parties.sellers import Seller
from commands.accounts import OpenAccount
from commands.bank_statements.statements import DismissStatement, OverruleStatement, TakeBackByMovement
from commands.parties import RegisterSeller
from commands.payments.account import ReversePayment
from commands.payments.remittances import (
    AssignRemittance,
    GiveBackRemittance,
    SplitPart,
    SplitRemittance,
    UndoRemittance,
)
from projections.bank_statements.movements import returns_before
from projections.bank_statements.statements import statements_after
from projections.payments import payments_of
from projections.remittances import remittances_after
from tests.commands.bank_statements.statements import DAY, movement, register, statement, take_in
from tests.operators import Operator, bank_row, eur

NEXT = date(2026, 1, 21)
SOUTHERN: dict[SeriesKind, NumberSeries] = {
    "invoice": NumberSeries(prefix="2", width=9), "credit-note": NumberSeries(prefix="6", width=9)
}  # fmt: skip


@pytest.fixture(autouse=True)
def billed(operator: Operator) -> None:
    """Three accounts, one invoice of 24.00 each: 1000000001 to 1000000003; one bank account, source `bank`."""
    operator.subscribers(3)
    operator.bill(date(2026, 1, 2))
    register(operator)


def waiting(operator: Operator) -> list[tuple[str, Any]]:
    rows = operator.ask(partial(remittances_after, waiting_only=True), "", 100)
    return [(row.remittance, row.amount) for row in rows]


def states(operator: Operator) -> list[str]:
    return sorted(row.state for row in operator.ask(statements_after, "", "", 100))


def day(prefix: str, on: date = DAY) -> list[Any]:
    """The movements of a day, as a format of the bank names them."""
    return [
        movement("24.00", f"{prefix}1", "1000000001", booked_on=on),
        movement("24.00", f"{prefix}2", "1000000002", booked_on=on),
        movement("-2.00", f"{prefix}3", kind="fee", booked_on=on),
    ]


def test_the_same_day_in_another_format_with_other_references_waits_and_books_nothing_twice(operator: Operator):
    take_in(operator, statement(*day("C")))
    report = take_in(operator, statement(*day("G")))

    (outcome,) = report.statements
    assert outcome.state == "waiting"
    assert "under other references: it is the same again" in outcome.findings[0]
    assert [str(row.amount) for row in operator.ask(payments_of, "A0001")] == ["24.00 EUR"]
    operator.tell(DismissStatement(statement=outcome.statement, reason="the same as camt"))
    assert states(operator) == ["booked", "dismissed"]
    assert operator.findings() == []


def test_a_month_after_its_days_with_other_references_waits_too(operator: Operator):
    take_in(operator, statement(*day("C")))
    take_in(operator, statement(*day("D", NEXT), opening="146.00", number="2"))
    report = take_in(operator, statement(*day("M"), *day("N", NEXT), number="3"))

    assert [each.state for each in report.statements] == ["waiting"]


def test_another_statement_of_the_same_day_is_booked(operator: Operator):
    take_in(operator, statement(*day("C")))
    afternoon = [movement("24.00", "C4", "1000000003"), movement("24.00", "C5"), movement("-2.01", "C6", kind="fee")]
    report = take_in(operator, statement(*afternoon, opening="146.00"))

    assert [each.state for each in report.statements] == ["booked"]


def test_two_equal_mornings_are_two_if_a_person_says_so(operator: Operator):
    take_in(operator, statement(*day("C")))
    report = take_in(operator, statement(*day("E"), opening="146.00"))
    operator.tell(OverruleStatement(statement=report.statements[0].statement, reason="the bank parts its days"))
    again = take_in(operator, statement(*day("E"), opening="146.00"))

    assert [each.state for each in again.statements] == ["booked"]
    assert len(operator.ask(payments_of, "A0001")) == 2
    assert operator.findings() == []


def test_the_same_movements_in_another_file_are_known_and_do_not_wait(operator: Operator):
    take_in(operator, statement(*day("C")))
    report = take_in(operator, statement(*day("C"), number="other"))

    assert [each.state for each in report.statements] == ["booked"]
    assert (report.accepted, report.unchanged) == (0, 3)


def test_a_reference_on_two_lines_of_a_statement_is_reported(operator: Operator):
    twins = [movement("24.00", "T", "1000000001"), movement("24.00", "T", "1000000002")]
    report = take_in(operator, statement(*twins))

    assert report.accepted == 1
    assert [operator.account(each).ledger.balance for each in ("A0001", "A0002")] == [eur("0.00"), eur("-24.00")]
    (refused,) = report.rejected
    assert (refused.line, refused.value) == (2, "bank:T")
    assert "is the reference of line 1 of this statement, too" in refused.reason
    assert states(operator) == ["booked"]


def test_a_reference_on_two_lines_is_reported_however_far_apart_they_are_and_each_time(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(commands.bank_statements.importing, "CHUNK_ROWS", 1)
    twins = statement(movement("24.00", "T", "1000000001"), movement("24.00", "T", "1000000001"))

    for _ in range(2):  # The second time its first line is known.
        (refused,) = take_in(operator, twins).rejected
        assert (refused.line, refused.value) == (2, "bank:T")
    assert operator.account("A0001").ledger.balance == eur("0.00")


def test_what_the_bank_corrected_is_taken_in_once_the_wrong_payment_is_reversed(operator: Operator):
    wrong = statement(movement("24.00", "T", "1000000001"), movement("1.00", "S", "nobody"))
    right = statement(movement("25.00", "T", "1000000001"), movement("2.00", "S", "nobody"))
    take_in(operator, wrong)
    refused = take_in(operator, right).rejected
    assert [row.value for row in refused] == ["bank:T", "bank:S"]
    assert "reverse the payment that is recorded, or give it back if it waits, and import" in refused[0].reason

    operator.tell(ReversePayment(account="A0001", payment="bank:T", reason="the bank was wrong"))
    operator.tell(GiveBackRemittance(remittance="bank:S", reason="the bank was wrong"))
    report = take_in(operator, right)
    assert (report.accepted, report.waiting, report.rejected) == (1, 1, [])
    assert operator.account("A0001").ledger.balance == eur("1.00")
    assert waiting(operator) == [("bank:S-corrected", eur("2.00"))]

    for again in (right, wrong):  # What was wrong is known, and is not paid again by its own file.
        report = take_in(operator, again)
        assert (report.accepted, report.waiting, report.unchanged, report.rejected) == (0, 0, 2, [])
    assert operator.account("A0001").ledger.balance == eur("1.00")
    assert operator.findings() == []


def test_what_was_corrected_may_be_wrong_again(operator: Operator):
    for amount, name in (("24.00", "bank:T"), ("25.00", "bank:T-corrected"), ("26.00", "bank:T-corrected-corrected")):
        report = operator.take_in([bank_row(2, amount, "1000000001", reference="T")])
        assert (report.accepted, report.rejected) == (1, [])
        operator.tell(ReversePayment(account="A0001", payment=name, reason="the bank was wrong"))
    assert operator.account("A0001").ledger.balance == eur("-24.00")


def test_what_was_assigned_and_then_reversed_makes_room_for_what_is_right(operator: Operator):
    operator.take_in([bank_row(2, "9.00", "nobody", reference="T")])
    operator.tell(AssignRemittance(remittance="bank:T", account="A0002"))
    right = bank_row(2, "8.00", "nobody", reference="T")
    assert len(operator.take_in([right]).rejected) == 1
    operator.tell(ReversePayment(account="A0002", payment="bank:T", reason="the bank was wrong"))
    assert operator.take_in([right]).waiting == 1


def test_a_statement_of_which_nothing_was_booked_may_be_mended_by_the_bank(operator: Operator):
    take_in(operator, statement(movement("24.00", "T", "1000000001")))
    later = partial(movement, "10.00", to="1000000002", booked_on=NEXT)
    assert len(take_in(operator, statement(later(reference="T"))).rejected) == 1
    report = take_in(operator, statement(later(reference="U")))

    assert (report.accepted, [each.state for each in report.statements]) == (1, ["booked"])
    assert operator.account("A0002").ledger.balance == eur("-14.00")


def test_a_reversal_of_money_that_was_split_is_recorded_once_the_split_is_undone(operator: Operator):
    take_in(operator, statement(movement("48.00", "S", "family")))
    parts = tuple(SplitPart(account=account, amount=eur("24.00").amount) for account in ("A0001", "A0002"))
    operator.tell(SplitRemittance(remittance="bank:S", parts=parts))
    back = movement("-48.00", "S", is_reversal=True, booked_on=NEXT)
    name = take_in(operator, statement(back, number="2")).statements[0].statement
    by_hand = partial(TakeBackByMovement, statement=name, movement="bank:S-reversal")
    with pytest.raises(RuleViolation, match="is a part of remittance bank:S; undo what was done with that first"):
        operator.tell(by_hand(account="A0001", payment="bank:S.1"))

    operator.tell(UndoRemittance(remittance="bank:S", reason="taken back by the bank"))
    operator.tell(by_hand(payment="bank:S"))

    assert [operator.account(each).ledger.balance for each in ("A0001", "A0002")] == [eur("-24.00"), eur("-24.00")]
    assert waiting(operator) == []
    assert operator.findings() == []


def test_a_reversal_follows_money_that_was_assigned_undone_and_assigned_again(operator: Operator):
    take_in(operator, statement(movement("24.00", "S", "nobody")))
    operator.tell(AssignRemittance(remittance="bank:S", account="A0001"))
    operator.tell(UndoRemittance(remittance="bank:S", reason="not hers"))
    operator.tell(AssignRemittance(remittance="bank:S", account="A0002"))
    take_in(operator, statement(movement("-24.00", "S", is_reversal=True, booked_on=NEXT), number="2"))

    (row,) = operator.ask(returns_before, "", 10)
    assert row.took_back == "bank:S.1"
    assert operator.account("A0002").ledger.balance == eur("-24.00")
    assert operator.findings() == []


def test_money_of_one_seller_pays_no_account_of_another(operator: Operator):
    south = Seller(code="south", name="South Cable", address=Address(), time_zone="UTC", series=SOUTHERN)
    operator.tell(RegisterSeller(seller=south), today=date(2020, 1, 1))
    operator.tell(OpenAccount(account="S1", customer="A0001", seller="south", currency="EUR"), today=date(2026, 1, 1))
    take_in(operator, statement(movement("24.00", "R1", "S1")))
    assert waiting(operator) == [("bank:R1", eur("24.00"))]

    with pytest.raises(RuleViolation, match="is of seller south, the money came in for north"):
        operator.tell(AssignRemittance(remittance="bank:R1", account="S1"))
    operator.tell(AssignRemittance(remittance="bank:R1", account="A0001"))
    assert operator.findings() == []
