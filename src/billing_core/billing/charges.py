"""Charges: what should be charged for the days of a period, as a pure function of timeline and price list.

For a whole period of the grid:

1. Cut the period where the timeline or the list price changes; drop the days that are not charged.
2. Days of one component under one tariff at one price share one rate: their amount is
   `unit price x days / days of the whole period`, exact, rounded half-up once, and split over the stretches by
   largest remainder.

Worked example (billing day 1, in advance, whole-period proration):

    450.00 a month, active from 15 March (31 days)   -> [15 Mar, 1 Apr)   450 x 17/31 = 246.77
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal, NamedTuple

import msgspec

from billing_core.billing.periods import Period
from billing_core.catalogue import Catalogue, Component, Tariff, price_on, tariff_named
from billing_core.errors import RuleViolation
from billing_core.events import Event, event
from billing_core.money import Money, rounded, split
from billing_core.services.timeline import (
    Segment,
)

ChargeKind = Literal["recurring", "one-off", "reversal"]
ONE_DAY = timedelta(days=1)
ALWAYS = Period(date.min, date.max)

# --- values and events


class Charge(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """An amount owed for a component over `[from_on, to_on)`, with everything that explains it.

    `amount` is in the price list's own terms: net, or with VAT where `includes_vat`. `days` of `period_days` were
    charged at `unit_price`; a negative amount corrects the charge whose key it names.
    """

    subscription: str
    component: str
    description: str
    tariff: str
    kind: ChargeKind
    from_on: date
    to_on: date
    amount: Money
    unit_price: Decimal
    days: int
    period_days: int
    vat_rate: Decimal
    revision: int = 0
    includes_vat: bool = False
    agreed: bool = False
    corrects: str | None = None

    @property
    def key(self) -> str:
        """One charge, once: subscription, component, period and revision."""
        days = f"{self.from_on.isoformat()}/{self.to_on.isoformat()}"
        return f"{self.subscription}/{self.component}/{days}/{self.revision}"


class PostedCharge(msgspec.Struct, frozen=True):
    """A charge on record and the document it stands on, None while it waits for one."""

    charge: Charge
    document: str | None = None


@event("charges-posted")
class ChargesPosted(Event, frozen=True, kw_only=True):
    """Charges were decided up to the dates in `charged_until` (by subscription).

    An empty list of charges says that the days up to there, or a change of the past, were looked at and nothing
    was to be charged.
    """

    charges: tuple[Charge, ...]
    charged_until: dict[str, date]


@event("charge-reversed")
class ChargeReversed(Event, frozen=True, kw_only=True):
    """A charge was taken back by hand; `reversal` is the negative line for what was left of it."""

    reversal: Charge
    reason: str


class ChargedTwice(RuleViolation):
    """Days of a component would be covered twice. It is a fault of the timeline or of this program, never posted."""

    code = "charged-twice"


# --- what is owed


class Rate(NamedTuple):
    """Days that share it belong to one amount."""

    component: str
    tariff: str
    unit_price: Decimal
    vat_rate: Decimal
    includes_vat: bool
    kind: ChargeKind


class _Slice(NamedTuple):
    from_on: date
    to_on: date
    tariff: Tariff
    component: Component
    unit_price: Decimal
    agreed: bool


def owed_in(period: Period, segments: Sequence[Segment], subscription: str, catalogue: Catalogue) -> list[Charge]:
    """Everything that should be charged for one subscription in one whole period of the grid."""
    charges = recurring_owed_in(period, segments, subscription, catalogue)
    charges += [_one_off(piece, subscription) for piece in _one_off_slices(period, segments, catalogue)]
    _require_single_cover(charges)
    return charges


def recurring_owed_in(
    period: Period, segments: Sequence[Segment], subscription: str, catalogue: Catalogue
) -> list[Charge]:
    """The recurring fees of one whole period of the grid."""
    by_rate: dict[Rate, list[_Slice]] = defaultdict(list)
    for piece in _recurring_slices(period, segments, catalogue):
        by_rate[_rate_of(piece, "recurring")].append(piece)
    return [charge for rate, slices in by_rate.items() for charge in _prorated(rate, slices, period.days, subscription)]


def one_offs_owed(segments: Sequence[Segment], subscription: str, catalogue: Catalogue) -> list[Charge]:
    """Every one-off fee of a subscription, past and to come, on the day for which it is owed."""
    return [_one_off(piece, subscription) for piece in _one_off_slices(ALWAYS, segments, catalogue)]


def _recurring_slices(period: Period, segments: Sequence[Segment], catalogue: Catalogue) -> Iterator[_Slice]:
    for segment in segments:
        from_on = max(segment.from_on, period.from_on)
        to_on = period.to_on if segment.to_on is None else min(segment.to_on, period.to_on)
        if from_on >= to_on or not segment.standing.is_charged:
            continue
        tariff = tariff_named(catalogue, segment.standing.tariff)
        for component in _components(segment, tariff):
            if component.kind == "recurring":
                yield from _priced(segment, tariff, component, from_on, to_on)


def _components(segment: Segment, tariff: Tariff) -> Sequence[Component]:
    """A tariff's components; where the price list's VAT rate was corrected, with the right one."""
    vat_rates = segment.standing.vat_rates
    if not vat_rates:
        return tariff.components
    return [
        msgspec.structs.replace(component, vat_rate=vat_rates.get(component.code, component.vat_rate))
        for component in tariff.components
    ]


def _priced(segment: Segment, tariff: Tariff, component: Component, from_on: date, to_on: date) -> Iterator[_Slice]:
    """Cut a stretch where the list price changes; an agreed price holds throughout."""
    agreed = segment.standing.agreed_prices.get(component.code)
    if agreed is not None:
        yield _Slice(from_on, to_on, tariff, component, agreed, True)
        return
    while from_on < to_on:
        price = price_on(tariff, component, from_on)
        ends_on = to_on if price.valid_to is None else min(price.valid_to, to_on)
        yield _Slice(from_on, ends_on, tariff, component, price.amount, False)
        from_on = ends_on


def _one_off_slices(period: Period, segments: Sequence[Segment], catalogue: Catalogue) -> Iterator[_Slice]:
    """A one-off component is owed on the first charged day on which the subscription's tariff has it."""
    met: set[str] = set()
    for segment in segments:
        if segment.from_on >= period.to_on:
            return
        if not segment.standing.is_charged:
            continue
        tariff = tariff_named(catalogue, segment.standing.tariff)
        for component in _components(segment, tariff):
            if component.kind != "one-off" or component.code in met:
                continue
            met.add(component.code)
            if segment.from_on >= period.from_on:
                day = segment.from_on
                yield from _priced(segment, tariff, component, day, day + ONE_DAY)


