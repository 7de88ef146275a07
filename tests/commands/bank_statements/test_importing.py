"""A statement is taken in once and whole: what is a customer's, what is none, what takes back, and what waits."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from itertools import permutations
from typing import Any

import pytest

import commands.bank_statements.importing
from billing_core.bank_statements.recorded import StatementBooked
from billing_core.bank_statements.statement import StatementEnd, StatementStart
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.payments.events import PaymentReceived, PaymentReversed
from commands.bank_statements.statements import (
    CorrectMovement,
    DismissStatement,
    OverruleStatement,
    RegisterBankAccount,
    TakeBackByMovement,
)
from commands.payments.account import ReceivePayment
from commands.payments.remittances import AssignRemittance
from projections.bank_statements.movements import movements_of, returns_before
from projections.bank_statements.statements import day_balances, statements_after
from projections.payments import payment_totals, payments_of
from projections.remittances import remittances_after
from tests.commands.bank_statements.statements import DAY, IBAN, movement, register, statement, take_in
from tests.operators import Operator, bank_row, eur, open_application


@pytest.fixture(autouse=True)
def billed(operator: Operator) -> None:
    """Three accounts, one invoice of 24.00 each: 1000000001 to 1000000003; one bank account, source `bank`."""
    operator.subscribers(3)
    operator.bill(date(2026, 1, 2))
    register(operator)


def waiting(operator: Operator) -> list[tuple[str, Any]]:
    rows = operator.ask(partial(remittances_after, waiting_only=True), "", 100)
    return [(row.remittance, row.amount) for row in rows]


def statements(operator: Operator) -> list[Any]:
    return list(operator.ask(statements_after, "", "", 100))


def uses(operator: Operator) -> Counter[str]:
    return Counter(
        row.use for each in statements(operator) for row in operator.ask(movements_of, each.statement, 0, 100)
    )


MIXED = (
    movement("24.00", "R1", "1000000001"),
    movement("5.00", "R2", "nobody", message="thank you", counterparty="Ann"),
    movement("-2.00", "R3", kind="fee"),
    movement("-50.00", "R4", counterparty="Supplier"),
    movement("0.10", "R5", kind="interest"),
    movement("300.00", "R6", kind="cash"),
    movement("12.00", "R7", "A0002", kind="cash"),
    movement("48.00", "R8", kind="direct-debit"),
)


def test_each_movement_becomes_what_it_is(operator: Operator):
    report = take_in(operator, statement(*MIXED))

    assert (report.accepted, report.waiting, report.skipped, report.rejected) == (2, 1, 5, [])
    assert [each.state for each in report.statements] == ["booked"]
    assert uses(operator) == {"income": 3, "fee": 1, "outgoing": 1, "interest": 1, "deposit": 1, "collected": 1}
    (payment,) = operator.ask(payments_of, "A0002")
    assert (payment.method, payment.amount, payment.payment) == ("cash", eur("12.00"), "bank:R7")
    assert waiting(operator) == [("bank:R2", eur("5.00"))]
    (stored,) = [fact for fact in operator.facts("account/A0001") if isinstance(fact, PaymentReceived)]
    assert stored.statement == f"{report.statements[0].statement} line 1"
    assert operator.findings() == []


def test_the_payout_of_a_card_gateway_waits_for_nobody(operator: Operator):
    gateway = "2000145399/0800"
    operator.tell(RegisterBankAccount(iban=IBAN, seller="north", source="bank", payouts_from=(gateway,)))
    payout = movement("95.20", "P1", to="1000000001", counterparty="Gateway", counterparty_account=gateway)

    report = take_in(operator, statement(payout))

    assert (report.accepted, report.waiting, report.skipped) == (0, 0, 1)
    assert uses(operator) == {"payout": 1}
    assert waiting(operator) == []
    assert operator.findings() == []


def test_the_same_file_again_changes_nothing(operator: Operator):
    parts = statement(*MIXED)
    take_in(operator, parts)
    before = operator.store_contents()

    report = take_in(operator, parts)

    assert (report.accepted, report.waiting, report.skipped, report.unchanged) == (0, 0, 0, 8)
    assert operator.store_contents() == before


FILES = {
    "a": statement(*MIXED[:4]),
    "b": statement(*MIXED[2:], number="2"),
    "whole": statement(*MIXED, number="3"),
    "one": statement(MIXED[6], number="4"),
}


@pytest.mark.parametrize("order", [*permutations(("a", "b", "whole")), ("one", "whole", "whole", "a", "a")])
def test_overlapping_files_in_any_order_book_each_movement_once(operator: Operator, order: tuple[str, ...]):
    for name in order:
        take_in(operator, FILES[name])
    for parts in FILES.values():
        take_in(operator, parts)

    assert operator.ask(payment_totals) == {"EUR": (2, eur("36.00"))}
    assert waiting(operator) == [("bank:R2", eur("5.00"))]
    assert uses(operator) == {"income": 3, "fee": 1, "outgoing": 1, "interest": 1, "deposit": 1, "collected": 1}
    assert operator.findings() == []


def test_movements_without_a_reference_are_known_again_and_equal_ones_counted(operator: Operator):
    twin = movement("1.00", "", "A0001")
    take_in(operator, statement(twin, twin))
    report = take_in(operator, statement(twin, twin, twin, number="2"))
    assert (report.accepted, report.unchanged) == (1, 2)
    assert operator.account("A0001").ledger.balance == eur("-21.00")


def test_a_payment_of_a_csv_file_is_known_in_the_statement(operator: Operator):
    operator.take_in([bank_row(2, "24.00", "1000000001", reference="R1")])
    report = take_in(operator, statement(MIXED[0]))
    assert (report.accepted, report.unchanged) == (0, 1)


def test_a_payment_taken_by_hand_with_another_amount_is_rejected_and_told(operator: Operator):
    operator.tell(ReceivePayment(account="A0001", source="bank", reference="R1", amount=eur("9.00"), received_on=DAY))
    report = take_in(operator, statement(*MIXED[:2]))
    assert [row.line for row in report.rejected] == [1]
    (row,) = statements(operator)
    assert (row.rejected, row.waiting) == (1, 1)


def test_a_statement_whose_sums_do_not_close_waits_whole_and_the_others_of_its_file_are_booked(operator: Operator):
    wrong = statement(movement("24.00", "R1", "1000000001"), closing="130.00")
    right = statement(movement("24.00", "R9", "1000000002"), number="2")

    report = take_in(operator, [*wrong, *right])

    assert [(each.state, each.difference) for each in report.statements] == [
        ("waiting", eur("6.00")), ("booked", eur("0.00")),
    ]  # fmt: skip
    assert "6.00 EUR differ" in report.statements[0].findings[0]
    assert operator.ask(payment_totals) == {"EUR": (1, eur("24.00"))}
    assert [row.state for row in statements(operator)] == ["waiting", "booked"]


def test_a_statement_that_waits_is_overruled_and_then_taken_in(operator: Operator):
    wrong = statement(movement("24.00", "R1", "1000000001"), closing="130.00")
    name = take_in(operator, wrong).statements[0].statement
    with pytest.raises(InvalidValue, match="must not be empty"):
        operator.tell(OverruleStatement(statement=name, reason=""))
    operator.tell(DismissStatement(statement=name, reason="the wrong file"))
    assert take_in(operator, wrong).accepted == 0
    operator.tell(OverruleStatement(statement=name, reason="the bank confirms it"))

    assert take_in(operator, wrong).accepted == 1
    with pytest.raises(RuleViolation, match="does not wait"):
        operator.tell(OverruleStatement(statement=name, reason="again"))


def test_a_statement_of_an_account_that_is_no_sellers_changes_nothing(operator: Operator):
    before = operator.store_contents()
    foreign = statement(MIXED[0], account="SK6807200002891987426353")
    with pytest.raises(NotFound, match="register-bank-account"):
        take_in(operator, [*statement(MIXED[0]), *foreign])
    assert operator.store_contents() == before


def test_an_account_is_known_by_its_domestic_number(operator: Operator):
    assert take_in(operator, statement(MIXED[0], account="19-2000145399/0800")).accepted == 1


def test_a_file_with_a_movement_after_today_changes_nothing(operator: Operator):
    with pytest.raises(InvalidValue, match="after today"):
        take_in(operator, statement(MIXED[0]), today=date(2026, 1, 19))
    assert statements(operator) == []


def test_an_account_in_another_currency_is_not_guessed(operator: Operator):
    operator.tell(RegisterBankAccount(iban="SK6807200002891987426353", seller="north", currency="EUR"))
    foreign = StatementStart(account="SK6807200002891987426353", currency="CZK")
    with pytest.raises(InvalidValue, match="is not EUR"):
        take_in(operator, [foreign, StatementEnd()])


# --- what takes back


REVERSED = movement("-24.00", "X1", "1000000001", is_reversal=True, booked_on=date(2026, 1, 25))


@pytest.mark.parametrize("first", ["payment", "reversal"])
def test_a_reversal_finds_what_it_reverses_whichever_came_first(operator: Operator, first: str):
    paid, back = statement(MIXED[0]), statement(REVERSED, number="2")
    for parts in (paid, back) if first == "payment" else (back, paid):
        take_in(operator, parts)

    assert operator.account("A0001").ledger.balance == eur("-24.00")
    (found,) = operator.ask(returns_before, "", 10)
    assert found.took_back == "bank:R1"
    reversals = [fact for fact in operator.facts("account/A0001") if isinstance(fact, PaymentReversed)]
    assert [(fact.effective_on, fact.reason) for fact in reversals] == [(date(2026, 1, 25), "reversed by the bank")]
    assert operator.findings() == []


def test_a_reversal_that_repeats_the_banks_reference_is_no_conflict(operator: Operator):
    back = movement("-24.00", "R1", is_reversal=True, booked_on=date(2026, 1, 25))
    report = take_in(operator, statement(MIXED[0], back))
    assert (report.accepted, report.skipped, report.rejected) == (1, 1, [])
    assert operator.account("A0001").ledger.balance == eur("-24.00")


def test_a_reversal_that_fits_two_payments_waits_until_one_is_named(operator: Operator):
    twin = movement("24.00", "R2", "1000000001")
    report = take_in(operator, statement(MIXED[0], twin, REVERSED))
    name = report.statements[0].statement
    assert [row.took_back for row in operator.ask(returns_before, "", 10)] == [""]

    operator.tell(TakeBackByMovement(statement=name, movement="bank:X1-reversal", account="A0001", payment="bank:R2"))

    assert operator.account("A0001").ledger.balance == eur("0.00")
    with pytest.raises(RuleViolation, match="before"):
        operator.tell(
            TakeBackByMovement(statement=name, movement="bank:X1-reversal", account="A0001", payment="bank:R1")
        )
    assert operator.findings() == []


def test_money_that_nobody_recognised_goes_back_by_its_reversal(operator: Operator):
    unknown = movement("5.00", "R2", "nobody")
    back = movement("-5.00", "X2", "nobody", is_reversal=True)
    take_in(operator, statement(unknown, back))
    assert waiting(operator) == []
    assert operator.findings() == []


def test_a_reversal_follows_money_to_the_account_it_was_assigned_to(operator: Operator):
    take_in(operator, statement(movement("5.00", "R2", "nobody")))
    operator.tell(AssignRemittance(remittance="bank:R2", account="A0003"))
    take_in(operator, statement(movement("-5.00", "X2", "nobody", is_reversal=True), number="2"))
    assert operator.account("A0003").ledger.balance == eur("-24.00")


def test_a_return_takes_back_the_debit_that_it_names(operator: Operator):
    debit = ReceivePayment(account="A0001", source="debit-north", reference="E2E-1", amount=eur("24.00"),
                           received_on=DAY, method="direct-debit")  # fmt: skip
    operator.tell(debit)
    back = movement("-24.00", "X3", kind="return", end_to_end="E2E-1", return_reason="AC04")
    take_in(operator, statement(back))

    (reversal,) = [fact for fact in operator.facts("account/A0001") if isinstance(fact, PaymentReversed)]
    assert (reversal.payment, reversal.reason) == ("debit-north:E2E-1", "returned by the bank: AC04")


# --- what was wrong


def test_a_movement_is_corrected_and_as_income_it_waits(operator: Operator):
    name = take_in(operator, statement(movement("300.00", "R6", kind="cash"))).statements[0].statement
    correct = partial(CorrectMovement, statement=name, movement="bank:R6", reason="it was a customer's")
    operator.tell(correct(use="other"))
    operator.tell(correct(use="income"))

    assert waiting(operator) == [("bank:R6-corrected", eur("300.00"))]
    with pytest.raises(RuleViolation, match="is a remittance now"):
        operator.tell(correct(use="fee"))
    (row,) = operator.ask(movements_of, name, 0, 10)
    assert (row.use, row.remittance) == ("income", "waiting")
    assert operator.findings() == []


def test_money_that_went_out_is_never_income(operator: Operator):
    name = take_in(operator, statement(movement("-50.00", "R4"))).statements[0].statement
    with pytest.raises(RuleViolation, match="went out"):
        operator.tell(CorrectMovement(statement=name, movement="bank:R4", use="income", reason="a slip"))


# --- broken off, and two at once


def test_an_import_that_broke_off_after_a_chunk_is_taken_up_again(operator: Operator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(commands.bank_statements.importing, "CHUNK_ROWS", 2)

    def break_off(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_in(operator, statement(*MIXED), progress=break_off)
    assert [row.state for row in statements(operator)] == ["recorded"]
    report = take_in(operator, statement(*MIXED))

    assert (report.accepted, report.waiting, report.skipped, report.unchanged) == (1, 0, 5, 2)
    assert operator.ask(payment_totals) == {"EUR": (2, eur("36.00"))}
    assert operator.findings() == []


def test_one_file_taken_in_by_two_at_once_is_booked_once(operator: Operator):
    parts = statement(*MIXED)
    with open_application(operator.database_url) as second, ThreadPoolExecutor(2) as threads:
        both = [
            threads.submit(take_in, operator, parts),
            threads.submit(take_in, Operator(second, operator.database_url), parts),
        ]
        reports = [each.result(120) for each in both]

    assert sum(report.accepted for report in reports) == 2
    assert operator.ask(payment_totals) == {"EUR": (2, eur("36.00"))}
    assert waiting(operator) == [("bank:R2", eur("5.00"))]
    (row,) = statements(operator)
    ended = [fact for fact in operator.facts(f"bank-statement/{row.statement}") if isinstance(fact, StatementBooked)]
    assert len(ended) == 1
    assert operator.findings() == []


# --- balances


def test_balances_by_day_show_where_a_statement_is_missing(operator: Operator):
    take_in(operator, statement(movement("10.00", "B1", "A0001"), opening="100.00"))
    later = movement("10.00", "B2", "A0001", booked_on=date(2026, 1, 22))
    take_in(operator, statement(later, opening="115.00", number="3"))

    rows = operator.ask(day_balances, IBAN, date(2026, 1, 1), date(2026, 2, 1), 10)
    assert [(row.on.day, row.closing, row.gap) for row in rows] == [
        (22, eur("125.00"), eur("5.00")), (20, eur("110.00"), None),
    ]  # fmt: skip
