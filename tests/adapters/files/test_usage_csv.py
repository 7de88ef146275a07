"""A file of usage records: each row is a record with the number of its line; a bad row is reported with its reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.files.usage_csv import read_usage_records
from billing_core.kernel.errors import InvalidValue
from billing_core.usage.mediation.batches import UsageRecord
from commands.platform.batch import BatchReport, Rejected

WriteFile = Callable[..., Path]

HEADER = "account,subscription,component,on,quantity,reference"
FIRST = "A0001,main,data,2026-05-10,1.50,cdr-1"
SECOND = "A0002,main,voice,2026-05-11,30,"


def read(path: Path) -> tuple[list[UsageRecord], list[Rejected]]:
    report = BatchReport()
    return list(read_usage_records(path, report)), report.rejected


def test_a_row_becomes_a_record_with_the_number_of_its_line(write_file: WriteFile):
    records, rejected = read(write_file(HEADER, FIRST, "", SECOND))

    assert rejected == []
    assert records == [
        UsageRecord(2, "A0001", "main", "data", date(2026, 5, 10), Decimal("1.50"), "cdr-1"),
        UsageRecord(4, "A0002", "main", "voice", date(2026, 5, 11), Decimal(30), ""),
    ]


@pytest.mark.parametrize(
    ("good", "bad", "column", "reason"),
    [
        ("A0001", "", "account", "must not be empty"),
        ("main", "", "subscription", "must not be empty"),
        ("data", "", "component", "must not be empty"),
        ("2026-05-10", "10.05.2026", "on", "is not a date that exists"),
        ("1.50", "1e3", "quantity", "is not a number"),
        ("1.50", "-1", "quantity", "must be from 0"),
        ("1.50", "0.1234567", "quantity", "at most six decimals"),
        ("1.50", "", "quantity", "is not a number"),
        ("cdr-1", "c\x07dr", "reference", "control characters"),
    ],
)
def test_a_bad_row_is_reported_and_the_others_are_read(
    write_file: WriteFile, good: str, bad: str, column: str, reason: str
):
    records, (rejected,) = read(write_file(HEADER, FIRST.replace(good, bad), SECOND))

    assert [record.number for record in records] == [3]
    assert (rejected.line, rejected.field) == (2, column)
    assert reason.replace("six", "6") in rejected.reason


def test_a_file_with_other_columns_is_refused_at_once(write_file: WriteFile):
    with pytest.raises(InvalidValue, match="reference"):
        read_usage_records(write_file(HEADER.removesuffix(",reference"), FIRST), BatchReport())
