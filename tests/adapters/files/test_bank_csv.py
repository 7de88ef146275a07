"""The bank's file arrives: payments are read, and a bad row is reported with line, column and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.files.bank_csv import read_bank_rows
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from commands.bank_statements.booking import BankRow
from commands.platform.batch import BatchReport, Rejected

WriteFile = Callable[..., Path]

HEADER = "source,reference,received_on,amount,currency,payment_reference,payer"
FIRST = "bank,2026-17,2026-03-14,49.90,EUR,1000000007,Anna Kalniņa"
SECOND = 'bank,2026-18,2026-03-15,1500,JPY,A100,"Balt, Ltd"'


def read(path: Path) -> tuple[list[BankRow], list[Rejected]]:
    report = BatchReport()
    return list(read_bank_rows(path, report)), report.rejected


def test_a_row_becomes_a_payment_with_its_line(write_file: WriteFile):
    rows, rejected = read(write_file(HEADER, FIRST, SECOND))

    assert rejected == []
    assert rows == [
        BankRow(2, "bank", "2026-17", date(2026, 3, 14), Money(Decimal("49.90"), "EUR"), "1000000007", "Anna Kalniņa"),
        BankRow(3, "bank", "2026-18", date(2026, 3, 15), Money(Decimal(1500), "JPY"), "A100", "Balt, Ltd"),
    ]


def test_columns_may_stand_in_any_order(write_file: WriteFile):
    header = ",".join(reversed(HEADER.split(",")))
    row = ",".join(reversed(FIRST.split(",")))

    assert read(write_file(header, row)) == read(write_file(HEADER, FIRST))


def test_a_payment_that_names_nothing_is_left_to_the_matching(write_file: WriteFile):
    (row,), rejected = read(write_file(HEADER, FIRST.replace("1000000007", "").replace("Anna Kalniņa", "")))

    assert (row.payment_reference, row.payer, rejected) == ("", "", [])


@pytest.mark.parametrize(
    ("good", "bad", "column", "value", "reason"),
    [
        ("2026-03-14", "2026-02-29", "received_on", "2026-02-29", "is not a date that exists"),
        ("2026-03-14", "0026-03-14", "received_on", "0026-03-14", "must lie between 1900-01-01 and 2099-12-31"),
        ("2026-03-14", "14/03/2026", "received_on", "14/03/2026", "is not a date that exists"),
        ("2026-03-14", "", "received_on", "", "is not a date that exists"),
        ("49.90", "49.905", "amount", "49.905", "has more decimals than EUR, which has 2"),
        ("49.90", "3.000", "amount", "3.000", "write 3.00, or write 3000.00 if the point marks thousands"),
        ("49.90,EUR", "13.000,JPY", "amount", "13.000", "write 13, or write 13000 if the point marks thousands"),
        ("49.90", "49.9O", "amount", "49.9O", "is not a number"),
        ("49.90", "", "amount", "", "is not a number"),
        ("49.90", "0", "amount", "0", "must be more than zero"),
        ("49.90", "-49.90", "amount", "-49.90", "must be more than zero"),
        ("EUR", "EUX", "currency", "EUX", "unknown currency"),
        ("EUR", "", "currency", "", "unknown currency"),
        ("2026-17", "", "reference", "", "must not be empty"),
        ("2026-17", '"2026\n17"', "reference", "2026\n17", "must not hold line breaks or control characters"),
        ("bank", "", "source", "", "must not be empty"),
        (",Anna Kalniņa", "", "row", FIRST.removesuffix(",Anna Kalniņa"), "has 6 cells, but the header names 7"),
        ("Anna", "Anna,", "row", FIRST.replace("Anna", "Anna,"), "has 8 cells, but the header names 7"),
    ],
)
def test_a_bad_row_is_reported_and_the_next_one_is_read(
    write_file: WriteFile, good: str, bad: str, column: str, value: str, reason: str
):
    assert FIRST.count(good) == 1

    rows, (rejection,) = read(write_file(HEADER, FIRST.replace(good, bad), SECOND))

    assert [row.reference for row in rows] == ["2026-18"]
    assert (rejection.line, rejection.field, rejection.value) == (2, column, value)
    assert reason in rejection.reason


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (HEADER.removesuffix(",payer"), "missing column 'payer': the profile own names a column"),
        (HEADER.replace("payer", "source"), "missing column 'payer': "),
        (HEADER + ",source", "column 'source': stands twice"),
        (HEADER.replace(",", ";"), "the profile with its delimiter and encoding"),
    ],
)
def test_a_file_without_the_columns_is_refused_before_any_row(write_file: WriteFile, header: str, message: str):
    with pytest.raises(InvalidValue, match=message):
        read_bank_rows(write_file(header, FIRST), BatchReport())


def test_a_column_that_the_bank_adds_is_not_used(write_file: WriteFile):
    rows, rejected = read(write_file(HEADER + ",note", FIRST + ",new in June"))

    assert ([row.reference for row in rows], rejected) == (["2026-17"], [])


def test_rows_are_read_one_at_a_time(write_file: WriteFile):
    report = BatchReport()
    rows = read_bank_rows(write_file(HEADER, FIRST, "bad", SECOND), report)

    assert next(rows).line == 2
    assert report.rejected == []
    assert next(rows).line == 4
    assert len(report.rejected) == 1
