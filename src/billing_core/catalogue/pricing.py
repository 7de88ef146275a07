"""Usage prices: what the quantities used in one period cost, by the model the price is stated in.

Decides whether such a price is sound, and the exact amount with the steps that explain it. Does not decide which
usage belongs to a period, nor does it round: that happens once, when the amount becomes a charge.

All models but two look at the sum of the quantities alone, so it does not matter how usage is cut into events:

- *unit*: quantity x price.
- *graduated*: the quantity fills the tiers from below. A tier is reached when the quantity is above the bound of the
  tier before it; each tier reached charges its part of the quantity at its own price, and its flat fee once.
- *volume*: the whole quantity at the price of the last tier reached, plus that tier's flat fee only.
- *package*: the units beyond the free ones, in packages; a package that is begun is paid whole.
- *percentage*: a rate on the volume and a fee for each usage event, beyond what is free (below).

- *destinations*: each record of usage is priced by a price list of destinations (`billing_core.usage.price_lists`) when
  it is rated; the account learns the exact amounts, and only their sum is rounded.

An upper bound belongs to its tier; the next tier starts with the least decimal above it. Flat fees are due only with
usage, unless the price has `flat_at_zero`: then the first tier counts as reached.

Free usage of a percentage price: the usage events are taken in order of time, and usage is free until the first of the
allowances is used up: `free_events` events, `free_volume` of quantity. An allowance of 0 is not given and ends nothing.
Free usage pays neither rate nor fee. An event in which the free volume ends pays the rate on what lies beyond it, and
its fee; one that ends exactly with the free volume is still free. This is what billing systems mean by "the first 3
transactions or 500.00 are free". An event of quantity 0 is no usage and counts as none.

Worked examples:

    graduated, 10 a unit + flat 2 up to 10, then 5 a unit + flat 3
        10        ->  10 x 10 + 2                                       = 102
        10.000001 ->  10 x 10 + 2 + 0.000001 x 5 + 3                    = 105.000005
        12        ->  10 x 10 + 2 + 2 x 5 + 3                           = 115
    volume, the same tiers
        10        ->  10 x 10 + 2                                       = 102
        12        ->  12 x 5 + 3                                        = 63
    package of 5 at 3.00, 1 unit free
        6         ->  (6 - 1) / 5 = 1 package                           = 3
        6.5       ->  (6.5 - 1) / 5, rounded up to 2 packages           = 6
    percentage, 1.3 % and 2 for each event; 3 events free, at most 250
        50, 100, 250, 400 -> free: 250 of 800, and the first 2 events; the third passes 250 and pays its fee
                             550 x 1.3 % + 2 x 2                        = 11.15
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from itertools import accumulate
from math import ceil
from typing import Literal, NamedTuple

import msgspec

from billing_core.catalogue.prices import require_price, require_units
from billing_core.catalogue.unit_packages import UnitPackage, require_packages
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.phrases import Phrase, phrase
from billing_core.parties.details import require_text

Counted = Literal["seconds", "bytes", "items"]

# --- values


class Tier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A unit price, and a fee for reaching it, up to and including a bound; the last tier has no bound.

    Without a unit price each of its units is free: `up_to=10` alone is 10 free units, `flat=5` alone a flat tier.
    """

    up_to: Decimal | None = None
    unit: Decimal = Decimal(0)
    flat: Decimal = Decimal(0)


class _Pricing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False, tag_field="model"):
    """All models share only their stored form: the model's name stands in `model`."""


class UnitPrice(_Pricing, frozen=True, kw_only=True, tag="unit"):
    """Every unit at one price."""

    price: Decimal


class Graduated(_Pricing, frozen=True, kw_only=True, tag="graduated"):
    """Each tier at its own price, with the flat fee of every tier reached."""

    tiers: tuple[Tier, ...]
    flat_at_zero: bool = False


