"""Price lists in XLSX: exact numbers, and workbooks that cannot be read."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from adapters.files import xlsx_table
from billing_core.kernel.errors import InvalidValue
from tests.adapters.files.price_lists import read, rejected, with_sheet_text, workbook
from tests.billing_core.usage.lists import row

HEADER = ["Prefix", "Destination", "Price", "Increment"]


def test_numbers_and_texts_are_read_as_they_are_written(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [
        ["Prices of 2027"], HEADER, [49, "Germany", 0.05, "60/1"], ["+43", "Austria", "0.0500", "60/1"],
        [44.0, "United Kingdom", 1, 1], [None, None, None, None], ["420", "Czechia", 0.000001, None],
    ])  # fmt: skip

    found = read(path)

    assert found.report.rejected == []
    assert found.price_list is not None
    assert found.price_list.rows == (
        row("49", "Germany", "0.05", first=60, next=1), row("43", "Austria", "0.05", first=60, next=1),
        row("44", "United Kingdom", "1", first=1, next=1), row("420", "Czechia", "0.000001"),
    )  # fmt: skip
    assert list(found.lines) == [3, 4, 5, 7]


def test_a_cover_may_come_before_the_sheet_with_the_prices(tmp_path: Path):
    book = Workbook()
    book.active.append(["Northern Transit", "Prices of 2027"])
    sheet = book.create_sheet("A-Z")
    for cells in (HEADER, [49, "Germany", 0.05, "60/1"]):
        sheet.append(cells)
    book.create_sheet("Notes").append(HEADER)
    book.save(tmp_path / "a.xlsx")

    found = read(tmp_path / "a.xlsx")

    assert found.price_list is not None
    assert found.price_list.rows == (row("49", "Germany", "0.05", first=60, next=1),)


def test_a_number_that_was_computed_is_refused(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [HEADER, [49, "Germany", 0.3125, ""]])

    found = read(with_sheet_text(path, "0.3125", "0.30000000000000004"))

    assert rejected(found) == [(2, "Price", "0.30000000000000004")]
    assert "it was computed" in found.report.rejected[0].reason


def test_formulas_errors_and_times_are_refused_cell_by_cell(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [
        HEADER, [49, "Germany", "=1/20", ""], [43, "Austria", "#REF!", ""], [44, "UK", date(2027, 1, 1), ""],
    ])  # fmt: skip

    assert [(line, column) for line, column, _ in rejected(read(path))] == [(2, "Price"), (3, "Price"), (4, "Price")]


def test_a_merged_header_is_refused(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [HEADER, [49, "Germany", 1, "60/1"]], lambda sheet: sheet.merge_cells("B1:C1"))

    with pytest.raises(InvalidValue, match=r"column '3': .* has no name"):
        read(path)


def test_a_sheet_that_claims_to_be_wide_and_long_is_read_as_far_as_it_goes(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [HEADER, [49, "Germany", 1, ""]])

    found = read(with_sheet_text(path, "A1:D2", "A1:XFD1048576"))

    assert found.price_list is not None
    assert found.price_list.rows == (row("49", "Germany", "1"),)


def test_an_archive_that_claims_a_gigabyte_is_not_unpacked(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [HEADER])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/a", "w") as part:
        for _ in range(1_024):
            part.write(bytes(2**20))

    assert path.stat().st_size < 2_000_000
    with pytest.raises(InvalidValue, match=r"would be 1,07\d,\d+,\d+ bytes unpacked"):
        read(path)


def test_entities_of_xml_are_not_expanded(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [HEADER, [49, "Germany", 1, ""]])
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet '

    with pytest.raises(InvalidValue, match="cannot be read as an XLSX workbook"):
        read(with_sheet_text(path, "<worksheet ", bomb))


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", b"\xd0\xcf\x11\xe0 an old or encrypted one"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)

    with pytest.raises(InvalidValue, match=r"cannot be read as an XLSX workbook|old or encrypted"):
        read(path)


def test_half_a_workbook_is_refused(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [HEADER, [49, "Germany", 1, ""]])
    path.write_bytes(path.read_bytes()[:-2_000])

    with pytest.raises(InvalidValue, match="cannot be read as an XLSX workbook"):
        read(path)


def test_a_sheet_cut_in_the_middle_is_refused(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [HEADER, [49, "Germany", 1, ""]])

    with pytest.raises(InvalidValue, match="cannot be read as an XLSX workbook"):
        read(with_sheet_text(path, "</sheetData>", ""))


def test_the_limit_is_on_what_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(xlsx_table, "MOST_UNPACKED_BYTES", 100)

    with pytest.raises(InvalidValue, match="bytes unpacked"):
        read(workbook(tmp_path / "a.xlsx", [HEADER]))
