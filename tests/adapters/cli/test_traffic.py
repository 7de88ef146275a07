"""Reports of traffic at the command line: tables, JSON, and files."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from adapters.frames.traffic import traffic_frame
from tests.adapters.cli.conftest import PROFILE, Billing
from tests.adapters.cli.right_clock import with_right_clock
from tests.projections.usage.rows import call, session, write_rows

OCTOBER = ("--from", "2026-10-01", "--to", "2026-11-01")
IN_PRAGUE = PROFILE.replace("    iban:", "    time_zone: Europe/Prague\n    iban:")
ONE, TWO = {"account": "1"}, {"account": "2"}


@pytest.fixture
def october(billing: Billing) -> Billing:
    """Two calls of subscriber 1 in the night of 25 October, one in each 2 o'clock; data of both; a call in September.

    In the months: September 60 s, October 90 s.
    """
    assert billing.bring_in(profile=IN_PRAGUE).code == 0
    write_rows(
        billing.database_url,
        [
            call("2026-09-10T10:00+02:00", 60, **ONE),
            call("2026-10-25T02:30+02:00", 30, **ONE),
            call("2026-10-25T02:30+01:00", 60, **ONE),
            session("2026-10-20T09:00+02:00", 7_000, 500, **ONE),
            session("2026-10-20T10:00+02:00", 1_000, 100, **TWO),
        ],
    )
    return with_right_clock(billing)


def test_traffic_is_shown_by_day_with_both_directions(october: Billing):
    shown = october("usage", "traffic", "--by", "kind", *OCTOBER)
    lines = [line.split() for line in shown.output.splitlines()]

    assert lines[1:] == [
        ["2026-10-20", "data", "2", "0", "0", "8,000", "600"], ["2026-10-25", "call", "2", "90", "0", "0", "0"],
    ]  # fmt: skip
    assert (
        "There was no such traffic" in october("usage", "traffic", "--from", "2026-08-01", "--to", "2026-09-01").output
    )


def test_both_hours_of_the_night_in_which_the_clock_goes_back_are_shown_with_their_offset(october: Billing):
    found = october("usage", "traffic", "--by", "all", "--every", "hour", "--kind", "call", *OCTOBER, "--json").json

    assert [(row["on"], row["hour_at"], row["seconds"]) for row in found["items"]] == [
        ("2026-10-25", "2026-10-25T02:00:00+02:00", 30), ("2026-10-25", "2026-10-25T02:00:00+01:00", 60),
    ]  # fmt: skip


def test_a_long_report_goes_on_where_a_part_ended(october: Billing):
    whole = october("usage", "traffic", "--every", "hour", *OCTOBER, "--json").json["items"]
    first = october("usage", "traffic", "--every", "hour", *OCTOBER, "--limit", "3", "--json").json
    rest = october("usage", "traffic", "--every", "hour", *OCTOBER, "--after", first["next"], "--json").json

    assert first["items"] + rest["items"] == whole
    assert (len(first["items"]), len(whole), rest["next"]) == (3, 4, None)
    refused = october("usage", "traffic", *OCTOBER, "--after", "there")
    assert "not what a part of this report gave" in refused.complaint


def test_the_same_traffic_is_a_csv_file_a_workbook_a_picture_and_a_frame(
    october: Billing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    paths = {form: tmp_path / f"traffic.{form}" for form in ("csv", "xlsx", "svg")}
    files = [word for form, path in paths.items() for word in (f"--{form}", str(path))]
    hourly = ("--by", "kind", "--every", "hour", *OCTOBER)
    assert october("usage", "traffic", *hourly, *files).code == 0

    rows = list(csv.DictReader(paths["csv"].open(encoding="utf-8")))
    assert [(row["on"], row["hour_at"], row["of"], row["seconds"], row["bytes_in"]) for row in rows] == [
        ("2026-10-20", "2026-10-20T09:00:00+02:00", "data", "0", "7000"),
        ("2026-10-20", "2026-10-20T10:00:00+02:00", "data", "0", "1000"),
        ("2026-10-25", "2026-10-25T02:00:00+02:00", "call", "30", "0"),
        ("2026-10-25", "2026-10-25T02:00:00+01:00", "call", "60", "0"),
    ]
    _, *cells = openpyxl.load_workbook(paths["xlsx"])["traffic"].iter_rows(values_only=True)
    assert [(at.isoformat(), offset, of, seconds) for _, at, offset, of, _, seconds, *_ in cells][2:] == [
        ("2026-10-25T02:00:00", "+02:00", "call", 30), ("2026-10-25T02:00:00", "+01:00", "call", 60),
    ]  # fmt: skip
    picture = paths["svg"].read_text(encoding="utf-8")
    assert "bytes by kind, 2026-10-01 up to 2026-11-01, exclusive" in picture and ">kB<" in picture

    for name, value in october.environment.items():
        monkeypatch.setenv(name, value)
    frame = traffic_frame(by="kind", every="hour", from_on="2026-10-01", to_on="2026-11-01")
    assert frame["seconds"].tolist() == [0, 0, 30, 60]
    assert [at.isoformat() for at in frame["hour_at"]] == [row["hour_at"] for row in rows]


def test_top_talkers_busy_hour_and_growth(october: Billing):
    top = october("usage", "top", *OCTOBER, "--json").json["top"]
    assert [(row["of"], row["bytes_in"] + row["bytes_out"]) for row in top] == [("1/main", 7_500), ("2/main", 1_100)]

    busy = october("usage", "busy-hour", *OCTOBER, "--json").json
    assert busy["time_zone"] == "Europe/Prague"
    first = busy["hours"][0]
    # 31 days, and one of them had 2 o'clock twice: 90 s over 32 times.
    assert (first["hour"], first["times"], first["average"], first["most_on"]) == (2, 32, "2.8", "2026-10-25")

    grown = october("usage", "growth", "--by", "kind", "--kind", "call", "--measure", "seconds", "--from", "2026-10-01",
                    "--to", "2026-11-01", "--json").json["growth"]  # fmt: skip
    assert [(row["of"], row["amount"], row["before"], row["percent"]) for row in grown] == [
        ("call", "90", "60", "50.0")
    ]
    assert "+50.0 %" in october("usage", "growth", "--measure", "seconds", *OCTOBER, "--kind", "call").output