def _rate_of(piece: _Slice, kind: ChargeKind) -> Rate:
    component, tariff = piece.component, piece.tariff
    return Rate(component.code, tariff.code, piece.unit_price, component.vat_rate, tariff.prices_include_vat, kind)


def _prorated(rate: Rate, slices: list[_Slice], period_days: int, subscription: str) -> Iterator[Charge]:
    if len(slices) > 1:
        slices = _joined(slices)
    lengths = [(piece.to_on - piece.from_on).days for piece in slices]
    whole = prorated(rate.unit_price, sum(lengths), period_days, slices[0].tariff.currency)
    amounts = [whole] if len(slices) == 1 else split(whole, lengths)
    for piece, days, amount in zip(slices, lengths, amounts, strict=True):
        yield _charge(piece, subscription, "recurring", amount, days, period_days)


def _joined(slices: list[_Slice]) -> list[_Slice]:
    """What follows on at the same terms is one stretch: a change that costs nothing does not cut a line in two."""
    stretches = slices[:1]
    for piece in slices[1:]:
        last = stretches[-1]
        if (last.to_on, last.agreed) == (piece.from_on, piece.agreed):
            stretches[-1] = last._replace(to_on=piece.to_on)
        else:
            stretches.append(piece)
    return stretches


def prorated(unit_price: Decimal, days: int, period_days: int, currency: str) -> Money:
    """`unit price x days / period days`, rounded once. A whole period costs the price itself."""
    if days == period_days:
        return rounded(unit_price, currency)
    return rounded(Fraction(unit_price) * days / period_days, currency)


def _one_off(piece: _Slice, subscription: str) -> Charge:
    return _charge(piece, subscription, "one-off", rounded(piece.unit_price, piece.tariff.currency), 1, 1)


def _charge(piece: _Slice, subscription: str, kind: ChargeKind, amount: Money, days: int, period_days: int) -> Charge:
    return Charge(
        subscription=subscription,
        component=piece.component.code,
        description=f"{piece.tariff.name}: {piece.component.name}",
        tariff=piece.tariff.code,
        kind=kind,
        from_on=piece.from_on,
        to_on=piece.to_on,
        amount=amount,
        unit_price=piece.unit_price,
        days=days,
        period_days=period_days,
        vat_rate=piece.component.vat_rate,
        includes_vat=piece.tariff.prices_include_vat,
        agreed=piece.agreed,
    )


def _require_single_cover(charges: Sequence[Charge]) -> None:
    """No day of a component is covered twice: checked before anything is posted, not hoped for."""
    if len(charges) < 2:
        return
    ordered = sorted(charges, key=lambda charge: (charge.component, charge.from_on))
    for earlier, later in pairwise(ordered):
        if earlier.component == later.component and later.from_on < earlier.to_on:
            raise ChargedTwice(f"overlaps the charge {earlier.key}", field="charge", value=later.key)


# --- explanation


def explain(charge: Charge) -> str:
    """How the amount came about, in one line for the customer and the auditor."""
    price = f"{charge.unit_price:f} {charge.amount.currency}"
    if charge.kind == "one-off" or charge.period_days == 1:
        how = f"once {price}"
    elif charge.days == charge.period_days:
        how = f"1 month at {price}"
    else:
        how = f"{price} a month x {charge.days}/{charge.period_days} days of the whole period"
    source = "agreed price" if charge.agreed else f"price list {charge.tariff}"
    taken_back = "taken back: " if charge.kind == "reversal" else "credit: " if charge.corrects else ""
    return f"{taken_back}{how}, {source}"
