"""Reports on the server: months go to the archive, and a role of the database reads the views."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Billing
from tests.adapters.cli.right_clock import with_right_clock

YEAR = ("from=2026-01-01", "to=2027-01-01", "--json")


@pytest.fixture
def paid(billing: Billing) -> Billing:
    """Two payments of account 1, in February and in May 2026."""
    assert billing.bring_in().code == 0
    for on, reference in (("2026-02-10", "1"), ("2026-05-11", "2")):
        fields = ("account=1", "source=bank", "currency=EUR", "amount=10.00")
        done = billing("do", "receive-payment", *fields, f"reference={reference}", f"received_on={on}")
        assert done.code == 0, done.errors
    return with_right_clock(billing)


def test_months_are_archived_and_answer_as_the_database_does(paid: Billing, tmp_path: Path):
    folder = {"BILLING_REPORT_ARCHIVE": str(tmp_path / "archive")}
    assert "nothing was archived" in paid("report", "income-entries", "--archive", **folder).complaint
    rehearsed = paid("reports", "archive", "--before", "2026-05", "--dry-run", "--json", **folder).json
    assert not (tmp_path / "archive").exists()

    done = paid("reports", "archive", "--before", "2026-05", "--json", **folder).json

    assert done["months"] == rehearsed["months"]
    assert {"view": "income", "month": "2026-02", "rows": 1, "is_again": False} in done["months"]
    assert "Every month is archived as it is." in paid("reports", "archive", "--before", "2026-05", **folder).output
    live = paid("report", "income-entries", *YEAR).json
    assert len(live["rows"]) == 2
    assert paid("report", "income-entries", "--archive", *YEAR, **folder).json == live
    assert "as the books are now" in paid("report", "--archive", **folder).complaint


def test_the_worker_archives_the_months_that_have_ended(paid: Billing, tmp_path: Path):
    folder = {"BILLING_REPORT_ARCHIVE": str(tmp_path / "archive")}

    started = paid("timed-work", "start", "report-archive", **folder)

    assert "income 2026-02" in started.output
    assert paid("check").code == 0


def test_without_a_folder_nothing_can_be_archived(paid: Billing):
    assert "the setting names the folder" in paid("reports", "archive", "--before", "2026-05").complaint


def test_a_role_that_the_database_does_not_have_is_refused(paid: Billing):
    assert "has no such role" in paid("reports", "access", "nobody").complaint