class Volume(_Pricing, frozen=True, kw_only=True, tag="volume"):
    """The whole quantity at the tier it reaches, with the flat fee of that tier."""

    tiers: tuple[Tier, ...]
    flat_at_zero: bool = False


class Package(_Pricing, frozen=True, kw_only=True, tag="package"):
    """Whole packages of `size` units, after `free` units."""

    size: Decimal
    price: Decimal
    free: Decimal = Decimal(0)


class Percentage(_Pricing, frozen=True, kw_only=True, tag="percentage"):
    """`rate` percent of the volume and `per_event` for each usage event, from where the first allowance ends."""

    rate: Decimal
    per_event: Decimal = Decimal(0)
    free_events: int = 0
    free_volume: Decimal = Decimal(0)


class Destinations(_Pricing, frozen=True, kw_only=True, tag="destinations"):
    """Each record at the price of its destination in a price list, after the units of packages.

    `counts` is what the price list prices: seconds of calls, bytes, or items.
    """

    price_list: str
    counts: Counted = "seconds"
    packages: tuple[UnitPackage, ...] = ()


UsagePricing = UnitPrice | Graduated | Volume | Package | Percentage | Destinations


class UsageAmount(NamedTuple):
    """An exact amount, and in words how it came about, for the customer and the auditor."""

    amount: Fraction
    steps: tuple[Phrase, ...]


# --- is the price sound


def require_pricing(pricing: UsagePricing, place: str) -> None:
    """Every quantity has exactly one price, and no price, size or allowance is out of range."""
    match pricing:
        case UnitPrice():
            require_price(pricing.price, f"{place}, price")
        case Graduated() | Volume():
            _require_tiers(pricing.tiers, place)
        case Package():
            require_price(pricing.price, f"{place}, price")
            require_units(pricing.free, f"{place}, free")
            require_units(pricing.size, f"{place}, size")
            if pricing.size == 0:
                raise InvalidValue("a package holds more than 0 units", field=f"{place}, size", value=pricing.size)
        case Percentage():
            _require_percentage(pricing, place)
        case Destinations():
            require_text(pricing.price_list, f"{place}, price list")
            require_packages(pricing.packages, place)


def _require_tiers(tiers: tuple[Tier, ...], place: str) -> None:
    if not tiers:
        raise InvalidValue("needs at least one tier; a last tier has no up_to", field=f"{place}, tiers")
    lower = Decimal(0)
    for number, tier in enumerate(tiers, start=1):
        here = f"{place}, tier {number}"
        require_price(tier.unit, f"{here}, unit")
        require_price(tier.flat, f"{here}, flat")
        if tier.up_to is None:
            if number < len(tiers):
                raise InvalidValue("has no up_to, but tiers follow it; only the last one goes without", field=here)
            return
        require_units(tier.up_to, f"{here}, up_to")
        if tier.up_to <= lower:
            raise InvalidValue(
                f"must be above {lower}, the beginning of the tier; list the tiers from the lowest to the highest",
                field=f"{here}, up_to",
                value=tier.up_to,
            )
        lower = tier.up_to
    raise InvalidValue(
        "usage above it has no price; add a tier without up_to", field=f"{place}, tier {len(tiers)}, up_to", value=lower
    )


def _require_percentage(pricing: Percentage, place: str) -> None:
    require_price(pricing.rate, f"{place}, rate")
    if pricing.rate > 100:
        raise InvalidValue("must be a percentage from 0 to 100", field=f"{place}, rate", value=pricing.rate)
    require_price(pricing.per_event, f"{place}, per_event")
    require_units(pricing.free_volume, f"{place}, free_volume")
    if pricing.free_events < 0:
        raise InvalidValue("must not be negative", field=f"{place}, free_events", value=pricing.free_events)


# --- what usage costs


