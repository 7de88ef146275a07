"""When the rows of a month may be purged, and what is said of them."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest

from billing_core.kernel.errors import AlreadyExists, BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.usage.retention import (
    MonthOfRows,
    MonthSums,
    UsagePurged,
    first_kept,
    months_to_purge,
    purge_month,
    require_month,
)

SUMS = MonthSums(rows=1_000, seconds=60_000)
BATCHES = {"switch:a": (600, "ab12"), "switch:b": (400, "cd34")}
FOUND = MonthOfRows(SUMS, SUMS, BATCHES, BATCHES)
AUGUST = UsagePurged(effective_on=date(2026, 11, 10), month="2026-08", sums=MonthSums(), batches=0, rows_hash="")
ARCHIVED = UsagePurged(effective_on=date(2026, 11, 10), month="2026-08", sums=MonthSums(), batches=0, rows_hash="",
                       archive_hash="cd34")  # fmt: skip
OF_NOVEMBER = UsagePurged(effective_on=date(2026, 11, 30), month="2026-11", sums=MonthSums(), batches=0, rows_hash="")


def test_a_purge_says_what_went():
    proved = purge_month(None, FOUND, AUGUST, 0)

    lines = b"switch:a\t600\tab12\nswitch:b\t400\tcd34\n"
    assert (proved.month, proved.sums, proved.batches) == ("2026-08", SUMS, 2)
    assert proved.rows_hash == sha256(lines).hexdigest()
    assert purge_month(None, FOUND, ARCHIVED, 1_000).archive_hash == "cd34"


@pytest.mark.parametrize(
    ("state", "found", "fact", "archived", "error"),
    [
        (AUGUST, FOUND, AUGUST, 0, AlreadyExists),
        (None, FOUND, OF_NOVEMBER, 0, RuleViolation),
        (None, MonthOfRows(MonthSums(), MonthSums(), {}, {}), AUGUST, 0, NotFound),
        (None, FOUND._replace(kept=MonthSums(rows=1_000, seconds=59_999)), AUGUST, 0, RuleViolation),
        (None, FOUND._replace(received={"switch:a": (1_000, "ab12")}), AUGUST, 0, RuleViolation),
        (None, FOUND, ARCHIVED, 999, RuleViolation),
    ],
    ids=[
        "it went before",
        "it is not over",
        "it has no rows",
        "its sums are others",
        "its rows are others",
        "the archive lacks a row",
    ],
)
def test_a_month_stays_if(
    state: UsagePurged | None, found: MonthOfRows, fact: UsagePurged, archived: int, error: type[BillingError]
):
    with pytest.raises(error):
        purge_month(state, found, fact, archived)


def test_so_many_months_are_kept_besides_the_one_that_runs():
    assert first_kept(date(2026, 11, 10), 2) == "2026-09"
    assert first_kept(date(2027, 1, 31), 1) == "2026-12"
    assert months_to_purge(["2026-07", "2026-05", "2026-06"], "2026-07") == ["2026-05", "2026-06"]


@pytest.mark.parametrize("month", ["2026-13", "2026-5", "2026", "2026-05-01", "1826-05"])
def test_a_month_is_written_as_year_and_month(month: str):
    with pytest.raises(InvalidValue):
        require_month(month)
