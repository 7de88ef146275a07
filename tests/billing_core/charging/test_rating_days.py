"""The day whose price a recorded quantity has: its own, else that of the last price before it, else the first after."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.charging.rating_days import rating_day
from billing_core.kernel.spans import Span

FIRST = date(2026, 4, 1)
EXAMPLE = [Span(FIRST, date(2026, 4, 16)), Span(date(2026, 5, 1), None)]


@pytest.mark.parametrize(
    ("used_on", "rated_on"),
    [
        ("2026-04-10", "2026-04-10"),
        ("2026-04-15", "2026-04-15"),
        ("2026-04-16", "2026-04-15"),
        ("2026-04-20", "2026-04-15"),
        ("2026-04-30", "2026-04-15"),
        ("2026-05-01", "2026-05-01"),
        ("2027-05-01", "2027-05-01"),
        ("2026-03-28", "2026-04-01"),
    ],
)
def test_the_example(used_on: str, rated_on: str):
    assert rating_day(date.fromisoformat(used_on), EXAMPLE) == date.fromisoformat(rated_on)


def test_only_usage_of_a_component_that_was_never_in_force_has_no_price():
    assert rating_day(FIRST, []) is None


@st.composite
def priced_days(draw: st.DrawFn) -> list[Span]:
    """Spans of days in order, some of them after a gap, the last one maybe without an end."""
    on, found = FIRST, []
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), min_size=1, max_size=5)):
        from_on = on + timedelta(days=gap)
        on = from_on + timedelta(days=length)
        found.append(Span(from_on, on))
    ends_on = draw(st.sampled_from([on, None]))
    return [*found[:-1], Span(found[-1].from_on, ends_on)]


@given(days=priced_days(), used=st.lists(st.integers(-30, 250), min_size=1, max_size=10))
def test_every_use_has_a_price_and_uses_keep_their_order(days: list[Span], used: list[int]):
    uses = [FIRST + timedelta(days=number) for number in sorted(used)]
    rated = [rating_day(on, days) for on in uses]

    for use, on in zip(uses, rated, strict=True):
        assert on is not None
        assert any(priced.contains(on) for priced in days)
        assert on == use or not any(priced.contains(use) for priced in days)
    assert rated == sorted(on for on in rated if on is not None)
