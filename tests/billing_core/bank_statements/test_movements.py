"""What names a movement, and what it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.bank_statements.accounts import BankAccount, BankAccountRegistered, register_bank_account
from billing_core.bank_statements.identity import MovementNames
from billing_core.bank_statements.saying import said, shown
from billing_core.bank_statements.statement import Movement, Symbols
from billing_core.bank_statements.uses import use_of
from billing_core.kernel.money import Money

ON = date(2026, 3, 3)


def movement(amount: str = "1.00", **details: Any) -> Movement:
    fields: dict[str, Any] = {"line": 1, "booked_on": ON, "amount": Money(Decimal(amount), "EUR")}
    return Movement(**(fields | details))


def names(*movements: Movement, account: str = "A") -> list[str]:
    naming = MovementNames(account)
    return [naming.name(each) for each in movements]


def test_the_banks_reference_is_the_name_whatever_else_is_said():
    assert names(movement(reference="77"), movement("2.00", reference=" 77", message="x")) == ["77", "77"]
    assert names(movement("-1.00", reference="77", is_reversal=True)) == ["77-reversal"]


def test_equals_of_a_day_are_counted():
    first, second, other = names(movement(), movement(), movement(booked_on=date(2026, 3, 4)))
    assert len({first, second, other}) == 3
    assert [first, second] == names(movement(message="cut by another format"), movement())


@pytest.mark.parametrize(
    "other",
    [
        movement("1.01"), movement("-1.00"), movement(counterparty_account="1/0800"),
        movement(symbols=Symbols(variable="7")), movement(symbols=Symbols(specific="7")),
    ],
)  # fmt: skip
def test_what_differs_is_named_otherwise(other: Movement):
    assert names(movement()) != names(other)
    assert names(movement()) != names(movement(), account="B")


@given(st.lists(st.integers(1, 3), max_size=12), st.integers(0, 11))
def test_a_file_that_begins_later_by_whole_days_names_its_movements_alike(days: list[int], dropped: int):
    movements = [movement(booked_on=date(2026, 3, day)) for day in sorted(days)]
    later = [each for each in movements if each.booked_on > date(2026, 3, 1 + dropped % 3)]
    assert names(*later) == names(*movements)[len(movements) - len(later) :]


@pytest.mark.parametrize(
    ("amount", "details", "use"),
    [
        ("1.00", {}, "income"), ("1.00", {"kind": "payment"}, "income"), ("1.00", {"kind": "card"}, "income"),
        ("-1.00", {}, "outgoing"), ("-1.00", {"kind": "direct-debit"}, "outgoing"), ("-1.00", {"kind": "fee"}, "fee"),
        ("1.00", {"kind": "fee"}, "fee"), ("1.00", {"kind": "interest"}, "interest"),
        ("1.00", {"kind": "direct-debit"}, "collected"), ("1.00", {"kind": "cash"}, "deposit"),
        ("-1.00", {"kind": "cash"}, "outgoing"), ("-1.00", {"kind": "return"}, "return"),
        ("1.00", {"kind": "return"}, "returned"), ("-1.00", {"is_reversal": True}, "reversal"),
        ("1.00", {"is_reversal": True}, "returned"),
    ],
)  # fmt: skip
def test_what_a_movement_is(amount: str, details: dict[str, Any], use: str):
    assert use_of(movement(amount, **details)) == use


def test_cash_whose_reference_names_an_account_is_a_customers():
    assert use_of(movement(kind="cash"), names_account=True) == "income"


@pytest.mark.parametrize(
    ("written", "details", "use"),
    [
        ("19-2000145399/0800", {}, "payout"), ("CZ65 0800 0000 1920 0014 5399", {"kind": "card"}, "payout"),
        ("2000145399/0800", {}, "income"), ("", {}, "income"), ("19-2000145399/0800", {"kind": "fee"}, "fee"),
        ("19-2000145399/0800", {"kind": "direct-debit"}, "collected"),
    ],
)  # fmt: skip
def test_what_comes_from_one_who_pays_out_is_no_customers(written: str, details: dict[str, Any], use: str):
    payer = "CZ65 0800 0000 1920 0014 5399"
    account = BankAccount(iban="LV80BANK0000435195001", seller="north", source="bank", payouts_from=(payer,))
    (registered,) = register_bank_account(None, account, ON)
    assert isinstance(registered, BankAccountRegistered)
    pays_out = registered.account.pays_out(written)
    assert use_of(movement(counterparty_account=written, **details), pays_out=pays_out) == use


def test_the_most_exact_reference_is_said():
    assert said(Symbols(variable="17", creditor_reference="RF18", end_to_end="E1")) == "17"
    assert said(Symbols(creditor_reference="RF18", end_to_end="E1")) == "RF18"
    assert (said(Symbols(end_to_end="E1")), said(Symbols(end_to_end="NOTPROVIDED"))) == ("E1", "")


def test_texts_are_kept_on_one_line():
    assert shown("first\nsecond \t third") == "first second third"
    assert len(shown("x" * 500)) == 200
