"""Files of usage that are wrong: each bad record is refused with its reason, and the others are taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.files.usage_profile import UsageProfile
from adapters.files.usage_sources import lines
from adapters.files.usage_sources.reading import read_usage
from billing_core.kernel.errors import InvalidValue, NotFound
from tests.adapters.files.usage_reading import profile_of, reading_by, reasons, take

CALLS = """
name: calls
about: Calls
form: csv
separator: ";"
fields:
  key: id
  kind: {value: call}
  subscriber: caller
  number: called
  component: {value: calls}
  started_at: {column: at, form: "%Y-%m-%d %H:%M:%S", zone: Europe/Prague}
  seconds: length
  bytes_in: {column: kb, unit: KB}
"""
HEADER = "id;caller;called;at;length;kb\n"
GOOD = "1;601111111;112;2026-10-05 14:00:40;85;1.5\n"


@pytest.fixture(scope="module")
def calls() -> UsageProfile:
    return profile_of(CALLS)


@pytest.mark.parametrize(
    ("bad", "field", "value", "reason"),
    [
        ("2;601;112;1970-01-01 01:00:00;5;0", "started_at", "1970-01-01 01:00:00",
         "is before the year 2000: was the clock of the source set?"),
        ("2;601;112;2026-11-21 13:00:01;5;0", "started_at", "2026-11-21 13:00:01",
         "is more than a day ahead: is the clock of the source right?"),
        ("2;601;112;2026-03-29 02:30:00;5;0", "started_at", "2026-03-29 02:30:00",
         "does not exist in Europe/Prague: its clocks skip this time"),
        ("2;601;112;2026-02-29 12:00:00;5;0", "started_at", "2026-02-29 12:00:00",
         "is not a time as the profile writes it; for example 2026-03-14 15:09:26"),
        ("2;601;112;2026-10-05 24:00:00;5;0", "started_at", "2026-10-05 24:00:00",
         "is not a time as the profile writes it; for example 2026-03-14 15:09:26"),
        ("2;601;112;2026-10-05T12:00:00;5;0", "started_at", "2026-10-05T12:00:00",
         "is not a time as the profile writes it; for example 2026-03-14 15:09:26"),
        ("2;601;112;;5;0", "started_at", "",
         "is not a time as the profile writes it; for example 2026-03-14 15:09:26"),
        ("2;601;112;2026-10-05 12:00:00;-5;0", "seconds", "-5", "is negative"),
        ("2;601;112;2026-10-05 12:00:00;;0", "seconds", "", "is empty"),
        ("2;601;112;2026-10-05 12:00:00;five;0", "seconds", "five",
         "is not a duration as the profile writes it; for example 90"),
        ("2;601;112;2026-10-05 12:00:00;31622401;0", "seconds", "31622401", "is longer than a year"),
        ("2;601;112;2026-10-05 12:00:00;5;1000000000001", "bytes_in", "1000000000001", "is not a volume in KB"),
        ("2;601;112;2026-10-05 12:00:00;5;1,5", "bytes_in", "1,5", "is not a volume in KB"),
        (f"2;601;112;2026-10-05 12:00:00;{'9' * 5_000};0", "seconds", "9" * 80 + "...",
         "is not a duration as the profile writes it; for example 90"),
        (f"2;{'6' * 251};112;2026-10-05 12:00:00;5;0", "subscriber", "6" * 80 + "...", "is longer than 250 bytes"),
        (";601;112;2026-10-05 12:00:00;5;0", "key", "", "is empty"),
        ("2;;112;2026-10-05 12:00:00;5;0", "subscriber", "", "is empty"),
        ("2;601;112;2026-10-05 12:00:00;5", "row", "2;601;112;2026-10-05 12:00:00;5",
         "has 5 cells, but 6 columns are expected"),
        ("2;601;112;2026-10-05 12:00:00;5;0;7", "row", "2;601;112;2026-10-05 12:00:00;5;0;7",
         "has 7 cells, but 6 columns are expected"),
        ("2;601;1\x0012;2026-10-05 12:00:00;5;0", "row", "2;601;1\ufffd12;2026-10-05 12:00:00;5;0",
         "has a control character, such as NUL, which no text has"),
        ('2;"601;112;2026-10-05 12:00:00;5;0', "row", '2;"601;112;2026-10-05 12:00:00;5;0',
         "has a quote that is not closed, or a line break within quotes, which no record may have"),
        ("2;601;caf\udce9;2026-10-05 12:00:00;5;0", "called", "caf\ufffd",
         "holds bytes that are no text; check the encoding of the profile"),
    ],
)  # fmt: skip
def test_a_bad_record_is_refused_and_the_others_are_taken(
    tmp_path: Path, calls: UsageProfile, bad: str, field: str, value: str, reason: str
):
    content = f"{HEADER}{GOOD}{bad}\n{GOOD.replace('1', '3', 1)}".encode(errors="surrogateescape")
    taken = take(tmp_path / "calls.csv", content, calls)

    assert [(row["line"], row["key"]) for row in taken.rows] == [(2, "1"), (4, "3")]
    assert reasons(taken) == [(3, field, value, reason)]
    assert taken.refused[0].raw.startswith(HEADER)


def test_a_line_break_within_quotes_costs_the_two_lines_alone(tmp_path: Path, calls: UsageProfile):
    taken = take(tmp_path / "calls.csv", f'{HEADER}2;"601\n602";112;2026-10-05 12:00:00;5;0\n{GOOD}', calls)

    assert [row["line"] for row in taken.rows] == [4]
    assert [row.line for row in taken.refused] == [2, 3]


def test_a_quote_inside_of_a_text_does_not_swallow_lines(tmp_path: Path, calls: UsageProfile):
    # The second quote opens a text that ends nowhere; both lines have an even number of quotes.
    bad = '2;6"01;"112;2026-10-05 12:00:00;5;0\n'
    taken = take(tmp_path / "calls.csv", f"{HEADER}{bad}{GOOD}{GOOD}", calls)

    assert [row["line"] for row in taken.rows] == [3, 4]
    assert [row.line for row in taken.refused] == [2]


def test_half_a_line_at_the_end_is_refused_even_if_its_columns_are_whole(tmp_path: Path, calls: UsageProfile):
    taken = take(tmp_path / "calls.csv", f"{HEADER}{GOOD}2;601111111;112;2026-10-05 14:00:40;85;1", calls)

    assert [row["key"] for row in taken.rows] == ["1"]
    assert [(row.line, row.field) for row in taken.refused] == [(3, "row")]
    assert "half a line" in taken.refused[0].reason


def test_line_ends_of_windows_a_mark_of_the_byte_order_and_empty_lines_change_nothing(
    tmp_path: Path, calls: UsageProfile
):
    plain = take(tmp_path / "calls.csv", HEADER + GOOD, calls)
    windows = take(tmp_path / "calls.csv", f"\ufeff{HEADER}{GOOD}".replace("\n", "\r\n"), calls)
    spaced = take(tmp_path / "calls.csv", f"\n{HEADER}\r\n{GOOD}\n\n", calls)

    assert windows == plain
    assert spaced.rows == [{**plain.rows[0], "line": 4}]
    assert spaced.refused == []


def test_a_line_longer_than_any_record_is_refused_without_being_kept_whole(tmp_path: Path, calls: UsageProfile):
    taken = take(tmp_path / "calls.csv", f"{HEADER}2;{'6' * 20_000_000};x\n{GOOD}", calls)

    assert [row["line"] for row in taken.rows] == [3]
    assert [(row.line, row.reason) for row in taken.refused] == [(2, "is longer than 1,048,576 bytes, as no record is")]
    assert len(taken.refused[0].raw) < 2 * lines.MOST_KEPT


def test_a_file_cut_into_small_blocks_is_read_the_same(
    tmp_path: Path, calls: UsageProfile, monkeypatch: pytest.MonkeyPatch
):
    content = HEADER + GOOD * 50 + "2;601;112;2026-10-05 12:00:00;-5;0\n" + 'x;"\n' + GOOD * 50
    whole = take(tmp_path / "calls.csv", content, calls)
    monkeypatch.setattr(lines, "BLOCK_BYTES", 64)
    monkeypatch.setattr(lines, "MOST_LINES", 3)

    assert take(tmp_path / "calls.csv", content, calls) == whole
    assert len(whole.rows) == 100


@pytest.mark.parametrize(
    ("content", "field", "reason"),
    [
        ("", "file", "is empty"),
        ("\n\n", "missing column", "names a column that the file does not have"),
        ("a;b\n1;2\n", "missing column", "names a column that the file does not have"),
        (HEADER.replace(";length", ""), "missing column", "names a column that the file does not have"),
        (HEADER.replace("called", "id"), "missing column", "names a column that the file does not have"),
        (HEADER.replace("\n", ";id\n"), "column", "stands twice in the header"),
        (HEADER.encode("utf-16"), "file", "is written in UTF-16"),
    ],
)
def test_a_file_that_the_profile_cannot_read_is_refused_whole(
    tmp_path: Path, calls: UsageProfile, content: str | bytes, field: str, reason: str
):
    with pytest.raises(InvalidValue, match=reason) as refused:
        take(tmp_path / "calls.csv", content, calls)
    assert refused.value.field == field


def test_a_file_that_is_not_there(tmp_path: Path, calls: UsageProfile):
    with pytest.raises(NotFound):
        list(read_usage(tmp_path / "none.csv", reading_by(calls)))


def test_a_file_in_utf_16_is_read_if_the_profile_says_so(tmp_path: Path):
    profile = profile_of(CALLS.replace("form: csv", "form: csv\nencoding: utf-16"))

    assert len(take(tmp_path / "calls.csv", (HEADER + GOOD).encode("utf-16"), profile).rows) == 1


def test_a_file_in_another_encoding_than_the_profile_says_is_refused_row_by_row(tmp_path: Path):
    content = "record;service;caller;called;date;time;duration;trunk;status\n" + (
        "1;VOICE;601111111;112;05.10.2026;14:00:40;0:01:25;Plzeň;OK\n"
    )
    taken = take(tmp_path / "calls.csv", content, profile_of(UTF_8_CARRIER))
    wrong = take(tmp_path / "calls.csv", content.encode("cp1250"), profile_of(UTF_8_CARRIER))

    assert len(taken.rows) == 1
    assert wrong.rows == []
    assert reasons(wrong) == [
        (2, "trunk", "Plze\ufffd", "holds bytes that are no text; check the encoding of the profile")
    ]


UTF_8_CARRIER = """
name: utf-8-carrier
about: Calls
form: csv
separator: ";"
fields:
  key: record
  kind: {value: call}
  subscriber: caller
  component: {value: calls}
  started_at: {text: "{date} {time}", form: "%d.%m.%Y %H:%M:%S", zone: Europe/Prague}
  network: trunk
