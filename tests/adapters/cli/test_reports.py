"""Reports on the command line: `billing report`, shown and as files."""

from __future__ import annotations

import csv

import pytest

from adapters.cli.commands.reports import Format
from adapters.views.reports.files import FORMATS
from tests.adapters.cli.conftest import Billing

JUNE = ("from=2026-01-01", "to=2027-01-01")


def test_the_formats_of_the_command_are_those_of_the_queries():
    assert [form.value for form in Format] == list(FORMATS)


@pytest.mark.parametrize("form", list(Format))
def test_a_report_is_written_to_a_file(form: Format, billed: Billing):
    file = billed.folder / f"report.{form.value}"
    said = billed("report", "income-by-method", *JUNE, "--format", form.value, "--output", str(file))
    assert said.code == 0 and file.stat().st_size > 0
    if form is Format.CSV:
        assert next(csv.reader(file.open())) == ["method", "payments", "came_in", "went_back", "income", "currency"]


def test_format_and_output_go_together(billed: Billing):
    for arguments in (("income-by-method", "--format", "csv"), ("--format", "csv", "--output", "x")):
        said = billed("report", *arguments)
        assert said.code == 2 and "go together" in said.errors


def test_a_report_is_scheduled_listed_and_ended(billed: Billing):
    done = billed(
        "do", "schedule-report", "code=income", "report=income-by-method", "seller=north", "every=month", "day=1",
        "at=06:30", "form=xlsx", "recipients=owner@isp.example", "given.from=last-month-begin", "given.to=month-begin",
    )  # fmt: skip
    assert done.code == 0, done.errors
    (known,) = billed("ask", "list-report-schedules", "--json").json["items"]
    assert known["schedule"]["given"] == {"from": "last-month-begin", "to": "month-begin"}
    assert known["next_at"] is not None
    assert billed("do", "end-report-schedule", "code=income", "reason=unread").code == 0
    (known,) = billed("ask", "list-report-schedules", "--json").json["items"]
    assert known["next_at"] is None
