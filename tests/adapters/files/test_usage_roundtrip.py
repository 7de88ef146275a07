"""A row that was taken is the same if it is written in the program's own form and read again; and both ways of cutting
CSV cut the same cells.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.files.usage_rows import USAGE_ROWS
from adapters.files.usage_sources import csv_cells
from adapters.files.usage_sources.reading import read_objects, read_usage
from tests.adapters.files.usage_reading import profile_of, reading_by, take

TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffd"), max_size=20).map(str.strip)
FILLED = TEXT.filter(bool)
FEW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
ROWS = st.lists(
    st.fixed_dictionaries({
        "key": FILLED, "kind": st.sampled_from(["call", "data", "item"]), "subscriber": FILLED, "component": FILLED,
        "started_at": st.datetimes(datetime(2000, 1, 2), datetime(2026, 11, 20), timezones=st.just(UTC)),  # noqa: DTZ001
        "seconds": st.integers(0, 366 * 86_400), "quantity": st.integers(0, 10**18 - 1),
        "bytes_in": st.integers(0, 10**15), "bytes_out": st.integers(0, 10**15),
        "number": TEXT, "network": TEXT, "session": TEXT, "direction": st.sampled_from(["", "in", "out"]),
    }),
    min_size=1, max_size=20,
)  # fmt: skip


def written(row: dict[str, Any]) -> dict[str, str]:
    """A row in the program's own form."""
    whole, part = divmod(row["quantity"], 1_000_000)
    texts = {name: str(value) for name, value in row.items()}
    return {**texts, "quantity": f"{whole}.{part:06}", "started_at": row["started_at"].isoformat()}


def as_csv(rows: list[dict[str, Any]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, [name for name in USAGE_ROWS.names if name != "line"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(written(row) for row in rows)
    return file.getvalue()


@FEW
@given(ROWS)
def test_rows_are_read_as_they_were_written(tmp_path: Path, rows: list[dict[str, Any]]):
    path = tmp_path / "rows.csv"
    path.write_text(as_csv(rows), encoding="utf-8", newline="")
    (chunk,) = read_usage(path, reading_by("rows"))
    sent = read_objects([written(row) for row in rows], reading_by("rows"))

    assert chunk.refused == []
    assert chunk.rows.schema == USAGE_ROWS
    assert chunk.rows.to_pylist() == [{"line": line, **row} for line, row in enumerate(rows, 2)]
    assert sent.rows.drop(["line"]) == chunk.rows.drop(["line"])


@pytest.mark.parametrize("name", ["asterisk-uniqueid", "carrier-csv"])
def test_what_any_profile_took_is_read_again_from_the_own_form(tmp_path: Path, name: str):
    content = {
        "asterisk-uniqueid": '"","601","00420601111111","x","","a","SIP/n-1f","Dial","","2026-10-05 12:00:00",'
        '"2026-10-05 12:00:05","2026-10-05 12:01:05",65,60,"ANSWERED","DOC","u1",""\n',
        "carrier-csv": "record;service;caller;called;date;time;duration;trunk;status\n"
        "1;VOICE;601111111;112;25.10.2026;02:30:00;0:01:25;a;OK\n",
    }[name]
    first = take(tmp_path / "first", content, name)
    (chunk,) = read_usage(tmp_path / "first", reading_by(name))
    again = take(tmp_path / "again.csv", as_csv([_unnumbered(row) for row in chunk.rows.to_pylist()]), "rows")

    assert first.rows
    assert [_unnumbered(row) for row in again.rows] == [_unnumbered(row) for row in first.rows]


def _unnumbered(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "line"}


LINES = st.lists(st.text('ab",; \t\r\u00e9', max_size=12), min_size=1, max_size=8)
CUT = """
name: cut
about: Three columns
form: csv
header: false
unended: taken
columns: [a, b, c]
fields:
  key: "k{#line}{a}"
  kind: {value: item}
  subscriber: "s{b}"
  component: "c{c}"
  started_at: {text: "179119444{#line}", form: epoch seconds}
"""


@FEW
@given(LINES)
def test_both_ways_of_cutting_csv_cut_the_same_cells(tmp_path: Path, lines: list[str]):
    profile = profile_of(CUT)
    path = tmp_path / "cells.csv"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    reading = reading_by(profile)
    at_once = [(chunk.rows, [row.line for row in chunk.refused]) for chunk in read_usage(path, reading)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(csv_cells, "_cut_at_once", lambda *_: None)
        one_by_one = [(chunk.rows, [row.line for row in chunk.refused]) for chunk in read_usage(path, reading)]

    assert at_once == one_by_one


def test_a_table_without_rows_has_the_columns(tmp_path: Path):
    path = tmp_path / "rows.csv"
    path.write_text(as_csv([]))
    (chunk,) = read_usage(path, reading_by("rows"))

    assert chunk.rows == pa.Table.from_pylist([], schema=USAGE_ROWS)
