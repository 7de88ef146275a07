"""What is left of packages after days whose records were purged: it follows from the free units of these days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.pricing import Destinations
from billing_core.catalogue.unit_packages import UnitPackage
from billing_core.time.due_dates import WITHOUT_HOLIDAYS
from billing_core.usage.rating.compiled_lists import EPOCH, compile_list, compile_ported
from billing_core.usage.rating.free_units import FreeUnits
from billing_core.usage.rating.kept_periods import FreeDays, days_before, days_since, used_of_packages
from billing_core.usage.rating.pool_rating import PoolsRated, Prices, RatedLine, rate_pools
from billing_core.usage.rating.pools import Pool, pools_of
from billing_core.usage.rating.record_columns import RecordColumns, texts_of
from tests.billing_core.usage.lists import price_list, row
from tests.billing_core.usage.test_pools import CATALOGUE, services, subscribed, tariff, used

CALLS = {0}


def package(units: int, *groups: str, members: set[int] = CALLS) -> FreeUnits:
    return FreeUnits("any", units, frozenset(groups), frozenset(members))


def test_packages_are_used_in_their_order():
    free = {(0, "national"): 600, (0, "Germany"): 50}
    assert used_of_packages([package(500, "national"), package(300)], free) == [500, 150]
    assert used_of_packages([package(700, "national"), package(300)], free) == [600, 50]


def test_a_package_that_was_used_up_by_several_groups_hides_what_a_later_one_gave_to_one_of_them():
    """National and Germany had 200 each: of a first package of 300 for both nobody knows who had 200 of it."""
    free = {(0, "national"): 200, (0, "Germany"): 200}
    assert used_of_packages([package(300), package(100, "national")], free) is None
    assert used_of_packages([package(300), package(300)], free) == [300, 100]
    assert used_of_packages([package(400), package(100, "national")], free) == [400, 0]


def test_each_service_has_its_own_and_a_shared_package_is_all_of_theirs():
    free = {(0, "national"): 80, (1, "national"): 50}
    own = [package(60), package(60, members={1})]
    assert used_of_packages([*own, package(100, members={0, 1})], free) == [60, 50, 20]
    assert used_of_packages([package(100, members={0, 1}), *own], free) is None


def test_free_units_that_no_package_could_give_have_no_answer():
    """The package of that time is no more, or was larger."""
    assert used_of_packages([package(100)], {(0, "national"): 101}) is None
    assert used_of_packages([], {(0, "national"): 1}) is None
    assert used_of_packages([package(100)], {}) == [0]


GROUPS = st.sampled_from(["a", "b", "c"])
PACKAGES = st.lists(
    st.builds(lambda units, groups, members: package(units, *groups, members=members),
              st.integers(0, 9), st.sets(GROUPS), st.sets(st.integers(0, 1), min_size=1)),
    max_size=4,
)  # fmt: skip
RECORDS = st.lists(st.tuples(st.integers(0, 1), GROUPS, st.integers(1, 5)), max_size=12)


@given(PACKAGES, RECORDS)
def test_an_answer_is_what_the_records_used_one_after_the_other(
    packages: list[FreeUnits], records: list[tuple[int, str, int]]
):
    left = [each.units for each in packages]
    free: dict[tuple[int, str], int] = {}
    for member, group, units in records:
        rest = units
        for place, each in enumerate(packages):
            taken = min(rest, left[place]) if each.covers(member, group) else 0
            left[place] -= taken
            rest -= taken
        free[member, group] = free.get((member, group), 0) + units - rest
    found = used_of_packages(packages, {key: units for key, units in free.items() if units})
    assert found in (None, [each.units - rest for each, rest in zip(packages, left, strict=True)])


# --- a period of two services

OWN = UnitPackage(code="national", units=5, groups=("national",))
SHARED = UnitPackage(code="family", units=5, is_shared=True)
LIST = price_list(row("420", "Czechia", "0.06", group="national"), row("49", "Germany", "0.30"), code="a", zone="UTC")
PRICES = Prices({"a": compile_list([LIST])}, compile_ported(()), lambda _: WITHOUT_HOLIDAYS)
APRIL = date(2026, 4, 1)
Call = tuple[int, int, str, int]
CALLS_OF_APRIL = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 30 * 24 - 1), st.sampled_from(["420", "49", "7"]), st.integers(1, 240)),
    max_size=12,
)  # fmt: skip
BOTH = services(subscribed("V", "both"), subscribed("W", "both"))
BOTH = BOTH._replace(catalogue={
    **CATALOGUE, "both": tariff("both", ("calls", Destinations(price_list="a", packages=(OWN, SHARED))))
})  # fmt: skip
ACCOUNT = {"A1": BOTH}


@given(CALLS_OF_APRIL, st.integers(2, 29))
def test_the_days_since_a_purge_cost_what_they_cost_in_the_whole_period(calls: Sequence[Call], day: int):
    """What the earlier days used of the packages follows from their free units, so their records are not needed."""
    (pool,) = pools_of(BOTH, used("V", "calls", "2026-04-03"))
    whole, since = rated(pool, calls), APRIL + timedelta(days=day - 1)
    places = {member.subscription: place for place, member in enumerate(days_before(pool, since).members)}
    free = [
        FreeDays(places[line.day.subscription], line.price_list, line.valid_from_on, line.destination, line.free_units)
        for line in whole.lines if line.day.on < since and line.free_units
    ]  # fmt: skip

    rest = days_since(pool, since, free, PRICES.lists, ACCOUNT, {})

    assert rest is not None
    found = rated(rest, [call for call in calls if call[1] >= (day - 1) * 24])
    assert in_order(found.lines) == in_order([line for line in whole.lines if line.day.on >= since])
    assert found.packages == whole.packages


def rated(pool: Pool, calls: Sequence[Call]) -> PoolsRated:
    """The calls of members, each begun so many hours after the beginning of April."""
    member, hours, _, minutes = (np.array([call[place] for call in calls], dtype=object) for place in range(4))
    days = (APRIL - EPOCH).days
    started_at, nothing = (days * 24 + hours) * 3_600_000_000, np.zeros(len(calls), dtype=np.int64)
    columns = RecordColumns(
        member.astype(np.int64), started_at.astype(np.int64), (days + hours // 24).astype(np.int64),
        texts_of([call[2] for call in calls]), minutes.astype(np.int64), nothing, nothing, nothing,
    )  # fmt: skip
    return rate_pools([pool], columns, PRICES, ACCOUNT, {})


def in_order(lines: Sequence[RatedLine]) -> list[RatedLine]:
    return sorted(lines, key=lambda line: (line.day, line.destination))