"""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[1, 2]", "is not an object in JSON"),
        ('{"id": {"a": 1}, "caller": "601"}', "has more than one value at id"),
        ('{"id": "a\\u0000b", "caller": "601"}', "has a character at id that no text has, such as NUL"),
        ('{"id": "1", "caller":', "is not an object in JSON"),
        ("[" * 100_000, "is not an object in JSON"),
    ],
)
def test_a_bad_object_is_refused(tmp_path: Path, content: str, reason: str):
    profile = profile_of(CALLS.replace("form: csv", "form: json-lines").replace('separator: ";"\n', ""))
    good = '{"id": 7, "caller": 601, "called": "112", "at": "2026-10-05 14:00:40", "length": 85, "kb": 1.5}'
    taken = take(tmp_path / "calls.jsonl", f"{content}\n{good}\n", profile)

    assert [(row["key"], row["seconds"], row["bytes_in"]) for row in taken.rows] == [("7", 85, 1_500)]
    assert [row.reason for row in taken.refused] == [reason]


@pytest.mark.parametrize("content", ["{", '"text"', " "])
def test_a_file_that_is_no_json_is_refused_whole(tmp_path: Path, content: str):
    with pytest.raises(InvalidValue, match="is not an object in JSON"):
        take(tmp_path / "call.json", content, "freeswitch-json")


@pytest.mark.parametrize(
    "content", ["<cdr>", '<!DOCTYPE cdr [<!ENTITY a "b">]><cdr><variables><uuid>&a;</uuid></variables></cdr>']
)
def test_a_file_that_is_no_xml_or_declares_entities_is_refused_whole(tmp_path: Path, content: str):
    with pytest.raises(InvalidValue, match="is not a record in XML"):
        take(tmp_path / "call.xml", content, "freeswitch-xml")


def test_a_short_line_of_fixed_width_may_be_half_of_one(tmp_path: Path):
    good = "20000000000001601111111      00421905123456      2026100514004000085001praha   \n"
    taken = take(tmp_path / "calls.txt", good + good[:60] + "\n", "carrier-fixed")

    assert [row["line"] for row in taken.rows] == [1]
    assert [(row.line, row.reason) for row in taken.refused] == [
        (2, "is shorter than 79 characters, where its last column ends")
    ]
