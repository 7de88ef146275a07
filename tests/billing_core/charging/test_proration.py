"""Proration: exact parts of a period that sum to it, in each mode."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.components import Proration
from billing_core.charging.proration import Basis, basis_of, explain_share, price_of
from billing_core.kernel.money import rounded, total
from billing_core.kernel.spans import Span
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import BillingDay, Period, grids

MONTHLY = PeriodRule()
MODES: list[Proration] = ["whole", "sliced", "fixed-30"]


def on(text: str) -> date:
    return date.fromisoformat(text)


def share(mode: Proration, period: tuple[str, str], days: tuple[str, str], rule: PeriodRule = MONTHLY) -> Fraction:
    """The part of a period that some days are, where the service is there on these days only."""
    from_on, to_on = on(days[0]), on(days[1])
    basis = of_period(mode, rule, Period(on(period[0]), on(period[1])), Period(from_on, to_on))
    return basis.share(from_on) - basis.share(to_on)


def of_period(mode: Proration, rule: PeriodRule, period: Period, present: Period) -> Basis:
    return basis_of(mode, rule, [period], [present])


def whole(basis: Basis) -> Fraction | int:
    (period,) = basis.periods
    return basis.whole(period)


MARCH = ("2026-03-01", "2026-04-01")
FROM_TENTH = ("2026-03-10", "2026-04-10")


@pytest.mark.parametrize(
    ("mode", "period", "days", "expected", "amount"),
    [
        # The worked examples: 450.00 a month from 15 March on.
        ("whole", MARCH, ("2026-03-15", "2026-04-01"), Fraction(17, 31), "246.77 EUR"),
        ("fixed-30", MARCH, ("2026-03-15", "2026-04-01"), Fraction(16, 30), "240.00 EUR"),
        ("sliced", FROM_TENTH, ("2026-03-15", "2026-04-10"), Fraction(17, 31) + Fraction(9, 30), "381.77 EUR"),
        ("whole", FROM_TENTH, ("2026-03-15", "2026-04-10"), Fraction(26, 31), "377.42 EUR"),
        # February: fixed-30 counts three days from the 28th to the 1st of March, and 30 for the whole.
        ("fixed-30", ("2026-02-01", "2026-03-01"), ("2026-02-28", "2026-03-01"), Fraction(3, 30), "45.00 EUR"),
        ("sliced", ("2026-02-01", "2026-03-01"), ("2026-02-28", "2026-03-01"), Fraction(1, 28), "16.07 EUR"),
        ("sliced", ("2024-02-01", "2024-03-01"), ("2024-02-28", "2024-03-01"), Fraction(2, 29), "31.03 EUR"),
        # The 31st counts as the 30th: alone it is nothing, after the 30th it is a day.
        ("fixed-30", MARCH, ("2026-03-30", "2026-03-31"), Fraction(0), "0.00 EUR"),
        ("fixed-30", MARCH, ("2026-03-31", "2026-04-01"), Fraction(1, 30), "15.00 EUR"),
    ],
)
def test_worked_examples(
    mode: Proration, period: tuple[str, str], days: tuple[str, str], expected: Fraction, amount: str
):
    found = share(mode, period, days)

    assert found == expected
    assert str(rounded(450 * found, "EUR")) == amount


def test_a_quarter_counts_its_months_or_its_days():
    """15 February to the end of the quarter [1 Jan, 1 Apr): 14 of 28 days and a month, of three."""
    quarter, stub = ("2026-01-01", "2026-04-01"), ("2026-02-15", "2026-04-01")
    quarterly = PeriodRule(interval=3)

    assert share("whole", quarter, stub, quarterly) == Fraction(45, 90)
    assert share("sliced", quarter, stub, quarterly) == (Fraction(14, 28) + 1) / 3
    assert share("fixed-30", quarter, stub, quarterly) == Fraction(46, 90)


@pytest.mark.parametrize("mode", MODES)
def test_a_period_that_is_counted_in_days_has_an_exact_length(mode: Proration):
    rule = PeriodRule(unit="day", interval=30, align="own")

    assert share(mode, ("2026-01-20", "2026-02-19"), ("2026-01-31", "2026-02-19"), rule) == Fraction(19, 30)


def test_a_stub_never_costs_more_than_the_whole():
    """15 Jan to 15 Feb measures 17/31 + 14/28 of a month, which is more than one; without its first day it still is."""
    stub = Period(on("2026-01-16"), on("2026-02-15"))

    basis = of_period("sliced", MONTHLY, Period(on("2026-01-15"), on("2026-02-15")), stub)

    assert whole(basis) == Fraction(16, 31) + Fraction(14, 28)
    assert basis.share(stub.from_on) == 1
    assert basis.share(stub.to_on) == 0


@pytest.mark.parametrize(
    ("mode", "measured", "words"),
    [
        ("sliced", Fraction(17, 31) + Fraction(14, 28), "(17/31)/(17/31 + 14/28) months (sliced)"),
        ("fixed-30", 30, "16/30 days (fixed-30)"),
        ("whole", 31, "17/31 days"),
    ],
)
def test_days_of_a_period_that_is_no_stub_are_a_part_of_what_all_of_them_come_to(
    mode: Proration, measured: Fraction | int, words: str
):
    period = Period(on("2026-01-15"), on("2026-02-15"))

    basis = of_period(mode, MONTHLY, period, period)

    assert whole(basis) == measured
    assert str(explain_share(Span(on("2026-01-15"), on("2026-02-01")), basis)) == words


def test_the_part_of_a_stub_is_said_in_words():
    stub = Period(on("2026-03-15"), on("2026-04-10"))

    def told(mode: Proration, months: int = 1) -> str:
        rule = PeriodRule(interval=months)
        basis = of_period(mode, rule, Period(on("2026-03-10"), on(f"2026-{3 + months:02}-10")), stub)
        return str(explain_share(stub, basis))

    assert told("whole") == "26/31 days"
    assert told("sliced") == "(17/31 + 9/30) of a month (sliced)"
    assert told("sliced", 3) == "(17/31 + 9/30)/3 months (sliced)"
    assert told("fixed-30") == "25/30 days (fixed-30)"
    assert told("none") == "1 period (not prorated: none)"


# --- whatever the period

rules = st.one_of(
    st.builds(PeriodRule, unit=st.just("month"), interval=st.integers(1, 12), align=st.just("own")),
    st.builds(PeriodRule, unit=st.just("year"), interval=st.integers(1, 3), align=st.just("own")),
    st.builds(PeriodRule, unit=st.sampled_from(["day", "week"]), interval=st.integers(1, 40), align=st.just("own")),
)
dates = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@given(
    mode=st.sampled_from(["whole", "sliced", "fixed-30", "none"]), rule=rules, begins_on=dates, day=dates,
    cuts=st.lists(st.floats(0, 1), max_size=5), price=st.decimals(0, 10_000, places=6),
)  # fmt: skip
def test_the_parts_of_any_cut_period_sum_to_the_period(
    mode: Proration, rule: PeriodRule, begins_on: date, day: date, cuts: list[float], price: Decimal
):
    (span,) = grids(rule, begins_on, [BillingDay(date.min, 1)])
    period = span.grid.containing(day)
    inner = sorted({period.from_on + timedelta(days=int(cut * period.days)) for cut in cuts} - {period.to_on})
    bounds = sorted({period.from_on, *inner, period.to_on})
    spans = [Span(*stretch) for stretch in pairwise(bounds)]

    basis = of_period(mode, rule, period, period)

    assert basis.share(period.from_on) == 1
    assert basis.share(period.to_on) == 0
    shares = [basis.share(bound) for bound in bounds]
    assert shares == sorted(shares, reverse=True)
    parts = [price_of(part, Fraction(price), basis, "EUR") for part in spans]
    assert total(parts, "EUR") == rounded(Fraction(price), "EUR"), "to the cent, however it was cut"
    assert parts[-1] == rounded(Fraction(price) * shares[-2], "EUR"), "the part up to the end is plainly rounded"
    for cut in inner:  # A stub is never more than the whole, in whatever mode.
        for stub in (Period(cut, period.to_on), Period(period.from_on, cut)):
            if stub.days:
                assert of_period(mode, rule, period, stub).share(stub.from_on) <= 1
