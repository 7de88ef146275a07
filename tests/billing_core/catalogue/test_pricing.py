"""Usage prices: every model with figures worked out by hand, exact at its bounds, and refused where it has a gap."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.pricing import (
    Graduated,
    Package,
    Percentage,
    Tier,
    UnitPrice,
    UsageAmount,
    UsagePricing,
    Volume,
    require_pricing,
    usage_amount,
)
from billing_core.kernel.errors import InvalidValue

LEAST = Decimal("0.000001")


def tier(up_to: str | None, unit: str, flat: str = "0") -> Tier:
    return Tier(up_to=None if up_to is None else Decimal(up_to), unit=Decimal(unit), flat=Decimal(flat))


def package(size: str, price: str, free: str = "0") -> Package:
    return Package(size=Decimal(size), price=Decimal(price), free=Decimal(free))


def percentage(rate: str, per_event: str = "0", free_events: int = 0, free_volume: str = "0") -> Percentage:
    return Percentage(
        rate=Decimal(rate), per_event=Decimal(per_event), free_events=free_events, free_volume=Decimal(free_volume)
    )


def cost(pricing: UsagePricing, *quantities: str) -> Fraction:
    return usage_amount(pricing, [Decimal(quantity) for quantity in quantities]).amount


def steps(pricing: UsagePricing, *quantities: str) -> tuple[str, ...]:
    return tuple(str(step) for step in usage_amount(pricing, [Decimal(quantity) for quantity in quantities]).steps)


TIERS = (tier("10", "10", "2"), tier(None, "5", "3"))
THREE_TIERS = (tier("10", "1"), tier("20.5", "0.5"), tier(None, "0.25"))

# --- strategies

quantities = st.decimals(min_value=0, max_value=1000, places=6)
usage = st.lists(quantities, max_size=8)
prices = st.decimals(min_value=0, max_value=100, places=6)


@st.composite
def tiers(draw: st.DrawFn, flats: st.SearchStrategy[Decimal] = prices) -> tuple[Tier, ...]:
    bounds = sorted(draw(st.sets(st.decimals(min_value=LEAST, max_value=1000, places=6), max_size=4)))
    return tuple(Tier(up_to=bound, unit=draw(prices), flat=draw(flats)) for bound in (*bounds, None))


without_flat = tiers(st.just(Decimal(0)))
packages = st.builds(Package, size=st.decimals(min_value=LEAST, max_value=500, places=6), price=prices, free=quantities)
percentages = st.builds(
    Percentage, rate=prices, per_event=prices, free_events=st.integers(0, 5), free_volume=quantities
)
by_quantity = st.one_of(
    st.builds(UnitPrice, price=prices),
    st.builds(Graduated, tiers=tiers(), flat_at_zero=st.booleans()),
    st.builds(Volume, tiers=tiers(), flat_at_zero=st.booleans()),
    packages,
)


def exact(numbers: Sequence[Decimal]) -> Fraction:
    return sum((Fraction(number) for number in numbers), Fraction(0))


# --- worked by hand


@pytest.mark.parametrize(
    ("quantity", "graduated", "volume"),
    [
        ("0", "0", "0"),
        ("1", "12", "12"),
        ("10", "102", "102"),
        ("10.000001", "105.000005", "53.000005"),
        ("11", "110", "58"),
        ("12", "115", "63"),
    ],
)
def test_a_tier_ends_with_its_bound_and_the_next_one_starts_right_above_it(quantity, graduated, volume):
    assert cost(Graduated(tiers=TIERS), quantity) == Fraction(graduated)
    assert cost(Volume(tiers=TIERS), quantity) == Fraction(volume)


def test_each_tier_and_its_flat_fee_is_a_step_and_volume_is_one_step():
    assert steps(Graduated(tiers=TIERS), "10") == ("10 at 10 + flat 2",)
    assert steps(Graduated(tiers=TIERS), "4.5", "7.75") == ("10 at 10 + flat 2", "2.25 at 5 + flat 3")
    assert steps(Graduated(tiers=THREE_TIERS), "21") == ("10 at 1", "10.5 at 0.5", "0.5 at 0.25")
    assert steps(Volume(tiers=TIERS), "12") == ("12 at 5 + flat 3",)


def test_units_of_a_tier_without_a_unit_price_are_free():
    """10 units free, then 0.50 each: 12 units cost 2 x 0.50 graduated; by volume all of them are in the second tier."""
    first_free = (Tier(up_to=Decimal(10)), tier(None, "0.5"))
    assert [cost(Graduated(tiers=first_free), used) for used in ("10", "12")] == [0, 1]
    assert [cost(Volume(tiers=first_free), used) for used in ("10", "12")] == [0, 6]

    flat_tiers = (Tier(up_to=Decimal(10), flat=Decimal(5)), Tier(flat=Decimal(8)))
    assert [cost(Graduated(tiers=flat_tiers), used) for used in ("10", "12")] == [5, 13]
    assert [cost(Volume(tiers=flat_tiers), used) for used in ("10", "12")] == [5, 8]
    for tiers_without_unit in (first_free, flat_tiers):
        require_pricing(Graduated(tiers=tiers_without_unit), "data")


@pytest.mark.parametrize("model", [Graduated, Volume])
def test_a_flat_fee_at_zero_usage_is_due_only_where_the_price_says_so(model):
    for none_used in ((), ("0",)):
        assert usage_amount(model(tiers=TIERS), [Decimal(zero) for zero in none_used]) == UsageAmount(Fraction(0), ())
        assert cost(model(tiers=TIERS, flat_at_zero=True), *none_used) == 2
        assert steps(model(tiers=TIERS, flat_at_zero=True), *none_used) == ("0 at 10 + flat 2",)


@pytest.mark.parametrize(
    ("quantity", "amount", "step"),
    [
        ("1", "0", "0 packages of 5 at 3.00 (1 unit free)"),
        ("0.5", "0", "0 packages of 5 at 3.00 (0.5 units free)"),
        ("1.000001", "3", "1 package of 5 at 3.00 (1 unit free)"),
        ("6", "3", "1 package of 5 at 3.00 (1 unit free)"),
        ("6.000001", "6", "2 packages of 5 at 3.00 (1 unit free)"),
    ],
)
def test_a_package_that_is_begun_is_paid_whole_after_the_free_units(quantity, amount, step):
    pricing = package("5", "3.00", free="1")
    assert (cost(pricing, quantity), steps(pricing, quantity)) == (Fraction(amount), (step,))


def test_a_unit_price_is_not_rounded_before_it_is_multiplied():
    assert cost(UnitPrice(price=Decimal("0.000333")), "1000.5", "0.25") == Fraction("0.000333") * Fraction("1000.75")
    assert steps(UnitPrice(price=Decimal("0.10")), "1000.5", "0.5") == ("1001 at 0.10",)


def test_a_large_and_a_tiny_quantity_add_up_without_loss():
    assert cost(UnitPrice(price=Decimal(1)), "99999999999999999999", "0.0000000001") == Fraction(
        "99999999999999999999.0000000001"
    )
    assert steps(UnitPrice(price=Decimal(1)), "99999999999999999999", "0.0000000001") == (
        "99999999999999999999.0000000001 at 1",
    )


@pytest.mark.parametrize(
    ("free_events", "free_volume", "volume", "events"),
    [
        (0, "0", 800, 4),  # Nothing is free.
        (3, "0", 400, 1),  # The first three events are free: 50 + 100 + 250.
        (0, "250", 550, 2),  # 50 and 100 lie in the free volume, the third passes it.
        (3, "250", 550, 2),  # The volume is used up first.
        (3, "500", 400, 1),  # The events are used up first; what is left of the volume is lost.
        (3, "400", 400, 1),  # Both end with the third event, which is still free.
        (0, "150", 650, 2),  # An event that ends exactly with the free volume is free.
        (0, "149.999999", Fraction("650.000001"), 3),
        (5, "0", 0, 0),
        (0, "800", 0, 0),
    ],
)
def test_percentage_usage_is_free_until_the_first_allowance_is_used_up(free_events, free_volume, volume, events):
    pricing = percentage("1.3", "2", free_events, free_volume)

    assert cost(pricing, "50", "100", "250", "400") == volume * Fraction("0.013") + events * 2


def test_percentage_names_what_it_charges_and_what_was_free():
    used = ("50", "100", "250", "400")

    assert steps(percentage("1.3", "2.00", 3, "250"), *used) == ("1.3% of 550 (250 free)", "2 events at 2.00 (2 free)")
    assert steps(percentage("1.3", "2.00"), "10.5") == ("1.3% of 10.5", "1 event at 2.00")
    assert steps(percentage("1.3"), *used) == ("1.3% of 800",)
    assert steps(percentage("1.3", "2.00"), "0") == ()


def test_an_event_of_no_quantity_pays_no_fee_and_uses_no_free_event():
    assert cost(percentage("0", "2", free_events=1), "0", "10", "0", "10") == 2


def test_a_negative_quantity_is_refused():
    with pytest.raises(InvalidValue, match="take the wrong usage out") as caught:
        cost(UnitPrice(price=Decimal(1)), "5", "-2")

    assert (caught.value.field, caught.value.value) == ("usage, quantity", "-2")


# --- what always holds


@given(by_quantity, st.data())
def test_how_usage_is_cut_into_events_does_not_matter(pricing, data):
    used = data.draw(usage)
    whole = [sum(used, Decimal(0))]

    assert usage_amount(pricing, used) == usage_amount(pricing, whole)
    assert usage_amount(pricing, data.draw(st.permutations(used))) == usage_amount(pricing, used)


@given(tiers(), quantities, quantities)
def test_graduated_never_gets_cheaper_with_more_usage(steps_of_price, one, other):
    pricing = Graduated(tiers=steps_of_price)

    assert usage_amount(pricing, [min(one, other)]).amount <= usage_amount(pricing, [max(one, other)]).amount


@given(without_flat)
def test_graduated_without_flat_fees_does_not_jump_at_a_bound(steps_of_price):
    pricing = Graduated(tiers=steps_of_price)

    for lower, upper in pairwise(steps_of_price):
        assert lower.up_to is not None
        step = usage_amount(pricing, [lower.up_to + LEAST]).amount - usage_amount(pricing, [lower.up_to]).amount
        assert step == Fraction(LEAST) * Fraction(upper.unit)


@given(tiers(), quantities)
def test_graduated_is_the_sum_of_what_lies_in_each_tier(steps_of_price, quantity):
    expected, lower = Fraction(0), Fraction(0)
    for each in steps_of_price:
        upper = Fraction(quantity) if each.up_to is None else min(Fraction(quantity), Fraction(each.up_to))
        if quantity > lower:
            expected += (upper - lower) * Fraction(each.unit) + Fraction(each.flat)
        lower = upper if each.up_to is None else Fraction(each.up_to)

    assert usage_amount(Graduated(tiers=steps_of_price), [quantity]).amount == expected


@given(prices, usage)
def test_a_single_tier_without_a_flat_fee_is_a_unit_price(price, used):
    single = (Tier(unit=price),)
    expected = exact(used) * Fraction(price)

    assert usage_amount(UnitPrice(price=price), used).amount == expected
    assert usage_amount(Graduated(tiers=single), used).amount == expected
    assert usage_amount(Volume(tiers=single), used).amount == expected


@given(tiers(), quantities.filter(bool))
def test_volume_is_the_unit_price_of_the_tier_it_reaches(steps_of_price, quantity):
    reached = next(each for each in steps_of_price if each.up_to is None or quantity <= each.up_to)

    assert usage_amount(Volume(tiers=steps_of_price), [quantity]).amount == (
        usage_amount(UnitPrice(price=reached.unit), [quantity]).amount + Fraction(reached.flat)
    )


@given(packages, usage)
def test_whole_packages_cost_at_least_the_exact_share_and_less_than_one_package_more(pricing, used):
    exact_packages = max(Fraction(0), exact(used) - Fraction(pricing.free)) / Fraction(pricing.size)
    charged = usage_amount(pricing, used).amount

    assert charged >= exact_packages * Fraction(pricing.price)
    if pricing.price:
        assert charged < (exact_packages + 1) * Fraction(pricing.price)


@given(percentages, usage)
def test_percentage_is_the_sum_of_its_events_walked_one_by_one(pricing, used):
    expected = Fraction(0)
    events_before, volume_before = 0, Fraction(0)
    for quantity in (Fraction(each) for each in used if each):
        free = Fraction(0)
        if pricing.free_events or pricing.free_volume:
            by_volume = Fraction(pricing.free_volume) - volume_before if pricing.free_volume else quantity
            by_events = quantity if not pricing.free_events or events_before < pricing.free_events else Fraction(0)
            free = max(Fraction(0), min(quantity, by_volume, by_events))
        if free < quantity:
            expected += (quantity - free) * Fraction(pricing.rate) / 100 + Fraction(pricing.per_event)
        events_before, volume_before = events_before + 1, volume_before + quantity

    assert usage_amount(pricing, used).amount == expected


@given(percentages, usage)
def test_allowances_never_make_a_percentage_dearer(pricing, used):
    plain = msgspec.structs.replace(pricing, free_events=0, free_volume=Decimal(0))

    assert usage_amount(pricing, used).amount <= usage_amount(plain, used).amount


@given(by_quantity | percentages)
def test_a_sound_price_passes_and_is_the_same_after_storing(pricing):
    stored = msgspec.json.Encoder(decimal_format="string").encode(pricing)

    require_pricing(pricing, "component data")
    assert msgspec.json.decode(stored, type=UsagePricing) == pricing


def test_a_price_is_stored_with_the_name_of_its_model():
    assert msgspec.to_builtins(Package(size=Decimal(5), price=Decimal("3.00"))) == {
        "model": "package",
        "size": "5",
        "price": "3.00",
    }


# --- what is refused


@pytest.mark.parametrize(
    ("pricing", "field", "value", "message"),
    [
        (UnitPrice(price=Decimal("-1")), "price", "-1", "not be negative"),
        (UnitPrice(price=Decimal("0.0000001")), "price", "1E-7", "at most 6 decimals"),
        (UnitPrice(price=Decimal("NaN")), "price", "NaN", "not be negative"),
        (Graduated(tiers=()), "tiers", None, "at least one tier"),
        (Volume(tiers=(tier(None, "1"), tier(None, "2"))), "tier 1", None, "only the last one goes without"),
        (Graduated(tiers=(tier("10", "1"), tier("20", "2"))), "tier 2, up_to", "20", "above it has no price"),
        (Graduated(tiers=(tier("10", "1"), tier("10", "2"), tier(None, "3"))), "tier 2, up_to", "10", "above 10"),
        (Volume(tiers=(tier("10", "1"), tier("9", "2"), tier(None, "3"))), "tier 2, up_to", "9", "above 10"),
        (Volume(tiers=(tier("0", "1"), tier(None, "3"))), "tier 1, up_to", "0", "above 0"),
        (Volume(tiers=(tier("-5", "1"), tier(None, "3"))), "tier 1, up_to", "-5", "from 0"),
        (Volume(tiers=(tier("Infinity", "1"), tier(None, "3"))), "tier 1, up_to", "Infinity", "below 10"),
        (Volume(tiers=(tier("1.0000001", "1"), tier(None, "3"))), "tier 1, up_to", "1.0000001", "6 decimals"),
        (Graduated(tiers=(tier(None, "-1"),)), "tier 1, unit", "-1", "not be negative"),
        (Graduated(tiers=(tier(None, "1", "-2"),)), "tier 1, flat", "-2", "not be negative"),
        (package("0", "1"), "size", "0", "more than 0 units"),
        (package("-5", "1"), "size", "-5", "from 0"),
        (package("5", "-1"), "price", "-1", "not be negative"),
        (package("5", "1", free="-1"), "free", "-1", "from 0"),
        (percentage("-0.1"), "rate", "-0.1", "not be negative"),
        (percentage("100.000001"), "rate", "100.000001", "from 0 to 100"),
        (percentage("1", per_event="-1"), "per_event", "-1", "not be negative"),
        (percentage("1", free_events=-1), "free_events", "-1", "not be negative"),
        (percentage("1", free_volume="-1"), "free_volume", "-1", "from 0"),
    ],
)
def test_an_unsound_price_is_refused_with_its_place(pricing, field, value, message):
    with pytest.raises(InvalidValue, match=message) as caught:
        require_pricing(pricing, "tariff net, component data")

    assert (caught.value.field, caught.value.value) == (f"tariff net, component data, {field}", value)
