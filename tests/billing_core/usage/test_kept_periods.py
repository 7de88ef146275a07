"""What is left of packages after days whose records were purged: it follows from the free units of these days."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from billing_core.usage.rating.free_units import FreeUnits
from billing_core.usage.rating.kept_periods import used_of_packages

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
