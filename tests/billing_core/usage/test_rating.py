"""What is always true of the rating of a pool, and what it tells of each record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from billing_core.catalogue.unit_packages import UnitPackage
from billing_core.usage.rating.free_units import FreeUnits, free_units_of, left_over
from billing_core.usage.rating.plain import (
    BandPart,
    FreeUse,
    PoolRated,
    UsedRecord,
    rate_pool,
    rate_record,
    ready_list,
)
from tests.billing_core.usage.lists import CZECH_HOLIDAYS, OFF_PEAK, PEAK, WEEKEND, price_list, row, terms
from tests.billing_core.usage.random_records import random_books, random_records, rated_in_bulk, rated_plainly

PRAGUE = ZoneInfo("Europe/Prague")
BANDED = [ready_list(price_list(row("420", "Czechia", "0.30", "0.06", "0.12"), bands=(PEAK, WEEKEND, OFF_PEAK)),
                     CZECH_HOLIDAYS)]  # fmt: skip
STEPPED = [ready_list(price_list(row("420", "Czechia", "0.30", "0.06", "0.12", first=60, next=10, connection="0.05",
                                     minimum="0.1"), bands=(PEAK, WEEKEND, OFF_PEAK)), CZECH_HOLIDAYS)]  # fmt: skip
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)

begins = st.integers(0, 31 * 86_400).map(lambda seconds: OCTOBER + timedelta(seconds=seconds))
lengths = st.integers(2, 100_000)


def call(started_at: datetime, seconds: int, number: str = "420601") -> UsedRecord:
    return UsedRecord(0, number, started_at, started_at.astimezone(PRAGUE).date(), seconds)


def total(pool: PoolRated) -> Fraction:
    return sum((each.amount for each in pool.records), Fraction(0))


@settings(deadline=None, max_examples=60)
@given(begins, lengths, st.data(), st.integers(0, 50_000))
def test_a_call_that_is_cut_at_any_instant_costs_the_same(
    at: datetime, seconds: int, data: st.DataObject, free: int
) -> None:
    first = data.draw(st.integers(1, seconds - 1))
    packages = [FreeUnits("free", free, frozenset(), frozenset({0}))]
    whole = rate_pool([call(at, seconds)], [BANDED], packages, {})
    parts = [call(at, first), call(at + timedelta(seconds=first), seconds - first)]
    cut = rate_pool(parts, [BANDED], packages, {})
    assert (total(whole), whole.used) == (total(cut), cut.used)


@settings(deadline=None, max_examples=60)
@given(begins, lengths, st.integers(0, 5_000))
def test_a_longer_call_never_costs_less(at: datetime, seconds: int, more: int) -> None:
    assert (
        rate_record(call(at, seconds), STEPPED, {}).amount <= rate_record(call(at, seconds + more), STEPPED, {}).amount
    )


@settings(deadline=None, max_examples=60)
@given(begins, lengths, st.integers(0, 50_000))
def test_free_units_and_paid_units_are_all_that_is_counted(at: datetime, seconds: int, free: int) -> None:
    pool = rate_pool([call(at, seconds)], [STEPPED], [FreeUnits("free", free, frozenset(), frozenset({0}))], {})
    rated = pool.records[0]
    assert sum(part.units for part in rated.parts) == rated.units >= seconds
    assert sum(part.free for part in rated.parts) == sum(use.units for use in rated.free) == min(free, rated.units)
    assert sum((part.amount for part in rated.parts), Fraction(0)) == rated.amount
    assert pool.used == [min(free, rated.units)]


@settings(deadline=None, max_examples=40)
@given(begins, st.integers(1, 3_000), st.integers(0, 1_000))
def test_a_call_costs_what_its_seconds_cost_one_by_one(at: datetime, seconds: int, free: int) -> None:
    pool = rate_pool([call(at, seconds)], [BANDED], [FreeUnits("free", free, frozenset(), frozenset({0}))], {})
    assert total(pool) == sum(
        (second_costs(at + timedelta(seconds=each)) for each in range(free, seconds)), Fraction(0)
    )


def second_costs(at: datetime) -> Fraction:
    """What a second costs by the clock and the calendar in Prague, without any table of bands."""
    shown = at.astimezone(PRAGUE)
    if shown.weekday() >= 5 or CZECH_HOLIDAYS.is_holiday(shown.date()):
        return Fraction("0.001")
    return Fraction("0.005") if 8 <= shown.hour < 19 else Fraction("0.002")


def test_the_order_in_which_records_come_does_not_matter() -> None:
    random = Random(11)
    books = random_books(random)
    records = [record._replace(seconds=record.seconds + 1) for record in random_records(random, 400, books)]
    records = sorted(set(records))  # Records that are equal in all are alike: which of them is free is not told.
    plain = rated_plainly(books, records)
    for _ in range(3):
        order = random.sample(range(len(records)), len(records))
        again = rated_plainly(books, [records[place] for place in order])
        _, bulk = rated_in_bulk(books, [records[place] for place in order])
        assert again.used == plain.used == bulk.uses.used.tolist()
        assert total(again) == total(plain)
        assert [each.amount for each in again.records] == [plain.records[place].amount for place in order]


def test_a_record_tells_what_it_used_in_each_band_and_what_was_free() -> None:
    at = datetime(2026, 9, 7, 18, 58, 30, tzinfo=PRAGUE).astimezone(UTC)
    pool = rate_pool([call(at, 175)], [STEPPED], [FreeUnits("start", 40, frozenset(), frozenset({0}))], {})
    rated = pool.records[0]
    assert rated.row is not None and rated.row.destination == "Czechia"
    assert (rated.reason, rated.units, rated.free) == ("", 180, (FreeUse("start", 40),))
    assert rated.parts == (
        BandPart("peak", 90, 40, Fraction("0.30")),  # 50 s x 0.005 + the connection fee of 0.05
        BandPart("off-peak", 90, 0, Fraction("0.18")),
    )
    assert rated.amount == Fraction("0.48")


def test_records_of_one_band_that_is_left_and_entered_again_have_one_part_of_it() -> None:
    at = datetime(2026, 9, 7, 18, 59, tzinfo=PRAGUE).astimezone(UTC)
    rated = rate_record(call(at, 13 * 3_600 + 120), BANDED, {})
    assert [(part.band, part.units) for part in rated.parts] == [("peak", 120), ("off-peak", 13 * 3_600)]


def test_a_record_that_is_not_rated_tells_the_reason() -> None:
    rated = rate_record(call(OCTOBER, 60, "999"), BANDED, {})
    assert (rated.reason, rated.row, rated.parts, rated.amount) == ("no-price", None, (), Fraction(0))
    assert rate_record(call(OCTOBER, 60)._replace(used_on=date(2025, 12, 31)), BANDED, {}).reason == "before-list"


# --- packages over several periods


def test_unused_units_of_a_package_are_carried_over() -> None:
    package = UnitPackage(code="home", units=6_000, groups=("national",), carried_periods=1, most_carried=3_000)
    by_minute = terms()
    assert free_units_of(package, (), {3}, by_minute) == FreeUnits(
        "home", 6_000, frozenset({"national"}), frozenset({3})
    )
    carried = left_over(package, (), 2_000, by_minute)
    assert carried == (3_000,)
    assert free_units_of(package, carried, {3}, by_minute).units == 9_000
    assert left_over(package, carried, 5_000, by_minute) == (3_000,)
    assert left_over(package, carried, 9_000, by_minute) == (0,)
    assert left_over(package, carried, 1_000, by_minute) == (3_000,)


def test_without_carrying_over_nothing_is_left() -> None:
    assert left_over(UnitPackage(code="home", units=6_000), (), 0, terms()) == ()


def test_packages_of_items_are_counted_in_millionths() -> None:
    package = UnitPackage(code="sms", units=5, carried_periods=2)
    by_item = terms(unit="item")
    assert free_units_of(package, (2_000_000,), {0}, by_item).units == 7_000_000
    assert left_over(package, (2_000_000,), 3_000_000, by_item) == (4_000_000, 0)


def test_free_units_of_two_periods_are_those_of_the_first_if_nobody_called_then() -> None:
    package = UnitPackage(code="home", units=100, carried_periods=1)
    carried = left_over(package, (), 0, terms())
    pool = rate_pool([call(OCTOBER, 250)], [BANDED], [free_units_of(package, carried, {0}, terms())], {})
    assert pool.used == [200]
    assert pool.records[0].amount == Fraction(50) * Fraction("0.002")
