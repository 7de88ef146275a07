"""Statements of banks, read by a profile: what was paid in becomes payments, whatever form the bank writes.

The forms are those that the banks publish or that programs for them show; the people and figures are made up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.files.bank_csv import read_bank_rows
from adapters.files.bank_profile import BankProfile
from adapters.files.profile_files import load_bank_profile, shipped_profiles
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from commands.bank_statements.booking import BankRow
from commands.platform.batch import BatchReport
from tests.docs.console import BLOCK
from tests.docs.pages import REPOSITORY

WriteFile = Callable[..., Path]


def example(name: str) -> str:
    """A file that the documentation shows."""
    page = (REPOSITORY / "docs" / "bank-files.md").read_text(encoding="utf-8")
    return next(body for mark, _, body in BLOCK.findall(page) if mark == f"file: {name}")


FIO, FIO_API, CSOB = example("fio.csv"), example("fio-api.csv"), example("csob.csv")
BULGARIAN, BULGARIAN_PROFILE = example("bulgarian.csv"), example("bulgarian.yaml")


def read(path: Path, profile: BankProfile) -> tuple[list[BankRow], BatchReport]:
    report = BatchReport()
    return list(read_bank_rows(path, report, profile)), report


def czk(amount: str) -> Money:
    return Money(Decimal(amount), "CZK")


def test_fio(write_file: WriteFile):
    rows, report = read(write_file(FIO), load_bank_profile("fio"))

    assert rows == [
        BankRow(6, "fio", "26714150488", date(2026, 3, 2), czk("1234.50"), "2026000017", "Nováková, Jana"),
        BankRow(8, "fio", "26714150490", date(2026, 3, 3), czk("399.00"), "", ""),
    ]
    assert (report.skipped, report.rejected) == (1, [])


def test_fio_by_its_interface_for_programs(write_file: WriteFile):
    rows, report = read(write_file(FIO_API), load_bank_profile("fio-api"))

    assert rows == [BankRow(7, "fio", "26714150488", date(2026, 3, 2), czk("1234.50"), "2026000017", "Nováková, Jana")]
    assert (report.skipped, report.rejected) == (1, [])


def test_csob_in_the_encoding_of_windows(write_file: WriteFile):
    rows, report = read(write_file(CSOB, encoding="cp1250"), load_bank_profile("csob"))

    assert rows == [BankRow(6, "csob", "6924891299", date(2026, 3, 20), czk("1399.00"), "2026000018", "ŽIŽKOVÁ JANA")]
    assert (report.skipped, report.rejected) == (1, [])


def test_a_statement_with_a_column_for_debits_and_references_in_the_text(write_file: WriteFile, bulgarian: BankProfile):
    rows, report = read(write_file(BULGARIAN, encoding="cp1251"), bulgarian)

    first, second = rows
    assert first == BankRow(
        5, "bulgarian", "FT26061001", date(2026, 3, 2), Money(Decimal("1395.80"), "EUR"), "1000000017", "Иван Петров"
    )
    assert second.payment_reference == "ф-ри 1000000018 и 1000000019"  # Two invoices: nothing is guessed.
    assert (report.skipped, report.rejected) == (1, [])


@pytest.fixture
def bulgarian(write_file: WriteFile) -> BankProfile:
    return load_bank_profile(str(write_file(BULGARIAN_PROFILE, name="bulgarian.yaml")))


MARKED = """
name: marked
date_form: "%d/%m/%y %H:%M"
thousands: "'"
columns:
  When: received_on
  Id: reference
  Sum: amount
  Way: {to: direction, values: {K: credit, D: debit}}
  Cur: currency
