"""The report on the rows of a file: everything is counted, and of rejected rows as many are kept as memory bears."""

from __future__ import annotations

import pytest

from billing_core.kernel.errors import InvalidValue
from commands.platform import batch
from commands.platform.batch import BatchReport


def test_rejected_rows_beyond_the_most_are_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batch, "MOST_KEPT", 3)
    report, part = BatchReport(), BatchReport()
    for line in (2, 3):
        report.reject(line, InvalidValue("is wrong", field="amount", value="x"))
        part.reject(line + 8, InvalidValue("is wrong", field="amount", value="y"))

    report.merge(part)
    report.reject(20, InvalidValue("is wrong", field="amount", value="z"))

    assert [row.line for row in report.rejected] == [2, 3, 10]
    assert (report.rejections, report.rejected_beyond) == (5, 2)


def test_the_parts_of_a_file_are_added():
    report = BatchReport(accepted=1, unchanged=2, skipped=3)

    report.merge(BatchReport(accepted=10, unchanged=20, skipped=30))

    assert report == BatchReport(accepted=11, unchanged=22, skipped=33)
