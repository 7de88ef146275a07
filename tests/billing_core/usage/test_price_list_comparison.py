"""What a price list brings, with figures worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.usage.price_lists.comparison import Comparison, compare
from billing_core.usage.price_lists.lists import DestinationPrice, PriceList
from tests.billing_core.usage.lists import OFF_PEAK, PEAK, price_list, row

TODAY = date(2026, 1, 1)
CODES = frozenset({"1", "44", "49", "420"})
GERMANY = row("49", "Germany", "0.02")
BEFORE = price_list(GERMANY, row("4915", "Germany mobile", "0.10"), row("4916", "Germany mobile", "0.10"))
AFTER = price_list(
    GERMANY, row("4915", "Germany mobile", "0.13"), row("44", "United Kingdom", "0.02"),
    row("447", "United Kingdom", "0.02"),
)  # fmt: skip


def compared(before: PriceList | None, after: PriceList, percent: str = "20", today: date = TODAY) -> Comparison:
    return compare(before, after, today, CODES, Decimal(percent))


def said(found: Comparison) -> list[tuple[str, str, str]]:
    return [(each.kind, each.prefix, each.detail) for each in found.findings]


def test_the_worked_example():
    found = compared(BEFORE, AFTER)

    assert said(found) == [
        ("gone", "4916", "priced now as 49 (Germany)"),
        ("jump", "4915", "price 0.10 -> 0.13, +30 %"),
        ("jump", "4916", "price 0.10 -> 0.02, -80 %"),
        ("needless", "447", "says what 44 says"),
        ("new", "44", "not priced before"),
        ("new", "447", "not priced before"),
    ]
    assert (found.rows, found.same, found.dearer, found.cheaper, found.new, found.gone) == (4, 1, 1, 1, 2, 1)


def test_a_list_compared_with_itself_brings_nothing():
    found = compared(BEFORE, BEFORE)

    assert found.findings == ()
    assert (found.same, found.dearer, found.cheaper, found.new, found.gone) == (3, 0, 0, 0, 0)


def test_a_jump_is_above_the_percentage_and_not_at_it():
    dearer = price_list(row("49", "Germany", "0.024"))

    assert not compared(price_list(GERMANY), dearer, "20").findings
    assert [each.kind for each in compared(price_list(GERMANY), dearer, "19.9").findings] == ["jump"]


@pytest.mark.parametrize(
    ("before", "after", "detail"),
    [
        (row("49", "Germany", "0"), GERMANY, "price 0 -> 0.02"),
        (GERMANY, row("49", "Germany", "0"), "price 0.02 -> 0"),
        (GERMANY, row("49", "Germany", "0.02", connection="0.05"), "connection 0 -> 0.05"),
        (GERMANY, row("49", "Germany", "0.02", maximum="1"), "maximum none -> 1"),
    ],
)
def test_an_amount_from_or_to_nothing_jumps(before: DestinationPrice, after: DestinationPrice, detail: str):
    assert said(compared(price_list(before), price_list(after))) == [("jump", "49", detail)]


def test_bands_are_named_and_a_band_without_price_jumps():
    bands = (PEAK, OFF_PEAK)
    before = price_list(row("49", "Germany", "0.05", "0.02"), bands=bands)
    after = price_list(row("49", "Germany", "0.05", None), bands=bands)

    assert said(compared(before, after)) == [("jump", "49", "price of off-peak 0.02 -> none")]


def test_longer_steps_alone_are_dearer_and_named():
    found = compared(price_list(GERMANY), price_list(row("49", "Germany", "0.02", first=60, next=60)))

    assert (found.dearer, found.cheaper) == (1, 0)
    assert said(found) == [("steps", "49", "0/0 -> 60/60")]


def test_a_lower_maximum_is_cheaper():
    found = compared(
        price_list(row("49", "Germany", "0.02", maximum="2")), price_list(row("49", "Germany", "0.02", maximum="1.9"))
    )

    assert (found.dearer, found.cheaper) == (0, 1)


def test_a_destination_that_no_row_names_any_more_is_lost():
    after = price_list(GERMANY)

    assert ("lost", "4915", "no row names this destination any more") in said(compared(BEFORE, after))


def test_a_calling_code_is_a_gap_if_longer_prefixes_price_a_part_of_it():
    """4915 and 4916 are 2 of 100 parts of 49; 420 is priced itself; all ten parts of 44 are priced."""
    parts = [row(f"44{digit}", "United Kingdom", "0.01") for digit in range(10)]
    holed = price_list(
        row("4915", "Germany mobile", "0.10"), row("4916", "Germany mobile", "0.10"), row("49151", "O2", "0.1"),
        row("420", "Czechia", "0.01"), row("4206", "Czechia mobile", "0.02"), *parts,
    )  # fmt: skip

    gaps = [each for each in said(compared(None, holed)) if each[0] == "gap"]

    assert gaps == [("gap", "49", "2 prefixes price 2 % of its numbers; the others have no price")]


def test_a_price_for_every_other_number_leaves_no_gap():
    assert not compared(None, price_list(row("4915", "Germany mobile", "0.1"), row("", "Elsewhere", "1"))).findings


def test_lists_of_data_have_no_calling_codes():
    assert not compared(None, price_list(row("4915", "portal", "0.1"), unit="GB")).findings


def test_a_first_day_that_has_passed_is_named():
    found = compared(None, BEFORE, today=date(2026, 1, 2))

    assert [each.kind for each in found.findings] == ["past"]


def test_other_terms_are_named():
    after = price_list(GERMANY, name="Calls abroad", band_of="start")

    assert said(compared(price_list(GERMANY), after)) == [
        ("terms", "", "name is 'Calls abroad', was 'Calls'"), ("terms", "", "band_of is 'start', was 'moment'"),
    ]  # fmt: skip


def test_a_special_number_is_compared_with_the_special_number():
    before = price_list(row("112", "Emergency", "0", is_special=True), row("1", "America", "0.01"))
    after = price_list(row("112", "Emergency", "0", is_special=True), row("1", "America", "0.01"),
                       row("1125", "America special", "0.01"))  # fmt: skip

    assert said(compared(before, after)) == [("new", "1125", "priced before as 1 (America)")]


PREFIXES = st.text("0123", min_size=1, max_size=4)
LISTS = st.dictionaries(PREFIXES, st.sampled_from(["0", "0.1", "0.2"]), min_size=1, max_size=12).map(
    lambda found: price_list(*(row(prefix, f"to {price}", price) for prefix, price in sorted(found.items())))
)


@given(LISTS, LISTS)
def test_backwards_what_was_new_is_gone_and_what_was_dearer_is_cheaper(one: PriceList, other: PriceList):
    there, back = compared(one, other), compared(other, one)

    assert (there.new, there.gone, there.same) == (back.gone, back.new, back.same)
    assert (there.dearer, there.cheaper) == (back.cheaper, back.dearer)
