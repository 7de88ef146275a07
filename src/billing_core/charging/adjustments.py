"""Discounts and surcharges of one period: parts of other components, stacked in their order.

Each is taken of what those before it left:

    100.00 a month, 10 % and then 20 % off:  -10.00, then 20 % of 90.00 = -18.00

One that holds for a part of the days of a charge is taken of the amount of these days, less what others took of them:
of 300.00 in June, 10 % up to the 11th and 20 % from then on are -10.00 and -40.00. An amount takes the same part of
itself as the fee it is on takes of its price, so that 10.00 off a fee that is charged in full are 10.00 off; on usage
and true-ups it is whole. A discount never takes more than there is. On days that were taken back by hand there is none.

Where a period has lines of several tariffs or VAT rates, what is taken of each is a line of its own, and together they
are rounded once: 33.3 % off 0.02 and 0.03 are -0.02 in all (0.01665), so -0.01 and -0.01.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, pairwise

import msgspec

from billing_core.catalogue.components import Discount, Recurring
from billing_core.catalogue.tariffs import Catalogue, price_on
from billing_core.charging.adjustments_in_force import InForce, Priced, adjustments_in_force
from billing_core.charging.charges import Charge
from billing_core.charging.recurring import Slice, slices_of
from billing_core.charging.schedule import BillingSpan, BillingView, DuePeriod
from billing_core.kernel.money import Money, rounded, rounded_to_sum, split

OfPrice = Callable[[date, date], Fraction]


def shares_in(
    lines: Sequence[Charge],
    due: DuePeriod,
    span: BillingSpan,
    same: Sequence[BillingSpan],
    view: BillingView,
    catalogue: Catalogue,
    priced: Priced,
) -> Iterator[Charge]:
    """The discounts and surcharges on the lines of one component in one period.

    `same` are the billing_spans of the component, and `priced` prices any of their periods.
    """
    found = list(adjustments_in_force(due, same, view, catalogue, priced))
    if found:
        settled = view.settled_days.get(span.component, frozenset())
        stands = view.left_standing.get((span.component, due.period))
        if stands is not None:
            lines = _as_they_stand(lines, stands)
        parts = _parts(lines, _cuts(found, settled), _of_price_in(due, span))
        runs = _runs(part for part in parts if part.from_on.toordinal() not in settled)
        for entry in found:
            yield from _lines(entry, runs, due)


# --- the lines, cut to pieces


class _Part(msgspec.Struct):
    """Days of a line on which the same shares hold.

    `of_price` is what part of its price a fee takes for them, `left` what the shares applied so far left of its amount.
    """

    line: Charge
    from_on: date
    to_on: date
    of_price: Fraction
    left: Fraction


class _Run(msgspec.Struct):
    """Parts in a row at one tariff and VAT rate, and what they come to with the shares on them."""

    parts: list[_Part]
    comes_to: Money


def _as_they_stand(lines: Sequence[Charge], stands: Money) -> list[Charge]:
    """Lines of which some were taken back by hand: they have no more than what stands of them all."""
    weights = [line.amount.amount for line in lines]
    amounts = split(stands, weights) if any(weights) else [stands] * len(lines)
    return [msgspec.structs.replace(line, amount=amount) for line, amount in zip(lines, amounts, strict=True)]


def _cuts(found: Iterable[InForce], settled: Set[int]) -> list[date]:
    """The days on which anything about the shares becomes another, or which days are settled."""
    days = {on for entry in found for stretch in entry.days for on in stretch}
    days |= {price.valid_from for entry in found for price in entry.share.prices}
    days |= {date.fromordinal(day) for day in settled ^ {day + 1 for day in settled}}
    return sorted(days)


def _parts(lines: Iterable[Charge], cuts: Sequence[date], of_price: OfPrice) -> Iterator[_Part]:
    for line in sorted(lines, key=lambda line: line.from_on):
        inside = [cut for cut in cuts if line.from_on < cut < line.to_on]
        whole = of_price(line.from_on, line.to_on)
        for from_on, to_on in pairwise([line.from_on, *inside, line.to_on]):
            part = of_price(from_on, to_on)
            left = Fraction(line.amount.amount) * part / whole if whole else Fraction(0)
            yield _Part(line, from_on, to_on, part, left)


def _runs(parts: Iterable[_Part]) -> list[_Run]:
    found: list[_Run] = []
    for _, same in groupby(parts, key=lambda part: (part.line.tariff, part.line.vat_rate)):
        members = list(same)
        left = sum((part.left for part in members), Fraction(0))
        found.append(_Run(members, rounded(left, members[0].line.amount.currency)))
    return found


def _of_price_in(due: DuePeriod, span: BillingSpan) -> OfPrice:
    """What part of its price some days cost: a fee on its own basis, anything else by the charged days."""
    if isinstance(due.pieces[0].component, Recurring):
        slices = list(slices_of(due, span))
        return lambda from_on, to_on: sum((_of_slice(entry, from_on, to_on) for entry in slices), Fraction(0))
    charged = _charged_days(due, due.period.from_on, due.period.to_on)
    return lambda from_on, to_on: Fraction(_charged_days(due, from_on, to_on), charged)


def _of_slice(entry: Slice, from_on: date, to_on: date) -> Fraction:
    from_on, to_on = max(entry.from_on, from_on), min(entry.to_on, to_on)
    if to_on <= from_on:
        return Fraction(0)
    part = Fraction(entry.share) * Fraction(entry.piece.standing.percent) / 100
    if (from_on, to_on) == (entry.from_on, entry.to_on):
        return part
    measure = entry.basis.measure
    return part * Fraction(measure(from_on, to_on)) / Fraction(measure(entry.from_on, entry.to_on))


def _charged_days(due: DuePeriod, from_on: date, to_on: date) -> int:
    stretches = (min(to_on, piece.to_on or to_on) - max(from_on, piece.from_on) for piece in due.pieces)
    return sum(max(0, stretch.days) for stretch in stretches)


# --- what is taken of them


def _lines(found: InForce, runs: Sequence[_Run], due: DuePeriod) -> Iterator[Charge]:
    """What a share takes or adds, a line for each run; what is left of the runs is less by it."""
    inside = [_within(found, run) for run in runs]
    left = [sum((part.left for part in parts), Fraction(0)) for parts in inside]
    exact = [sum((_applied(found, part) for part in parts), Fraction(0)) for parts in inside]
    whole = rounded(sum(exact, Fraction(0)), found.tariff.currency)
    for run, parts, base, cost, amount in zip(runs, inside, left, exact, rounded_to_sum(exact, whole), strict=True):
        if cost:
            # Where nothing but a part of a cent is left, it is no more than was rounded before.
            taken = max(amount, -run.comes_to)
            run.comes_to = run.comes_to + taken
            yield _charge(found, taken, base, parts, due)


def _within(found: InForce, run: _Run) -> list[_Part]:
    return [part for part in run.parts if any(from_on <= part.from_on < to_on for from_on, to_on in found.days)]


def _applied(found: InForce, part: _Part) -> Fraction:
    """What a share takes of a part or adds to it."""
    share = found.share
    amount = _price(found, part) * part.of_price if share.percent is None else part.left * Fraction(share.percent) / 100
    cost = -min(amount, part.left) if isinstance(share, Discount) else amount
    part.left += cost
    return cost


def _price(found: InForce, part: _Part) -> Fraction:
    return Fraction(price_on(found.tariff, found.share, part.from_on).amount)


def _charge(found: InForce, amount: Money, base: Fraction, parts: Sequence[_Part], due: DuePeriod) -> Charge:
    share, sample = found.share, parts[0].line
    from_on, to_on = parts[0].from_on, parts[-1].to_on
    word = "off" if isinstance(share, Discount) else "on top of"
    covers_all = from_on == due.period.from_on and to_on == due.period.to_on
    return Charge(
        subscription=sample.subscription,
        component=share.code,
        description=f"{share.name} ({sample.description})",
        tariff=sample.tariff,
        kind="discount" if isinstance(share, Discount) else "surcharge",
        from_on=from_on,
        to_on=to_on,
        amount=amount,
        unit_price=Decimal(0),
        days=(to_on - from_on).days,
        period_days=due.period.days,
        vat_rate=sample.vat_rate,
        includes_vat=sample.includes_vat,
        of=sample.component,
        every=sample.every,
        period=None if covers_all else due.period,
        steps=(f"{_told(found, parts)} {word} {rounded(base, amount.currency)} of {sample.component}",),
    )


def _told(found: InForce, parts: Iterable[_Part]) -> str:
    """`10 %`, `5.00 EUR`, or `3.00 EUR x 1/3, 6.00 EUR x 2/3` where each holds for a part of the period."""
    if found.share.percent is not None:
        return f"{found.share.percent:f} %"
    of_price: dict[Decimal, Fraction] = defaultdict(Fraction)
    for part in parts:
        of_price[price_on(found.tariff, found.share, part.from_on).amount] += part.of_price
    return ", ".join(
        f"{price:f} {found.tariff.currency}{'' if part == 1 else f' x {part}'}" for price, part in of_price.items()
    )
