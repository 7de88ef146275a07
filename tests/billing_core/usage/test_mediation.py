"""What a source delivered: gaps in its numbers, up to which instant, and whether a batch is the same again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import Conflict, InvalidValue, NotFound
from billing_core.usage.mediation.deliveries import (
    Delivered,
    Numbers,
    UsageReceived,
    WaitingUsageDismissed,
    dismiss,
    gaps_in,
    is_same_batch,
    require_batch_name,
    require_numbers,
    watermark,
)

TEN, ELEVEN, NOON = (datetime(2026, 6, 1, hour, tzinfo=UTC) for hour in (10, 11, 12))


def test_the_second_of_three_files_is_missing_until_it_comes():
    first, third = Delivered(Numbers(1, 100), TEN), Delivered(Numbers(201, 300), NOON)
    assert gaps_in([third.numbers, first.numbers]) == [Numbers(101, 200)]  # type: ignore[list-item]
    assert watermark([third, first]) == TEN

    second = Delivered(Numbers(101, 200), ELEVEN)
    assert gaps_in([Numbers(1, 100), Numbers(201, 300), Numbers(101, 200)]) == []
    assert watermark([first, third, second]) == NOON


def test_a_source_that_numbers_nothing_has_delivered_up_to_its_newest_record():
    assert watermark([Delivered(None, ELEVEN), Delivered(None, TEN), Delivered(None, None)]) == ELEVEN
    assert watermark([]) is None


@given(st.sets(st.integers(0, 60)), st.randoms(use_true_random=False))
def test_what_is_missing_is_what_did_not_come(came: set[int], chance):
    """Numbers that came one by one, in any order, some of them twice."""
    received = [Numbers(number, number) for number in came] * 2
    chance.shuffle(received)

    missing = {number for gap in gaps_in(received) for number in range(gap.first, gap.last + 1)}

    assert missing == (set(range(min(came), max(came) + 1)) - came if came else set())


def test_another_file_under_the_name_of_a_batch_is_refused():
    known = UsageReceived(effective_on=date(2026, 6, 1), source="switch", batch="1", file_hash="1a")
    assert is_same_batch(known, "1a")
    with pytest.raises(Conflict, match="batch '1': was received with another content"):
        is_same_batch(known, "2b")


@pytest.mark.parametrize("numbers", [Numbers(2, 1), Numbers(-1, 4)])
def test_numbers_rise_from_0_on(numbers: Numbers):
    with pytest.raises(InvalidValue, match="must rise from 0 on"):
        require_numbers(numbers)
    require_numbers(Numbers(0, 0))
    require_numbers(None)


def test_a_source_has_no_colon_in_its_name():
    with pytest.raises(InvalidValue, match="colon"):
        require_batch_name("a:b", "1")


def test_only_records_that_wait_are_dismissed():
    fact = WaitingUsageDismissed(effective_on=date(2026, 6, 1), lines=(3, 5), reason="test calls")
    assert dismiss([3, 4, 5], fact, "1") == [fact]
    with pytest.raises(NotFound, match="line '5'"):
        dismiss([3, 4], fact, "1")
