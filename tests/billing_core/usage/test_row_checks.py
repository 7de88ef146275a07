"""What is wrong with a row of usage, found by columns as it is by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.usage.mediation.row_checks import (
    FAULTS,
    MICROSECONDS_OF_DAY,
    Metered,
    exact_sum,
    faults,
    month_name,
    months_of,
)

NOW = 1_780_315_200_000_000  # 1 June 2026, 12:00 UTC.
DAY = MICROSECONDS_OF_DAY
SOUND = (3, NOW, 60, 1_000_000, 10, 20)


def fault_of(*row: int) -> str:
    """The field that is wrong in one row; empty if none is."""
    (number,) = faults(Metered(*(np.array([value]) for value in row)), NOW)
    return FAULTS[number - 1].field if number else ""


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, ""), ({0: 0}, "key"), ({1: 0}, "started_at"), ({1: NOW + DAY}, ""), ({1: NOW + DAY + 1}, "started_at"),
        ({1: NOW - 731 * DAY}, ""), ({1: NOW - 731 * DAY - 1}, "started_at"), ({2: -1}, "seconds"), ({2: 0}, ""),
        ({2: 10**8 + 1}, "seconds"), ({3: -1}, "quantity"), ({3: 10**18}, ""), ({3: 10**18 + 1}, "quantity"),
        ({4: -1}, "bytes_in"), ({4: 2**50 + 1}, "bytes_in"), ({5: 2**50}, ""), ({5: 2**50 + 1}, "bytes_out"),
        ({0: 0, 2: -1, 5: -1}, "key"),
    ],
)  # fmt: skip
def test_the_first_fault_of_a_row_is_named(changed: dict[int, int], field: str):
    assert fault_of(*(changed.get(place, value) for place, value in enumerate(SOUND))) == field


def test_what_began_in_a_purged_month_is_refused():
    began = np.array([NOW - 1, NOW])
    rows = Metered(np.array([3, 3]), began, *(np.array([0, 0]) for _ in range(4)))
    first, second = faults(rows, NOW, kept_from=NOW)
    assert FAULTS[first - 1].reason == "is of a month whose records were purged" and second == 0


def test_a_month_is_one_of_utc():
    started_at = np.array([0, NOW, 1_782_863_999_999_999, 1_782_864_000_000_000])
    assert [month_name(month) for month in months_of(started_at)] == ["1970-01", "2026-06", "2026-06", "2026-07"]


@given(st.lists(st.integers(0, 2**63 - 1), max_size=20))
def test_a_sum_may_be_more_than_64_bits_hold(counts: list[int]):
    assert exact_sum(np.array(counts, np.int64)) == sum(counts)
