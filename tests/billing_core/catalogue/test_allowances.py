"""Allowances: included units, and units that are carried over into later periods."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.allowances import Allotment, Allowance, allotment, beyond, require_allowance
from billing_core.kernel.errors import InvalidValue

CARRIED = Allowance(quantity=Decimal(10), carried_periods=2, most_carried=Decimal(15))
units = st.integers(0, 40).map(lambda tenths: Decimal(tenths) / 2)


def over(allowance: Allowance, *used: str) -> list[Allotment]:
    """What is used of the allowance in periods that follow one another."""
    found: list[Allotment] = []
    for quantity in used:
        carried = found[-1].left if found else ()
        found.append(allotment(allowance, carried, Decimal(quantity)))
    return found


def amounts(found: Sequence[Allotment]) -> list[tuple[int, int, int, list[int]]]:
    return [(int(each.carried), int(each.included), int(each.priced), list(map(int, each.left))) for each in found]


def test_the_example_over_four_periods():
    assert amounts(over(CARRIED, "4", "0", "12", "30")) == [
        (0, 4, 0, [6]),
        (0, 0, 0, [10, 5]),
        (12, 0, 0, [10, 3]),
        (13, 10, 7, [0, 0]),
    ]


def test_units_are_lost_after_the_periods_for_which_they_are_carried_over():
    """For one period: the 10 of the first are not there in the third."""
    once = Allowance(quantity=Decimal(10), carried_periods=1)

    assert amounts(over(once, "0", "0", "25")) == [(0, 0, 0, [10]), (0, 0, 0, [10]), (10, 10, 5, [0])]


def test_without_carried_periods_unused_units_are_lost():
    assert amounts(over(Allowance(quantity=Decimal(10)), "0", "25")) == [(0, 0, 0, []), (0, 10, 15, [])]


def test_without_a_most_all_unused_units_are_carried_over():
    unlimited = Allowance(quantity=Decimal(10), carried_periods=3)

    assert amounts(over(unlimited, "0", "0", "0", "40")) == [
        (0, 0, 0, [10]), (0, 0, 0, [10, 10]), (0, 0, 0, [10, 10, 10]), (30, 10, 0, [0, 0, 0]),
    ]  # fmt: skip


@given(used=st.lists(units, max_size=12), periods=st.integers(0, 4), most=st.one_of(st.none(), units))
def test_each_used_unit_is_carried_included_or_priced_and_no_unit_is_used_twice(
    used: list[Decimal], periods: int, most: Decimal | None
):
    allowance = Allowance(quantity=Decimal(7), carried_periods=periods, most_carried=most)
    found = over(allowance, *map(str, used))

    for number, (each, quantity) in enumerate(zip(found, used, strict=True), 1):
        assert each.carried + each.included + each.priced == quantity
        assert sum(before.carried + before.included for before in found[:number]) <= number * allowance.quantity
        assert each.included <= allowance.quantity
        assert not each.priced or not any(each.left), "nothing is priced while units are left"
        assert len(each.left) <= periods
        assert most is None or sum(each.left) <= most


def test_the_units_beyond_come_last():
    quantities = [Decimal(3), Decimal(4), Decimal(5)]

    assert beyond(quantities, Decimal(0)) == quantities
    assert beyond(quantities, Decimal(5)) == [2, 5]
    assert beyond(quantities, Decimal(12)) == []


@pytest.mark.parametrize(
    ("allowance", "told"),
    [
        (Allowance(quantity=Decimal(0)), "quantity '0': includes nothing; leave the allowance out"),
        (Allowance(quantity=Decimal(-1)), "quantity '-1': must be from 0 to below 10^15, with at most 6 decimals"),
        (Allowance(quantity=Decimal(1), carried_periods=-1), "carried periods '-1': must be 0 to 120"),
        (Allowance(quantity=Decimal(1), carried_periods=121), "carried periods '121': must be 0 to 120"),
        (Allowance(quantity=Decimal(1), most_carried=Decimal(1)), "most carried '1': needs carried_periods"),
        (
            Allowance(quantity=Decimal(1), carried_periods=1, most_carried=Decimal("0.1234567")),
            "most carried '0.1234567': must be from 0",
        ),
    ],
)
def test_an_allowance_that_cannot_be_kept_is_refused(allowance: Allowance, told: str):
    with pytest.raises(InvalidValue) as refused:
        require_allowance(allowance, "tariff net, component data, allowance")
    assert f"tariff net, component data, allowance, {told}" in str(refused.value)
