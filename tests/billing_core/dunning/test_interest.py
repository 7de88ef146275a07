"""Late interest by day: the worked example, the day count, and that a split changes no cent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.dunning.interest import InterestTable, OpenFrom, RateFrom, interest, interest_due, require_table
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.money import Money
from billing_core.kernel.spans import Span

DUE_ON = date(2025, 6, 20)
UPTO_ON = date(2025, 7, 31)
RATES = (
    RateFrom(from_on=date(2025, 1, 1), percent=Decimal("12.00")),
    RateFrom(from_on=date(2025, 7, 1), percent=Decimal("11.50")),
    RateFrom(from_on=date(2026, 1, 1), percent=Decimal("11.50")),
)
EACH = require_table(InterestTable(code="eu", name="Each half-year", rates=RATES))
KEPT = msgspec.structs.replace(EACH, follows="kept-from-delay")


def euros(amount: str | Decimal) -> Money:
    return Money(Decimal(amount), "EUR")


COURSE = [OpenFrom(date(2025, 6, 1), euros("10000.00")), OpenFrom(date(2025, 7, 11), euros("6000.00"))]


def charged(table: InterestTable, course: list[OpenFrom] = COURSE, upto_on: date = UPTO_ON) -> Money:
    return interest_due(interest(course, DUE_ON, Span(DUE_ON, upto_on), table), euros("0.00"))


def test_the_rate_of_each_half_year_holds_for_its_days() -> None:
    rows = interest(COURSE, DUE_ON, Span(DUE_ON, UPTO_ON), EACH)
    assert [(row.span, row.amount, row.percent) for row in rows] == [
        (Span(date(2025, 6, 21), date(2025, 7, 1)), euros("10000.00"), Decimal("12.00")),
        (Span(date(2025, 7, 1), date(2025, 7, 11)), euros("10000.00"), Decimal("11.50")),
        (Span(date(2025, 7, 11), date(2025, 7, 31)), euros("6000.00"), Decimal("11.50")),
    ]
    assert rows[0].interest == Fraction(10000 * 12 * 10, 36500)
    assert charged(EACH) == euros("102.19")


def test_the_rate_of_the_half_year_in_which_the_delay_began_is_kept() -> None:
    assert charged(KEPT) == euros("105.21")


def test_a_delay_that_begins_on_the_first_of_a_half_year_has_its_rate() -> None:
    rows = interest(COURSE[:1], date(2025, 6, 30), Span(DUE_ON, UPTO_ON), KEPT)
    assert [row.percent for row in rows] == [Decimal("11.50")] * len(rows)


def test_a_leap_year_counts_366_days_if_the_table_counts_the_days_of_the_year() -> None:
    table = InterestTable(code="a", name="Actual", year="actual",
                          rates=(RateFrom(from_on=date(2024, 1, 1), percent=Decimal(10)),))  # fmt: skip
    course = [OpenFrom(date(2024, 1, 1), euros("366.00"))]
    rows = interest(course, date(2024, 12, 30), Span(date(2024, 12, 30), date(2025, 1, 2)), table)
    assert [row.interest for row in rows] == [Fraction(1, 10), Fraction(366, 3650)]


def test_the_day_of_payment_bears_none_and_nothing_is_due_before_the_day_after_the_due_date() -> None:
    paid = [OpenFrom(date(2025, 6, 1), euros("10000.00")), OpenFrom(date(2025, 6, 22), euros("0.00"))]
    rows = interest(paid, DUE_ON, Span(DUE_ON, UPTO_ON), EACH)
    assert [row.span for row in rows] == [Span(date(2025, 6, 21), date(2025, 6, 22))]
    assert interest(COURSE, DUE_ON, Span(date(2025, 6, 1), date(2025, 6, 21)), EACH) == []


days = st.integers(0, 400)


@given(
    st.sampled_from([EACH, KEPT, msgspec.structs.replace(EACH, year="actual")]),
    st.dictionaries(days, st.integers(0, 10**9), max_size=6),
    st.lists(days, min_size=1, max_size=6),
)
def test_charging_at_any_days_sums_to_what_is_charged_at_once(
    table: InterestTable, changes: dict[int, int], charged_after: list[int]
) -> None:
    course = [OpenFrom(date(2025, 6, 1), euros("100.00"))] + [
        OpenFrom(DUE_ON + timedelta(days=day), euros(Decimal(cents) / 100)) for day, cents in sorted(changes.items())
    ]
    so_far = euros("0.00")
    last_on = DUE_ON + timedelta(days=max(charged_after))
    for day in sorted(charged_after):
        rows = interest(course, DUE_ON, Span(DUE_ON, DUE_ON + timedelta(days=day)), table)
        so_far = so_far + interest_due(rows, so_far)
    assert so_far == charged(table, course, last_on)


@given(days, days)
def test_the_interest_of_two_parts_is_the_interest_of_the_whole(first: int, second: int) -> None:
    middle_on, end_on = DUE_ON + timedelta(days=first), DUE_ON + timedelta(days=first + second + 1)
    parts = [*interest(COURSE, DUE_ON, Span(DUE_ON, middle_on), EACH)] if first else []
    parts += interest(COURSE, DUE_ON, Span(middle_on, end_on), EACH)
    whole = interest(COURSE, DUE_ON, Span(DUE_ON, end_on), EACH)
    assert sum(row.interest for row in parts) == sum(row.interest for row in whole)


@pytest.mark.parametrize(
    "rates",
    [
        (),
        (RateFrom(from_on=date(2025, 1, 2), percent=Decimal(1)),),
        (RateFrom(from_on=date(2025, 1, 1), percent=Decimal(-1)),),
        (RATES[1], RATES[0]),
        (RATES[0], RATES[0]),
    ],
)
def test_a_table_without_rates_in_order_from_the_first_of_half_years_is_refused(rates: tuple[RateFrom, ...]) -> None:
    with pytest.raises(InvalidValue):
        require_table(InterestTable(code="x", name="X", rates=rates))


def test_days_before_the_first_rate_have_none() -> None:
    with pytest.raises(RuleViolation, match="no rate for 2024-12-02"):
        interest([OpenFrom(date(2024, 1, 1), euros("1.00"))], date(2024, 12, 1), Span(DUE_ON, UPTO_ON), KEPT)
