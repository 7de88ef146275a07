"""Records that a profile refused, read again by a mended one: under the lines and keys that they had."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.files.profile_files import load_usage_profile
from adapters.files.usage_sources.reading_again import read_again
from tests.adapters.files.usage_reading import NOW, profile_of, take, utc

PROFILE = """
name: calls
about: Calls
form: {form}
fields:
  key: "{{#batch}}/{{id}}"
  kind: {{value: call}}
  subscriber: caller
  component:
    rules: [{{when: {{trunk: north}}, value: calls}}]
  started_at: {{column: at, form: epoch seconds}}
  seconds: length
"""
HEADER = "id,caller,trunk,at,length\n"
ROWS = [
    "1,601,north,1791194440,85",
    "2,601,south,1791194441,86",
    "3,601,south,1791194442,-7",
    "4,601",
    "5,601,east,9,1",
]
MENDED = "rules: [{{when: {{trunk: [north, south]}}, value: calls}}]"


def by(form: str, component: str = "") -> str:
    whole = PROFILE.replace("rules: [{{when: {{trunk: north}}, value: calls}}]", component) if component else PROFILE
    return whole.format(form=form)


def test_lines_are_read_below_the_header_that_they_had(tmp_path: Path):
    first = take(tmp_path / "calls.csv", HEADER + "".join(f"{row}\n" for row in ROWS), profile_of(by("csv")))
    again = read_again(profile_of(by("csv", MENDED)), first.refused, NOW)

    assert [row.line for row in first.refused] == [3, 4, 5, 6]
    assert first.refused[0].raw == HEADER + ROWS[1]
    (row,) = again.rows.to_pylist()
    assert (row["line"], row["key"], row["started_at"], row["seconds"]) == (
        3, "b1/2", utc("2026-10-05 10:00:41"), 86,
    )  # fmt: skip
    assert [(row.line, row.field, row.reason) for row in again.refused] == [
        (4, "seconds", "is negative"),
        (5, "row", "has 2 cells, but 5 columns are expected"),
        (6, "component", "fits none of the rules of the profile; add one"),
    ]
    assert [row.raw for row in again.refused] == [row.raw for row in first.refused[1:]]


@pytest.mark.parametrize("form", ["json", "json-lines"])
def test_objects_are_read_again(tmp_path: Path, form: str):
    names = HEADER.strip().split(",")
    objects = [dict(zip(names, row.split(","), strict=False)) for row in ROWS]
    content = json.dumps(objects) if form == "json" else "".join(f"{json.dumps(each)}\n" for each in objects)
    first = take(tmp_path / "calls", content, profile_of(by(form)))
    again = read_again(profile_of(by(form, MENDED)), first.refused, NOW)

    assert [row.line for row in first.refused] == [2, 3, 4, 5]
    assert [(row["line"], row["key"]) for row in again.rows.to_pylist()] == [(2, "b1/2")]
    assert [row.line for row in again.refused] == [3, 4, 5]


def test_lines_of_fixed_width_are_read_again(tmp_path: Path):
    good = "20000000000001601111111      112                 2026100514004000085001praha   "
    first = take(tmp_path / "calls.txt", f"{good.replace('20261005', '20261305')}\n{good}\n", "carrier-fixed")
    mended = [first.refused[0]._replace(raw=good)]

    assert [row["line"] for row in read_again(load_usage_profile("carrier-fixed"), mended, NOW).rows.to_pylist()] == [1]
    assert read_again(load_usage_profile("carrier-fixed"), first.refused, NOW).refused == first.refused


def test_a_record_that_the_profile_takes_no_more_goes_on_waiting(tmp_path: Path):
    first = take(tmp_path / "calls.csv", HEADER + ROWS[1] + "\n", profile_of(by("csv")))
    again = read_again(profile_of(by("csv") + "take: {trunk: north}\n"), first.refused, NOW)

    assert (again.rows.num_rows, [row.reason for row in again.refused]) == (
        0, ["is not taken by the profile as it is now; dismiss it"],
    )  # fmt: skip


def test_nothing_is_read_again(tmp_path: Path):
    assert read_again(profile_of(by("csv")), [], NOW).rows.num_rows == 0
