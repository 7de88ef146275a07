"""Price lists in CSV: usual spellings, exact amounts, and what is wrong with a row."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.files.price_list import head_in
from billing_core.kernel.errors import InvalidValue
from tests.adapters.files.price_lists import BANDS, TERMS, read, read_text, rejected
from tests.billing_core.usage.lists import row

TWO = """Prefix;Destination;Group;Peak;Off-peak rate;Setup fee;Min. charge;Max charge;Increment;Special
+49;Germany;eu;0.0500;0.02;0.01;;;60/1;
0049 151, 4916;Germany mobile;eu;0.1;;;0.05;2;30;
112;Emergency;;0;0;;;;;yes
*;Elsewhere;;1;1;;;;1/1;no
"""


def test_a_list_is_read_by_the_usual_spellings_of_its_columns(tmp_path: Path):
    found = read_text(tmp_path, TWO, TERMS + BANDS)

    assert found.report.rejected == []
    assert found.price_list is not None
    assert found.price_list.rows == (
        row("49", "Germany", "0.05", "0.02", group="eu", connection="0.01", first=60, next=1),
        row("49151", "Germany mobile", "0.1", None, group="eu", minimum="0.05", maximum="2", first=30, next=30),
        row("4916", "Germany mobile", "0.1", None, group="eu", minimum="0.05", maximum="2", first=30, next=30),
        row("112", "Emergency", "0", "0", is_special=True),
        row("", "Elsewhere", "1", "1", first=1, next=1),
    )
    assert found.report.accepted == 5


@pytest.mark.parametrize(
    "header",
    [
        "Dial Code,Country,Rate (EUR/min)",
        "dialcode,destination name,Price per minute",
        "Předvolba,Destinace,Cena za minutu",
        "Vorwahl,Ziel,Preis",
        "PREFIX , DESTINATION , RATE ",
        "code,name,all week",
    ],
)
def test_one_price_at_all_times_has_many_names(tmp_path: Path, header: str):
    found = read_text(tmp_path, f"{header}\n49,Germany,0.05\n")

    assert found.price_list is not None, found.report.rejected
    assert found.price_list.rows == (row("49", "Germany", "0.05"),)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_heading_and_the_delimiter_are_found(tmp_path: Path, delimiter: str):
    lines: tuple[list[str], ...] = (
        ["Our prices", "", ""],
        [],
        ["valid from", "1 January", ""],
        ["prefix", "destination", "price"],
        ["49", "Germany", "1"],
    )
    found = read_text(tmp_path, "\n".join(map(delimiter.join, lines)))

    assert found.price_list is not None
    assert found.price_list.rows == (row("49", "Germany", "1"),)


def test_a_column_that_no_spelling_fits_is_named_in_the_terms_and_others_are_not_read(tmp_path: Path):
    terms = TERMS + "columns: {Nummernkreis: prefix, Kosten: price all week}\n"
    found = read_text(tmp_path, "Nummernkreis,Ziel,Kosten,Remark\n49,Germany,0.05,new\n", terms)

    assert found.price_list is not None
    assert found.unread == ["Remark"]
    with pytest.raises(InvalidValue, match="'prize' is none of"):
        head_in(TERMS + "columns: {Nummernkreis: prize}\n")


def test_a_price_that_begins_after_the_list_is_reported_unless_its_day_is_not_read(tmp_path: Path):
    rows = ("49,Germany,1,2027-01-01", "43,Austria,1,2027-01-02", "44,UK,1,", "1,USA,1,1.2.")
    text = "\n".join(["prefix,destination,price,Effective date", *rows, ""])

    assert rejected(read_text(tmp_path, text)) == [
        (3, "Effective date", "2027-01-02"), (5, "Effective date", "1.2."),
    ]  # fmt: skip
    found = read_text(tmp_path, text, TERMS + "columns: {Effective date: ignore}\n")
    assert found.price_list is not None
    assert found.unread == ["Effective date"]


def test_a_price_by_another_unit_than_that_of_the_list_is_refused(tmp_path: Path):
    with pytest.raises(InvalidValue, match="a price per minute, but the unit of the list is the second"):
        read_text(tmp_path, "prefix,destination,price per min\n49,Germany,1\n", TERMS.replace("minute", "second"))


def test_a_column_that_is_missing_or_stands_twice_is_named(tmp_path: Path):
    with pytest.raises(InvalidValue, match="missing column 'price off-peak'"):
        read_text(tmp_path, "prefix,destination,peak\n49,Germany,1\n", TERMS + BANDS)
    with pytest.raises(InvalidValue, match=r"'Rate': is price all week as 'Price' is"):
        read_text(tmp_path, "prefix,destination,Price,Rate\n49,Germany,1,2\n")
    with pytest.raises(InvalidValue, match="has no row with the names"):
        read_text(tmp_path, "a,b\n1,2\n")


def test_the_decimal_comma_is_read_only_if_the_terms_say_so(tmp_path: Path):
    text = "prefix;destination;price\n49;Germany;0,05\n43;Austria;1.200,5\n"

    assert rejected(read_text(tmp_path, text)) == [(2, "price", "0,05"), (3, "price", "1.200,5")]
    found = read_text(tmp_path, text.replace("1.200,5", "1200,5"), TERMS + 'decimal: ","\n')
    assert found.price_list is not None
    assert [each.prices for each in found.price_list.rows] == [(Decimal("0.05"),), (Decimal("1200.5"),)]


def test_each_wrong_row_is_reported_with_its_line_and_no_list_comes_of_it(tmp_path: Path):
    text = """prefix,destination,price,connection,steps
