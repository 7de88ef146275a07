"""A clock is compared with the last event of the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from commands.platform.right_clock import ClockDoubtful, require_right_clock

LAST = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("apart", [timedelta(minutes=-5), timedelta(0), timedelta(days=31)])
def test_a_clock_near_the_last_event_is_right(apart: timedelta):
    require_right_clock(LAST + apart, LAST)


def test_an_empty_log_contradicts_no_clock():
    require_right_clock(LAST, None)


def test_a_clock_behind_the_last_event_is_refused():
    with pytest.raises(ClockDoubtful, match="behind the last event, which was recorded at 2026-03-01 12:00:00 UTC"):
        require_right_clock(LAST - timedelta(minutes=5, seconds=1), LAST)


def test_a_clock_far_ahead_of_the_last_event_is_refused():
    with pytest.raises(ClockDoubtful, match="more than 31 days ahead"):
        require_right_clock(LAST + timedelta(days=31, seconds=1), LAST)
