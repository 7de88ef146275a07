"""Usage of one period at one price, cut into lines: what is used of the period is priced as one quantity.

1. The line of a cut is the price of all units used up to its end, less the price of those used up to its beginning.
   Each of the two is rounded once, so the lines sum to the rounded price of the whole.
2. In the volume model a further unit may make all units cheaper. There the price of the whole is split over the cuts
   in proportion to their priced units, by largest remainder.
3. Units of an allowance are not priced: those carried over and those included count before all others.
4. `before` is what was used earlier in the period on another account; it is charged there.

Worked example, 10 units free, then 1.00, cut on the 16th; 10 used before it and 10 since:

    used 10: 10 at 0                                                                          0.00
    used 10 after 10 before: 10 at 0, 10 at 1, less 0.00 EUR for those before                10.00

Worked example, volume: all units at 1.00 up to 100, at 0.50 beyond; 80 used before the cut and 40 since:

    used 80 of 120: 120 at 0.5 are 60.00 EUR, 80/120 of it                                   40.00
    used 40 of 120: 120 at 0.5 are 60.00 EUR, 40/120 of it                                   20.00
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from billing_core.catalogue.allowances import ZERO, Allowance, allotment, beyond
from billing_core.catalogue.pricing import UsagePricing, Volume, usage_amount
from billing_core.kernel.money import Money, rounded, split, zero
from billing_core.kernel.phrases import Phrase, joined, phrase

Quantities = Sequence[Decimal]


class UsagePrice(NamedTuple):
    """The identity of a usage price; its printed name, VAT rate and tariff do not count."""

    pricing: UsagePricing
    allowance: Allowance | None
    includes_vat: bool


class CutAmount(NamedTuple):
    """The amount of one cut, and the steps that give it."""

    amount: Money
    steps: tuple[Phrase, ...]


def cut_amounts(
    price: UsagePrice,
    cuts: Sequence[Quantities],
    currency: str,
    before: Quantities | None = None,
    carried: Quantities = (),
) -> list[CutAmount]:
    """The amounts of the cuts of a period; each cut holds the quantities of its usage events, in order of time.

    `before` is None if no earlier days of the period were on another account. `carried` are the units carried over.
    """
    if isinstance(price.pricing, Volume) and (len(cuts) > 1 or before is not None):
        return _in_proportion(price, cuts, currency, before, carried)
    return list(_one_after_another(price, cuts, currency, before, carried))


def _one_after_another(
    price: UsagePrice, cuts: Sequence[Quantities], currency: str, before: Quantities | None, carried: Quantities
) -> Iterator[CutAmount]:
    used = list(before or ())
    begins_at = zero(currency)
    if before is not None:
        begins_at = rounded(usage_amount(price.pricing, _priced(price, used, carried)).amount, currency)
    for cut in cuts:
        earlier, used = sum(used, ZERO), [*used, *cut]
        cost = usage_amount(price.pricing, _priced(price, used, carried))
        ends_at = rounded(cost.amount, currency)
        mine, units = sum(cut, ZERO), _units(price, sum(used, ZERO), carried)
        if not earlier and not begins_at.amount:
            yield CutAmount(ends_at, (_used(mine, units), *cost.steps))
        else:
            words = phrase("used-after", mine, earlier)
            less = phrase("less-those-before" if earlier else "less-days-before", begins_at)
            steps = phrase("in-detail", _in_all(words, units), joined("list", [*cost.steps, less]))
            yield CutAmount(ends_at - begins_at, (steps,))
        begins_at = ends_at


def _in_proportion(
    price: UsagePrice, cuts: Sequence[Quantities], currency: str, before: Quantities | None, carried: Quantities
) -> list[CutAmount]:
    """The price of the whole, split over what was used before and the cuts; if nothing is priced, the first has it."""
    parts = [*([] if before is None else [before]), *cuts]
    used = [quantity for part in parts for quantity in part]
    cost, total = usage_amount(price.pricing, _priced(price, used, carried)), sum(used, ZERO)
    whole, units = rounded(cost.amount, currency), _units(price, total, carried)
    weights = _priced_parts(price, parts, carried)
    if not any(weights):
        weights = [Decimal(number == 0) for number in range(len(parts))]
    priced, found = sum(weights, ZERO), []
    for part, weight, amount in zip(parts, weights, split(whole, weights), strict=True):
        mine = sum(part, ZERO)
        if (mine, weight) == (total, priced):
            found.append(CutAmount(amount, (_used(total, units), *cost.steps)))
            continue
        words = _in_all(phrase("used-of", mine, total), units)
        if cost.steps:
            step = _rounding(phrase("part-of-it", weight, priced), amount, whole, Fraction(weight) / Fraction(priced))
            words = phrase("sum-and-part", words, joined("list", cost.steps), whole, step)
        found.append(CutAmount(amount, (words,)))
    return found[-len(cuts) :]


def _rounding(words: Phrase, amount: Money, whole: Money, part: Fraction) -> Phrase:
    """Says so if a part is not simply rounded, so that the parts sum to the whole."""
    exact = rounded(Fraction(whole.amount) * part, whole.currency)
    return words if amount == exact else phrase("rounded-to-whole", words)


def _priced(price: UsagePrice, used: Quantities, carried: Quantities) -> Quantities:
    """The quantity beyond the carried and the included units."""
    return beyond(used, sum(carried, price.allowance.quantity)) if price.allowance else used


def _priced_parts(price: UsagePrice, parts: Sequence[Quantities], carried: Quantities) -> list[Decimal]:
    """The priced units of each part, which come after all units that are not priced."""
    found: list[Decimal] = []
    used: list[Decimal] = []
    for part in parts:
        used += part
        found.append(sum(_priced(price, used, carried), ZERO) - sum(found, ZERO))
    return found


def _used(quantity: Decimal, units: Phrase | None) -> Phrase:
    used = phrase("used", quantity)
    return phrase("in-detail", used, units) if units else used


def _in_all(words: Phrase, units: Phrase | None) -> Phrase:
    return phrase("in-all", words, units) if units else words


def _units(price: UsagePrice, used: Decimal, carried: Quantities) -> Phrase | None:
    """The units carried over, included and priced, in words; nothing without an allowance."""
    if price.allowance is None:
        return None
    units = allotment(price.allowance, carried, used)
    return phrase("allowance", units.carried, units.included, units.priced)