49,Germany,0.05,,60/1
49,Germany again,0.05,,60/1
,Nowhere,0.05,,
43,,0.05,,
44,UK,tea,,
45,Denmark,-1,,
46,Sweden,0.0000001,,
47,Norway,1,,60/x
48,Poland
x1,X,1,,
1234567890123456,Long,1,,
33,France,1,,60/60
331,France,2,,60/60
"""
    found = read_text(tmp_path, text)

    assert found.price_list is None
    assert found.report.accepted == 0
    assert rejected(found) == [
        (3, "prefix", "49"), (4, "prefix", ""), (5, "destination", ""), (6, "price", "tea"),
        (7, "price of all week", "-1"), (8, "price of all week", "1E-7"), (9, "steps", "60/x"),
        (10, "row", "48,Poland"), (11, "prefix", "x1"), (12, "prefix", "1234567890123456"),
        (14, "destination", "France"),
    ]  # fmt: skip
    reasons = {each.line: each.reason for each in found.report.rejected}
    assert "stands in line 2 too" in reasons[3]
    assert "in line 13;" in reasons[14]


def test_prefixes_are_written_in_many_ways_but_none_that_may_be_two(tmp_path: Path):
    text = "prefix,destination,price\n"
    good = [("+1-242", "1242"), ("49 (0151)", "490151"), ('"00420, 00421"', "420 421"), ("0049", "49"), ("00", "00")]
    for written, prefixes in good:
        found = read_text(tmp_path, f"{text}{written},X,1\n")
        assert found.price_list is not None, found.report.rejected
        assert [row.prefix for row in found.price_list.rows] == prefixes.split()
    for written in ("420-601", "49.0", "4.9E+10", "49/151", "٤٩"):
        assert rejected(read_text(tmp_path, f"{text}{written},X,1\n")) == [(2, "prefix", written)]


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path):
    path = tmp_path / "list.csv"
    path.touch()
    os.truncate(path, 2**30)  # A hole: it says that it is large, and takes no room.

    with pytest.raises(InvalidValue, match="is larger than 200 MiB"):
        read(path)


def test_a_file_in_another_encoding_is_reported_row_by_row_or_read_by_it(tmp_path: Path):
    content = "prefix,destination,price\n49,Německo,1\n420,Česko,1\n1,USA,1\n".encode("cp1250")

    assert [line for line, _, _ in rejected(read_text(tmp_path, content))] == [2, 3]
    found = read_text(tmp_path, content, TERMS + "encoding: cp1250\n")
    assert found.price_list is not None
    assert found.price_list.rows[1].destination == "Česko"


def test_unicode_text_of_a_sheet_is_read(tmp_path: Path):
    found = read_text(tmp_path, "prefix\tdestination\tprice\n420\tČesko\t1\n".encode("utf-16"))

    assert found.price_list is not None
    assert found.price_list.rows[0].destination == "Česko"


def test_a_file_that_ends_in_mid_line_is_reported(tmp_path: Path):
    assert rejected(read_text(tmp_path, 'prefix,destination,price\n49,Germany,1\n43,"Aus')) == [(3, "row", "")]
    assert rejected(read_text(tmp_path, "prefix,destination,price\n49,Germany,1\n43,Au")) == [(3, "row", "43,Au")]


@pytest.mark.parametrize("content", [b"", b"\0\0\0\0", b"%PDF-1.7", b"prefix", b"\xff\xfe\xff", b'"' * 70_000])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes):
    with pytest.raises(InvalidValue):
        read_text(tmp_path, content)


def test_a_list_without_rows_is_reported(tmp_path: Path):
    found = read_text(tmp_path, "prefix,destination,price\n")

    assert [each.reason for each in found.report.rejected] == ["a list has one row at least; add a row"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ("zone: Prague", "is no time zone"),
        ("currency: XYZ", "currency"),
        ("unit: hour", "unit"),
        ("colour: red", "colour"),
        ("kind: gift", "kind"),
    ],
)
def test_terms_that_cannot_be_are_refused(changed: str, reason: str):
    key = changed.partition(":")[0]
    text = "\n".join(line for line in TERMS.splitlines() if not line.startswith(f"{key}:")) + f"\n{changed}\n"

    with pytest.raises(InvalidValue, match=reason):
        head_in(text)
