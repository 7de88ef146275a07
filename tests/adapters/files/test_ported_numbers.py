"""Tables of ported numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from adapters.files.ported_numbers import (
    Porting,
    ported_content,
    ported_on,
    portings_in,
    read_ported_numbers,
)
from billing_core.kernel.errors import InvalidValue
from commands.platform.batch import BatchReport
from tests.adapters.files.price_lists import workbook

TABLE = """number;operator prefix;from day
+420 601 000 111;42077;2026-05-01
420601000111;42073;2026-07-01
420601000222;42073;
420601000333;tea;2026-05-01
42060100033x;42073;2026-05-01
420601000444;42073;2026-02-30
420601000222;42077;
420601000222;42073;
"""
READ = [
    Porting("420601000111", "42077", date(2026, 5, 1)), Porting("420601000111", "42073", date(2026, 7, 1)),
    Porting("420601000222", "42073", date(1900, 1, 1)),
]  # fmt: skip


def test_rows_are_read_and_wrong_ones_reported(tmp_path: Path):
    path, report = tmp_path / "ported.csv", BatchReport()
    path.write_text(TABLE)

    assert read_ported_numbers(path, report) == READ
    assert (report.accepted, [(each.line, each.field) for each in report.rejected]) == (
        3, [(5, "prefix"), (6, "number"), (7, "from day"), (8, "number")],
    )  # fmt: skip


def test_a_workbook_is_read_too(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [["MSISDN", "RN", "Port date"], [420601000111, 42077, date(2026, 5, 1)]])

    assert read_ported_numbers(path, BatchReport()) == READ[:1]


def test_on_a_day_the_last_porting_that_has_begun_holds():
    prefixes = {
        on: {number: each.prefix for number, each in ported_on(READ, on).items()}
        for on in (date(2026, 4, 30), date(2026, 6, 30), date(2026, 7, 1))
    }

    assert prefixes == {
        date(2026, 4, 30): {"420601000222": "42073"},
        date(2026, 6, 30): {"420601000111": "42077", "420601000222": "42073"},
        date(2026, 7, 1): {"420601000111": "42073", "420601000222": "42073"},
    }


def test_the_canonical_form_comes_back(tmp_path: Path):
    path = tmp_path / "rows"
    path.write_bytes(ported_content(READ))

    assert portings_in(path) == READ
    path.write_text("a,b\n")
    with pytest.raises(InvalidValue, match="canonical form"):
        portings_in(path)


def test_a_file_without_its_columns_is_refused(tmp_path: Path):
    path = tmp_path / "ported.csv"
    path.write_text("a;b\n1;2\n")

    with pytest.raises(InvalidValue, match="has no row with the names"):
        read_ported_numbers(path, BatchReport())
