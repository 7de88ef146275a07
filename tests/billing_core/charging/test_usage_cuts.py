"""Usage at one price, cut into lines: they sum to the price of the whole, and each explains its own amount."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.allowances import Allowance, beyond
from billing_core.catalogue.pricing import (
    Graduated,
    Package,
    Percentage,
    Tier,
    UnitPrice,
    UsagePricing,
    Volume,
    usage_amount,
)
from billing_core.charging.usage_cuts import CutAmount, UsagePrice, cut_amounts
from billing_core.kernel.money import rounded, total
from billing_core.kernel.phrases import joined, phrase
from tests.billing_core.any_timeline import allowances, pricings

TEN_FREE = Graduated(tiers=(Tier(up_to=Decimal(10), unit=Decimal(0)), Tier(unit=Decimal(1))))
CHEAPER = Volume(tiers=(Tier(up_to=Decimal(100), unit=Decimal(1)), Tier(unit=Decimal("0.5"))))
quantities = st.integers(0, 300).map(lambda hundredths: Decimal(hundredths) / 100)
cuts_of = st.lists(st.lists(quantities, max_size=4), min_size=1, max_size=5)


def cut(
    pricing: UsagePricing, *cuts: str, before: str | None = None, allowance: Allowance | None = None,
    carried: Sequence[int] = (),
) -> list[tuple[str, str]]:  # fmt: skip
    """Amounts and explanations of cuts that are written as their quantities: `5 2.5`."""
    found = cut_amounts(
        UsagePrice(pricing, allowance, False),
        [list(map(Decimal, each.split())) for each in cuts],
        "EUR",
        None if before is None else list(map(Decimal, before.split())),
        list(map(Decimal, carried)),
    )
    return [(f"{each.amount.amount:f}", str(joined("steps", each.steps))) for each in found]


# --- worked examples


def test_the_second_line_is_the_price_of_all_units_less_that_of_those_before():
    assert cut(TEN_FREE, "10", "10") == [
        ("0.00", "used 10; 10 at 0"),
        ("10.00", "used 10 after 10 before: 10 at 0, 10 at 1, less 0.00 EUR for those before"),
    ]


def test_a_package_that_is_begun_before_the_cut_is_not_paid_again():
    package = Package(size=Decimal(10), price=Decimal(5))

    assert cut(package, "5", "5") == [
        ("5.00", "used 5; 1 package of 10 at 5"),
        ("0.00", "used 5 after 5 before: 1 package of 10 at 5, less 5.00 EUR for those before"),
    ]


def test_the_free_event_is_the_first_of_all():
    """10 % with one free event of 5: the second event pays 0.50, also if it is after the cut."""
    assert cut(Percentage(rate=Decimal(10), free_events=1), "5", "5") == [
        ("0.00", "used 5; 10% of 0 (5 free)"),
        ("0.50", "used 5 after 5 before: 10% of 5 (5 free), less 0.00 EUR for those before"),
    ]


def test_a_volume_price_is_split_in_proportion_to_the_units():
    assert cut(CHEAPER, "80", "40") == [
        ("40.00", "used 80 of 120: 120 at 0.5 are 60.00 EUR, 80/120 of it"),
        ("20.00", "used 40 of 120: 120 at 0.5 are 60.00 EUR, 40/120 of it"),
    ]


def test_a_part_says_so_if_the_parts_are_rounded_to_their_sum():
    """0.01 over three equal cuts: 0.01, 0.00 and 0.00."""
    cent = Volume(tiers=(Tier(unit=Decimal("0.0033")),))

    assert [steps.rpartition(", ")[2] for _, steps in cut(cent, "1", "1", "1")] == [
        "rounded so that the parts sum to the whole", "1/3 of it", "1/3 of it",
    ]  # fmt: skip


def test_each_line_is_rounded_once_and_they_sum_to_the_rounded_whole():
    """3 x 0.004 is 0.012, rounded 0.01; it arises with the second unit, 0.008."""
    assert [amount for amount, _ in cut(UnitPrice(price=Decimal("0.004")), "1", "1", "1")] == ["0.00", "0.01", "0.00"]


def test_what_was_used_on_another_account_counts_and_is_not_charged_again():
    assert cut(TEN_FREE, "5", before="8") == [
        ("3.00", "used 5 after 8 before: 10 at 0, 3 at 1, less 0.00 EUR for those before")
    ]
    assert cut(CHEAPER, "20", before="100") == [("10.00", "used 20 of 120: 120 at 0.5 are 60.00 EUR, 20/120 of it")]


def test_a_flat_fee_at_zero_is_charged_by_the_first_account_alone():
    flat = Graduated(tiers=(Tier(unit=Decimal(1), flat=Decimal(5)),), flat_at_zero=True)

    assert [amount for amount, _ in cut(flat, "", "2")] == ["5.00", "2.00"]
    assert [amount for amount, _ in cut(flat, "2", before="")] == ["2.00"]
    assert [amount for amount, _ in cut(flat, "2")] == ["7.00"]


def test_carried_and_included_units_are_not_priced():
    """6 carried, 10 included: 16 of 22 are not priced; the cut after 12 has the last 4 of them."""
    allowance = Allowance(quantity=Decimal(10), carried_periods=2)

    assert cut(UnitPrice(price=Decimal(1)), "22", allowance=allowance, carried=[0, 6]) == [
        ("6.00", "used 22: 6 carried over, 10 included, 6 priced; 6 at 1")
    ]
    assert cut(UnitPrice(price=Decimal(1)), "12", "10", allowance=allowance, carried=[0, 6]) == [
        ("0.00", "used 12: 6 carried over, 6 included, 0 priced"),
        (
            "6.00",
            "used 10 after 12 before (in all 6 carried over, 10 included, 6 priced): 6 at 1, "
            "less 0.00 EUR for those before",
        ),
    ]


def test_a_volume_price_is_split_in_proportion_to_the_priced_units():
    """10 included: 70 of the first 80 and all other 40 are priced, 110 at 0.50."""
    included = Allowance(quantity=Decimal(10))

    assert [amount for amount, _ in cut(CHEAPER, "80", "40", allowance=included)] == ["35.00", "20.00"]
    assert cut(CHEAPER, "2", "3", allowance=included) == [
        ("0.00", "used 2 of 5 (in all 0 carried over, 5 included, 0 priced)"),
        ("0.00", "used 3 of 5 (in all 0 carried over, 5 included, 0 priced)"),
    ]


# --- properties


@given(pricing=pricings, cuts=cuts_of, allowance=allowances, carried=st.lists(quantities, max_size=2))
def test_the_lines_sum_to_the_rounded_price_of_the_whole_however_it_is_cut(
    pricing: UsagePricing, cuts: list[list[Decimal]], allowance: Allowance | None, carried: list[Decimal]
):
    found = cut_amounts(UsagePrice(pricing, allowance, False), cuts, "EUR", None, carried)

    whole = [quantity for each in cuts for quantity in each]
    priced = beyond(whole, allowance.quantity + sum(carried)) if allowance else whole
    assert total([each.amount for each in found], "EUR") == rounded(usage_amount(pricing, priced).amount, "EUR")
    assert all(each.amount.amount >= 0 for each in found)


@given(pricing=pricings.filter(lambda each: not isinstance(each, Volume)), cuts=cuts_of, account=st.integers(1, 4))
def test_the_lines_of_two_accounts_sum_to_those_of_one(pricing: UsagePricing, cuts: list[list[Decimal]], account: int):
    """Whatever is used up to some cut is before, on another account."""
    price = UsagePrice(pricing, None, False)
    first, second = cuts[:account], cuts[account:]
    before = [quantity for each in first for quantity in each]
    there = cut_amounts(price, second, "EUR", before) if second else []

    assert [each.amount for each in (*cut_amounts(price, first, "EUR"), *there)] == [
        each.amount for each in cut_amounts(price, cuts, "EUR")
    ]


TERM = re.compile(r"(?P<units>[0-9.]+) at (?P<unit>[0-9.]+)(?: \+ flat (?P<flat>[0-9.]+))?")
LESS = re.compile(r"less (?P<amount>[0-9.]+) EUR for")
PART = re.compile(r"(?P<part>[0-9.]+)/(?P<whole>[0-9.]+) of it")


@given(
    pricing=pricings.filter(lambda each: isinstance(each, UnitPrice | Graduated | Volume)),
    cuts=cuts_of,
    allowance=allowances,
    before=st.one_of(st.none(), st.lists(quantities, max_size=3)),
)
def test_the_explanation_of_a_line_gives_its_amount_when_it_is_read_by_itself(
    pricing: UsagePricing, cuts: list[list[Decimal]], allowance: Allowance | None, before: list[Decimal] | None
):
    for each in cut_amounts(UsagePrice(pricing, allowance, False), cuts, "EUR", before):
        assert read(each) == each.amount.amount


def read(line: CutAmount) -> Decimal:
    """What a line says that it is: units at their prices, less an amount, or a part of it."""
    words = str(joined("steps", line.steps))
    terms = [match.groupdict() for match in TERM.finditer(words)]
    cost = sum(
        (Fraction(term["units"]) * Fraction(term["unit"]) + Fraction(term["flat"] or 0) for term in terms), Fraction(0)
    )
    amount = rounded(cost, "EUR").amount
    if less := LESS.search(words):
        amount -= Decimal(less["amount"])
    if (part := PART.search(words)) and "rounded so that" in words:
        return line.amount.amount
    if part:
        return rounded(Fraction(amount) * Fraction(part["part"]) / Fraction(part["whole"]), "EUR").amount
    return amount


def test_the_reader_of_explanations_can_fail():
    (wrong,) = cut_amounts(UsagePrice(TEN_FREE, None, False), [[Decimal(12)]], "EUR")
    other = wrong._replace(steps=(phrase("used", 12), phrase("at", 12, 1)))

    assert [read(wrong), read(other)] == [2, 12]


@pytest.mark.parametrize("pricing", [TEN_FREE, CHEAPER, Package(size=Decimal(5), price=Decimal(1))])
def test_nothing_used_is_nothing_to_pay(pricing: UsagePricing):
    nothing: Sequence[Sequence[Decimal]] = [[], []]

    assert [each.amount.amount for each in cut_amounts(UsagePrice(pricing, None, False), nothing, "EUR")] == [0, 0]