texts: {payment_reference: "{Text 1} {Text 2}"}
constants: {source: marked}
"""
MARKED_HEADER = "When,Id,Sum,Way,Cur,Text 1,Text 2"
MARKED_ROW = "14/03/26 09:30,7,1'234.50,K,EUR,1000,17"


@pytest.fixture
def marked(write_file: WriteFile) -> BankProfile:
    return load_bank_profile(str(write_file(MARKED, name="marked.yaml")))


def test_a_column_may_mark_debits_and_a_reference_may_be_made_of_columns(write_file: WriteFile, marked: BankProfile):
    rows, _ = read(write_file(MARKED_HEADER, MARKED_ROW), marked)

    assert rows == [BankRow(2, "marked", "7", date(2026, 3, 14), Money(Decimal("1234.50"), "EUR"), "1000 17", "")]


@pytest.mark.parametrize(
    ("good", "bad", "column", "reason"),
    [
        ("14/03/26 09:30", "2026-03-14", "When", "for example 14/03/26 00:00"),
        ("14/03/26 09:30", "30/02/26 09:30", "When", "is not a date that exists"),
        ("1'234.50", "1'23.50", "Sum", "for example 1'234.50"),
        ("1'234.50", '"1234,50"', "Sum", "for example 1'234.50"),
        ("1'234.50", "1 EUR", "Sum", "for example 1'234.50"),
        ("1'234.50", "1'234.505", "Sum", "has more decimals than EUR"),
        ("1'234.50", "0.00", "Sum", "must be more than zero"),
        ("1'234.50", "-5.00", "Sum", "must be more than zero"),
        ("K", "D", "Sum", "must be more than zero"),
        ("K", "X", "Way", "is none of the values that the profile knows: K, D"),
        ("EUR", "EUX", "Cur", "unknown currency"),
        (",7,", ",,", "Id", "must not be empty"),
    ],
)
def test_a_bad_row_names_the_column_of_the_bank(
    write_file: WriteFile, marked: BankProfile, good: str, bad: str, column: str, reason: str
):
    rows, report = read(write_file(MARKED_HEADER, MARKED_ROW.replace(good, bad), MARKED_ROW), marked)

    (rejection,) = report.rejected
    assert (len(rows), rejection.line, rejection.field) == (1, 2, column)
    assert reason in rejection.reason


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1 234,50", "1234.50"), ("1\u00a0234,50", "1234.50"), ("1\u202f234\u202f567,5", "1234567.50"),
        ("+399,00", "399.00"), ("399", "399.00"), ("1234567,89", "1234567.89"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_czech_banks_write_it(write_file: WriteFile, written: str, amount: str):
    rows, _ = read(write_file(FIO.replace("1 234,50", written)), load_bank_profile("fio"))

    assert rows[0].amount == czk(amount)


@pytest.mark.parametrize("minus", ["-", "\u2212", "- "])
def test_money_paid_out_is_skipped_with_any_minus(write_file: WriteFile, minus: str):
    rows, report = read(write_file(FIO.replace("-49,00", f"{minus}49,00")), load_bank_profile("fio"))

    assert (len(rows), report.skipped, report.rejected) == (2, 1, [])


@pytest.mark.parametrize("sides", [("1,00", "2,00"), ("", ""), ("0,00", "0,00")])
def test_a_row_with_both_sides_or_none_is_rejected(
    write_file: WriteFile, bulgarian: BankProfile, sides: tuple[str, str]
):
    path = write_file(BULGARIAN.replace("2,00;0,00", ";".join(sides)), encoding="cp1251")

    _, report = read(path, bulgarian)

    assert [(row.line, row.field) for row in report.rejected] == [(6, "Кредит")]


def test_a_file_in_another_encoding_is_refused_before_any_row(write_file: WriteFile, bulgarian: BankProfile):
    with pytest.raises(InvalidValue, match="the profile with its delimiter and encoding"):
        read_bank_rows(write_file(BULGARIAN, encoding="utf-8"), BatchReport(), bulgarian)


@pytest.mark.parametrize(
    ("instead_of", "written", "expected"),
    [
        ("Sum: amount", "Sum: payer", "columns: fill either amount, or credit and debit"),
        ("Id: reference", "Id: payer", "nothing fills the field reference"),
        ("Sum: amount", "Sum: [amount, credit]", "columns: fill either amount, or credit and debit"),
        ("Sum: amount", "Sum: [amount, debit]", "columns: debit needs credit"),
        ("Sum: amount", "Sum: credit", "columns: direction needs amount"),
        ("Id: reference", "Id: [reference, reference]", "reference is filled twice"),
        ("Id: reference", "Id: id", "columns.Id 'id': must be source, reference"),
        ('"%d/%m/%y %H:%M"', "DD.MM.YYYY", "date_form 'DD.MM.YYYY': is not the form of a date"),
        ('"%d/%m/%y %H:%M"', '"%d %B %Y"', "is not the form of a date"),
        ('"%d/%m/%y %H:%M"', '"%d.%m"', "is not the form of a date"),
        ("columns:", "decimal: ';'\ncolumns:", "decimal ';': must be . or ,"),
        ("columns:", 'decimal: "\'"\ncolumns:', "decimal"),
        ('thousands: "\'"', 'thousands: "."', "thousands: must be another character than decimal"),
        ("Id: reference", "Id: {to: reference, pattern: '['}", "is not a regular expression"),
        ("Id: reference", "Id: {to: reference, pattern: '[0-9]*'}", "must match some text"),
        ("Id: reference", "Id: {to: reference, pattern: '(a)(b)'}", "with at most one group"),
        ("{source: marked}", "{source: marked, reference: 7}", "constants.reference"),
    ],
)
def test_a_fault_in_a_profile_is_named(write_file: WriteFile, instead_of: str, written: str, expected: str):
    assert MARKED.count(instead_of) == 1
    path = write_file(MARKED.replace(instead_of, written), name="faulty.yaml")

    with pytest.raises(InvalidValue) as caught:
        load_bank_profile(str(path))

    assert expected in str(caught.value)


def test_a_bank_profile_can_be_named_and_the_profiles_of_subscribers_are_others():
    assert shipped_profiles(BankProfile) == ["csob", "fio", "fio-api"]
    with pytest.raises(Exception, match="no such profile; use one of csob, fio, fio-api"):
        load_bank_profile("telco-customers")


def test_the_documentation_shows_the_profile_that_comes_with_the_program():
    shipped = REPOSITORY / "src" / "adapters" / "files" / "bank_profiles" / "csob.yaml"

    assert example("csob.yaml") == shipped.read_text(encoding="utf-8")


@pytest.mark.parametrize("symbol", ["12345", "0000012345"])
def test_zeros_before_a_variable_symbol_can_be_left_out(write_file: WriteFile, symbol: str):
    profile = MARKED.replace(
        'texts: {payment_reference: "{Text 1} {Text 2}"}', '  VS: {to: payment_reference, pattern: "0*([1-9][0-9]*)"}'
    )
    path = write_file("When,Id,Sum,Way,Cur,VS", f"14/03/26 09:30,7,5.00,K,EUR,{symbol}")

    rows, _ = read(path, load_bank_profile(str(write_file(profile, name="padded.yaml"))))

    assert rows[0].payment_reference == "12345"
