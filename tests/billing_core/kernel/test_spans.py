"""Spans: the algebra of days, checked against sets of days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.spans import Span, merged, without

START = date(2026, 1, 1)
FAR = START + timedelta(days=60)


def day(number: int) -> date:
    return START + timedelta(days=number)


def span(first: int, end: int | None) -> Span:
    return Span(day(first), None if end is None else day(end))


def days_of(*spans: Span | None) -> set[date]:
    """Each day up to `FAR`, which stands for all that follow."""
    return {day(number) for number in range(60) for entry in spans if entry is not None and entry.contains(day(number))}


@st.composite
def any_span(draw: st.DrawFn) -> Span:
    first = draw(st.integers(0, 40))
    return span(first, draw(st.one_of(st.none(), st.integers(first + 1, 59))))


@st.composite
def in_order(draw: st.DrawFn) -> list[Span]:
    """Spans in order that do not overlap; only the last one may be open."""
    cuts = sorted(draw(st.sets(st.integers(0, 59), max_size=10)))
    found = [span(first, end) for first, end in zip(cuts[::2], cuts[1::2], strict=False)]
    if len(cuts) % 2 and draw(st.booleans()):
        found.append(span(cuts[-1], None))
    return found


def test_worked_examples():
    march = Span(date(2026, 3, 1), date(2026, 4, 1))

    assert (march.days, march.end) == (31, date(2026, 4, 1))
    assert march.within(Span(date(2026, 3, 20), None)) == Span(date(2026, 3, 20), date(2026, 4, 1))
    assert march.within(Span(date(2026, 4, 1), None)) is None
    assert list(march.minus(Span(date(2026, 3, 10), date(2026, 3, 20)))) == [
        Span(date(2026, 3, 1), date(2026, 3, 10)),
        Span(date(2026, 3, 20), date(2026, 4, 1)),
    ]
    assert list(march.cut([date(2026, 3, 1), date(2026, 3, 10), date(2026, 4, 1)])) == [
        Span(date(2026, 3, 1), date(2026, 3, 10)),
        Span(date(2026, 3, 10), date(2026, 4, 1)),
    ]
    assert merged([Span(date(2026, 3, 5), date(2026, 3, 9)), Span(date(2026, 3, 1), date(2026, 3, 5))]) == [
        Span(date(2026, 3, 1), date(2026, 3, 9))
    ]


@pytest.mark.parametrize(("on", "inside"), [(0, False), (1, True), (4, True), (5, False)])
def test_its_last_day_is_the_one_before_the_second_date(on: int, inside: bool):
    assert span(1, 5).contains(day(on)) is inside


@given(first=any_span(), second=any_span())
def test_two_spans(first: Span, second: Span):
    assert days_of(first.within(second)) == days_of(first) & days_of(second)
    assert days_of(*first.minus(second)) == days_of(first) - days_of(second)
    is_open = first.to_on is None or second.to_on is not None
    assert first.covers(second) == (days_of(second) <= days_of(first) and is_open)


@given(whole=any_span(), cuts=st.lists(st.integers(0, 59)).map(sorted))
def test_a_cut_span_has_the_same_days(whole: Span, cuts: list[int]):
    parts = list(whole.cut(day(number) for number in cuts))

    assert days_of(*parts) == days_of(whole)
    begun = {day(number) for number in cuts if whole.contains(day(number))}
    assert [part.from_on for part in parts] == sorted({whole.from_on, *begun})


@given(spans=st.lists(any_span(), max_size=8))
def test_merged_spans_have_the_same_days_and_never_touch(spans: list[Span]):
    found = merged(spans)

    assert days_of(*found) == days_of(*spans)
    assert all(earlier.end < later.from_on for earlier, later in pairwise(found))


@given(spans=in_order(), others=in_order())
def test_the_days_of_some_spans_without_those_of_others(spans: list[Span], others: list[Span]):
    found = list(without(spans, others))

    assert days_of(*found) == days_of(*spans) - days_of(*others)
    assert found == sorted(found, key=lambda entry: entry.from_on)
    assert sum(len(days_of(entry)) for entry in found) == len(days_of(*found)), "no day twice"
