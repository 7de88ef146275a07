"""Reports from the archive: the same rows and totals as from the database, whatever was archived and changed since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.report_archive import ReportArchive, WrittenMonth, archived_views
from adapters.files.report_months import path_of, read_list
from adapters.reports.ready import ready_reports, ready_views
from adapters.views.query import Reading
from adapters.views.reports.archived import ask_archived
from adapters.views.reports.asking import AskReport, ReportAnswer, _ask_report
from billing_core.kernel.errors import InvalidValue, NotFound
from projections.reports.definition import Report, views_of
from tests.operators import Operator, silent

TODAY = date(2026, 6, 11)
ALWAYS = {"from": "2019-01-01", "to": "2031-01-01"}
NAMES = {view.name for view in archived_views()}
ARCHIVED = [each for each in ready_reports().values() if NAMES & {view.name for view in views_of(each, ready_views())}]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BILLING_REPORT_ARCHIVE", str(tmp_path / "archive"))
    return tmp_path / "archive"


def archive(operator: Operator, folder: Path, before: str) -> list[WrittenMonth]:
    return ReportArchive(operator.application, folder).archive(before, origin_of_process("clerk", TODAY), silent)


def both_answers(operator: Operator, report: Report, dealer: str = "") -> Iterator[tuple[ReportAnswer, ReportAnswer]]:
    """The answer from the database and that from the archive, by default and for many years."""
    reading = Reading(operator.application, operator.application.queries, TODAY, dealer=dealer)
    always = {name: value for name, value in ALWAYS.items() if report.parameter(name)}
    for given in ({}, always):
        query = AskReport(report=report.name, given=given, limit=1_000)
        yield _ask_report(query, reading), ask_archived(query, reading)


def comparable(answer: ReportAnswer) -> tuple[list[Any], list[Any]]:
    """Rows in an order of their own: texts are sorted by another alphabet in each."""
    assert answer.next is None
    return sorted(answer.rows, key=repr), answer.totals


def require_equal(operator: Operator, report: Report, dealer: str = "") -> int:
    """How many rows were compared."""
    rows = 0
    for live, archived in both_answers(operator, report, dealer):
        assert archived.given == live.given
        assert comparable(archived) == comparable(live)
        rows += len(live.rows)
    return rows


def test_every_report_has_the_same_figures_from_the_archive(trade: Operator, folder: Path):
    """Some months of the spring are files, the others are in the database."""
    archive(trade, folder, "2026-03")
    assert set(read_list(folder)) == NAMES

    found = {report.name: require_equal(trade, report) for report in ARCHIVED}

    assert found["income-entries"] > 10
    assert sum(1 for rows in found.values() if rows) > len(ARCHIVED) * 2 / 3
    require_equal(trade, ready_reports()["income-entries"], "east")


def test_a_month_that_changes_later_is_written_again_and_no_other(trade: Operator, folder: Path):
    entries = ready_reports()["income-entries"]
    first = archive(trade, folder, "2026-06")
    assert first and not any(each.is_again for each in first)
    assert archive(trade, folder, "2026-06") == []
    trade.execute("UPDATE live.income SET amount = amount + 1 WHERE payment = 'bank:R00002'")
    with pytest.raises(AssertionError):
        require_equal(trade, entries)

    again = archive(trade, folder, "2026-02")  # What was archived further is compared, too.

    assert [(each.view, each.month, each.is_again) for each in again if each.view == "income"] == [
        ("income", "2026-01", True)
    ]
    require_equal(trade, entries)


def test_a_customer_who_comes_to_a_dealer_is_that_dealers_in_archived_months_too(trade: Operator, folder: Path):
    archive(trade, folder, "2026-06")
    assert trade.execute("UPDATE live.customers SET dealer = 'west' WHERE number IN ('A0001', 'A0002', 'A0003')") == 3

    assert any(each.view == "income" and each.is_again for each in archive(trade, folder, "2026-06"))

    assert require_equal(trade, ready_reports()["income-entries"], "west") > 0


def test_a_month_that_has_no_rows_any_longer_loses_its_file(trade: Operator, folder: Path):
    archive(trade, folder, "2026-06")
    path = path_of(folder, "income", "2026-01")
    assert path.exists()
    trade.execute("DELETE FROM live.income WHERE booked_on < '2026-02-01' AND booked_on >= '2026-01-01'")

    archive(trade, folder, "2026-06")

    assert not path.exists()
    require_equal(trade, ready_reports()["income-entries"])


def test_what_was_cut_off_between_a_file_and_the_list_is_written_again(trade: Operator, folder: Path):
    archive(trade, folder, "2026-02")
    listed = (folder / "months.json").read_bytes()
    trade.execute("UPDATE live.income SET amount = amount + 1 WHERE payment = 'bank:R00002'")
    archive(trade, folder, "2026-04")
    (folder / "months.json").write_bytes(listed)
    path_of(folder, "income", "2026-03").with_suffix(".being-written").write_bytes(b"half")

    assert archive(trade, folder, "2026-04")

    require_equal(trade, ready_reports()["income-entries"])
    assert {path.suffix for path in folder.glob("view=income/*")} == {".parquet"}


def test_a_rehearsal_writes_nothing(trade: Operator, folder: Path):
    rehearsal = ReportArchive(trade.application, folder, is_rehearsal=True)
    assert rehearsal.archive("2026-06", origin_of_process("clerk", TODAY), silent)
    assert not folder.exists()


def test_a_number_that_files_do_not_keep_is_refused_and_its_month_is_not_listed(trade: Operator, folder: Path):
    for amount in ("0.0000001", "1234567890123"):
        trade.execute(f"UPDATE live.income SET amount = {amount} WHERE payment = 'bank:R00002'")
        with pytest.raises(InvalidValue, match="has a number that the archive does not keep"):
            archive(trade, folder, "2026-06")
        assert "income" not in read_list(folder)
        assert not path_of(folder, "income", "2026-01").exists()


def test_a_month_that_runs_and_a_report_without_archive_are_refused(trade: Operator, folder: Path):
    with pytest.raises(InvalidValue, match="only months that have ended"):
        archive(trade, folder, "2026-07")
    with pytest.raises(InvalidValue, match="is not a month such as 2026-05"):
        archive(trade, folder, "2026-6")
    with pytest.raises(NotFound, match="nothing was archived"):
        require_equal(trade, ready_reports()["income-entries"])


def test_an_empty_base_has_an_archive_without_rows(operator: Operator, folder: Path):
    assert archive(operator, folder, "2026-06") == []
    assert sum(require_equal(operator, report) for report in ARCHIVED) == 0