def usage_amount(pricing: UsagePricing, quantities: Sequence[Decimal]) -> UsageAmount:
    """The cost of the usage events of one period, in order of time; the price is a sound one."""
    for quantity in quantities:
        if not quantity.is_finite() or quantity < 0:
            raise InvalidValue(
                "must not be negative; take the wrong usage out instead", field="usage, quantity", value=quantity
            )
    used = [Fraction(quantity) for quantity in quantities if quantity]
    whole = sum(used, Fraction(0))
    if not used and not (isinstance(pricing, Graduated | Volume) and pricing.flat_at_zero):
        return UsageAmount(Fraction(0), ())
    match pricing:
        case UnitPrice():
            return UsageAmount(whole * Fraction(pricing.price), (phrase("at", _written(whole), pricing.price),))
        case Graduated() | Volume():
            return _tiered(pricing, whole)
        case Package():
            return _in_packages(pricing, whole)
        case Percentage():
            return _percentage(pricing, used)
        case Destinations():
            raise InvalidValue("is priced by records, each on its own", field="pricing", value=pricing.price_list)


def _tiered(pricing: Graduated | Volume, whole: Fraction) -> UsageAmount:
    reached = list(_fill_tiers(pricing.tiers, whole))
    if isinstance(pricing, Volume):
        reached = [(reached[-1][0], whole)]
    amount = sum((part * Fraction(tier.unit) + Fraction(tier.flat) for tier, part in reached), Fraction(0))
    return UsageAmount(amount, tuple(_tier_step(tier, part) for tier, part in reached))


def _tier_step(tier: Tier, part: Fraction) -> Phrase:
    if tier.flat:
        return phrase("at-with-flat", _written(part), tier.unit, tier.flat)
    return phrase("at", _written(part), tier.unit)


def _fill_tiers(tiers: tuple[Tier, ...], whole: Fraction) -> Iterator[tuple[Tier, Fraction]]:
    """The tiers a quantity reaches, each with its part of it; at zero that is the first tier alone."""
    lower = Fraction(0)
    for tier in tiers:
        upper = whole if tier.up_to is None else Fraction(tier.up_to)
        if whole <= upper:
            yield tier, whole - lower
            return
        yield tier, upper - lower
        lower = upper


def _in_packages(pricing: Package, whole: Fraction) -> UsageAmount:
    free = min(whole, Fraction(pricing.free))
    packages = ceil((whole - free) / Fraction(pricing.size))
    step = phrase("packages", packages, pricing.size, pricing.price)
    if free:
        step = phrase("with-free", step, phrase("units", _written(free)))
    return UsageAmount(packages * Fraction(pricing.price), (step,))


def _percentage(pricing: Percentage, used: list[Fraction]) -> UsageAmount:
    free_events, free_volume = _free_usage(pricing, used)
    volume, events = sum(used, Fraction(0)) - free_volume, len(used) - free_events
    steps = [_with_free(phrase("share-of", pricing.rate, _written(volume)), free_volume)]
    if pricing.per_event:
        steps.append(_with_free(phrase("events", events, pricing.per_event), Fraction(free_events)))
    return UsageAmount(volume * Fraction(pricing.rate) / 100 + events * Fraction(pricing.per_event), tuple(steps))


def _free_usage(pricing: Percentage, used: list[Fraction]) -> tuple[int, Fraction]:
    """The number of free events and the free volume: everything until the first of the allowances is used up."""
    if not pricing.free_events and not pricing.free_volume:
        return 0, Fraction(0)
    totals = list(accumulate(used[: pricing.free_events or None]))
    if not pricing.free_volume:
        return len(totals), totals[-1]
    free_volume = Fraction(pricing.free_volume)
    return bisect_right(totals, free_volume), min(totals[-1], free_volume)


# --- words


# Wide enough for every sum of quantities, which are decimals: the division below is exact.
_WIDE = Context(prec=200)


def _written(quantity: Fraction) -> str:
    exact = _WIDE.divide(Decimal(quantity.numerator), Decimal(quantity.denominator))
    return f"{exact:f}"


def _with_free(step: Phrase, free: Fraction) -> Phrase:
    return phrase("with-free", step, _written(free)) if free else step
