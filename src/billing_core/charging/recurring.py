"""Recurring fees of one period: what its charged days cost, as a pure function of timeline and price list.

1. Cut the charged days where the list price or the phase changes.
2. Days of one component at one price, quantity and percentage share one rate, under whatever tariff: their amount is
   `unit price x quantity x percent x part of the period`, exact, rounded half-up once, and split over the stretches
   by largest remainder.

Worked example (billing day 1, in advance, whole-period proration):

    450.00 a month, active from 15 March (31 days)   -> [15 Mar, 1 Apr)   450 x 17/31 = 246.77
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from billing_core.catalogue.components import Minimum, Proration, Recurring
from billing_core.catalogue.tariffs import price_on
from billing_core.charging.charges import Charge, Rate
from billing_core.charging.proration import Basis, basis_of, explain_part
from billing_core.charging.schedule import BillingSpan, DuePeriod, Part, Piece
from billing_core.kernel.money import Money, rounded, split
from billing_core.services.standing import ALL_PERCENT, ONE
from billing_core.time.periods import Period


class Slice(NamedTuple):
    """Days of one part of a period at one price, and what part of it they are."""

    from_on: date
    to_on: date
    piece: Piece
    unit_price: Decimal
    agreed: bool
    share: Fraction | int
    basis: Basis


def recurring_in(due: DuePeriod, span: BillingSpan, subscription: str) -> list[Charge]:
    """The fees of a period, one line for each stretch of days at one rate."""
    slices = list(slices_of(due, span))
    if len(slices) == 1:
        only = slices[0]
        return [_charge(only, _exact(only), due, subscription)]
    by_rate: dict[Rate, list[Slice]] = defaultdict(list)
    for entry in slices:
        by_rate[_rate_of(entry)].append(entry)
    return [charge for same in by_rate.values() for charge in _lines(same, due, subscription)]


def slices_of(due: DuePeriod, span: BillingSpan) -> Iterator[Slice]:
    """The charged days of a period, cut at the ends of its parts and wherever the price changes."""
    first = due.pieces[0].component
    assert isinstance(first, Recurring | Minimum)
    # What is not prorated costs its price once, also where its first stub is joined to the period that follows.
    for part in (Part(due.period, due.period),) if first.proration == "none" else due.parts:
        period = part.period
        inside = [
            (piece, max(piece.from_on, period.from_on), min(piece.to_on or period.to_on, period.to_on))
            for piece in due.pieces
        ]
        inside = [entry for entry in inside if entry[1] < entry[2]]
        if not inside:
            continue
        basis = _basis(due, span, part)
        for piece, from_on, to_on in inside:
            for start, end, price, agreed in _priced(piece, from_on, to_on, span):
                whole = first.proration == "none" or (start == period.from_on and end == period.to_on)
                share = 1 if whole else Fraction(basis.measure(start, end)) / basis.whole
                yield Slice(start, end, piece, price, agreed, share, basis)


def _basis(due: DuePeriod, span: BillingSpan, part: Part) -> Basis:
    """How the days of a part of the period are measured: in the mode of its first charged day."""
    inside = (piece for piece in due.pieces if piece.to_on is None or piece.to_on > part.period.from_on)
    component = next(inside, due.pieces[-1]).component
    assert isinstance(component, Recurring | Minimum)
    return basis_of("whole" if _is_full_stub(due) else component.proration, span.rule, *part)


def _is_full_stub(due: DuePeriod) -> bool:
    """Whether it is a first stub that costs the whole price, of which some days cost their part."""
    return len(due.parts) == 1 and due.parts[0].period != due.period


def _priced(piece: Piece, from_on: date, to_on: date, span: BillingSpan) -> Iterator[tuple[date, date, Decimal, bool]]:
    """Cut a stretch where the list price changes; an agreed price holds throughout, and before a phase."""
    component, standing = piece.component, piece.standing
    agreed = standing.agreed_prices.get(component.code)
    if agreed is not None:
        yield from_on, to_on, agreed, True
        return
    phase = _phase_price(component, span, from_on)
    if phase is not None:
        yield from_on, to_on, phase, False
        return
    is_whole = isinstance(component, Recurring | Minimum) and component.proration == "none"
    while from_on < to_on:
        price = price_on(piece.tariff, component, from_on, standing.customer_class)
        ends_on = to_on if price.valid_to is None or is_whole else min(price.valid_to, to_on)
        yield from_on, ends_on, price.amount, False
        from_on = ends_on


def _phase_price(component: object, span: BillingSpan, on: date) -> Decimal | None:
    """The price of the phase in which a period lies, counted from the one in which the component began."""
    if not isinstance(component, Recurring) or not component.phases:
        return None
    number = span.grid.number(on) - span.grid.number(span.since)
    for phase in component.phases:
        if number < phase.periods:
            return phase.price
        number -= phase.periods
    return None


def _quantity(piece: Piece) -> Decimal:
    component, quantity = piece.component, piece.standing.quantity
    # The usual values are the defaults themselves, so that no charge has to be written with them.
    is_per_unit = isinstance(component, Recurring) and not component.is_flat
    return quantity if is_per_unit and quantity != ONE else ONE


def _percent(piece: Piece) -> Decimal:
    percent = piece.standing.percent
    return ALL_PERCENT if percent == ALL_PERCENT else percent


def _rate_of(entry: Slice) -> Rate:
    piece = entry.piece
    component, tariff = piece.component, piece.tariff
    return Rate(
        component.code, "", entry.unit_price, component.vat_rate, tariff.prices_include_vat, "recurring",
        _quantity(piece), _percent(piece),
    )  # fmt: skip


def _exact(entry: Slice) -> Fraction | Decimal:
    """What the days of a slice cost, before it is rounded."""
    price = _price(entry.unit_price, _quantity(entry.piece), entry.piece.standing.percent)
    return price if entry.share == 1 else Fraction(price) * entry.share


def _price(unit_price: Decimal, quantity: Decimal, percent: Decimal) -> Decimal:
    price = unit_price * quantity
    return price if percent == 100 else price * percent / 100


def _lines(slices: list[Slice], due: DuePeriod, subscription: str) -> Iterator[Charge]:
    exact = [Fraction(_exact(entry)) for entry in slices]
    whole = rounded(sum(exact, Fraction(0)), slices[0].piece.tariff.currency)
    stretches = _joined(slices, exact)
    if len(stretches) == 1 or not any(part for _, part in stretches):
        amounts = [whole] * len(stretches)
    else:
        amounts = split(whole, [part for _, part in stretches])
    for (entry, _), amount in zip(stretches, amounts, strict=True):
        yield _charge(entry, amount, due, subscription)


def _joined(slices: Sequence[Slice], exact: Sequence[Fraction]) -> list[tuple[Slice, Fraction]]:
    """What follows on at the same terms is one stretch: a change that costs nothing does not cut a line in two."""
    stretches: list[tuple[Slice, Fraction]] = []
    for entry, cost in zip(slices, exact, strict=True):
        if stretches:
            last, sum_of = stretches[-1]
            if last.to_on == entry.from_on and _source(last) == _source(entry):
                stretches[-1] = last._replace(to_on=entry.to_on, share=last.share + entry.share), sum_of + cost
                continue
        stretches.append((entry, cost))
    return stretches


def _source(entry: Slice) -> tuple[str, bool]:
    """Where the price comes from, as a line says it."""
    return entry.piece.tariff.code, entry.agreed


def _charge(entry: Slice, amount: Money | Fraction | Decimal, due: DuePeriod, subscription: str) -> Charge:
    piece = entry.piece
    component, tariff = piece.component, piece.tariff
    assert isinstance(component, Recurring | Minimum)
    period = due.period
    covers_all = entry.from_on == period.from_on and entry.to_on == period.to_on
    days = (entry.to_on - entry.from_on).days
    share = ""
    if not covers_all or len(due.parts) > 1:
        share = _share_text(entry.from_on, entry.to_on, due, entry.basis, component.proration)
    return Charge(
        subscription=subscription,
        component=component.code,
        description=f"{tariff.name}: {component.name}",
        tariff=tariff.code,
        kind="recurring",
        from_on=entry.from_on,
        to_on=entry.to_on,
        amount=amount if isinstance(amount, Money) else rounded(amount, tariff.currency),
        unit_price=entry.unit_price,
        days=days,
        period_days=days if covers_all else period.days,
        vat_rate=component.vat_rate,
        includes_vat=tariff.prices_include_vat,
        agreed=entry.agreed,
        every=component.period.every,
        period=None if covers_all else period,
        quantity=_quantity(piece),
        percent=_percent(piece),
        share=share,
    )


def _share_text(from_on: date, to_on: date, due: DuePeriod, basis: Basis, proration: Proration) -> str:
    """What part of the period some days are, where it is not plainly these days of the days of the period."""
    days = (to_on - from_on).days
    if proration == "none":
        return "1 period (not prorated: none)"
    if len(due.parts) > 1:
        stub, following = (part.period for part in due.parts)
        before = max(0, (min(to_on, stub.to_on) - from_on).days)
        return f"({before}/{stub.days} days of the first stub + {days - before}/{following.days} days, joined, whole)"
    (part,) = due.parts
    if _is_full_stub(due):
        return f"{days}/{part.period.days} days of the first stub, charged in full"
    if basis.mode == "whole":
        return ""
    return f"{explain_part(basis, from_on, to_on, part.there)} ({basis.mode})"


class PeriodFees:
    """What any days of one period cost, and what part of it they are, on the same basis as the days that are owed."""

    def __init__(self, due: DuePeriod, span: BillingSpan) -> None:
        self._due = due
        self._tenure = span

    @cached_property
    def _bases(self) -> list[Basis]:
        return [_basis(self._due, self._tenure, part) for part in self._due.parts]

    def worth(self, sample: Charge, days: Collection[int]) -> Money:
        """What some days, by their ordinals, cost at the rate of a charge."""
        component = self._due.pieces[0].component
        assert isinstance(component, Recurring)
        price = _price(sample.unit_price, sample.quantity, sample.percent)
        if component.proration == "none":
            share = Fraction(bool(days))
        else:
            parts = zip(self._due.parts, self._bases, strict=True)
            share = sum((_measured(days, part.period, basis) for part, basis in parts), Fraction(0))
        return rounded(share * Fraction(price), sample.amount.currency)

    def share_text(self, from_on: date, to_on: date) -> str:
        """What part of the period some days are, in words."""
        component = self._due.pieces[0].component
        assert isinstance(component, Recurring)
        return _share_text(from_on, to_on, self._due, self._bases[0], component.proration)


def _measured(days: Collection[int], period: Period, basis: Basis) -> Fraction:
    first, end = period.from_on.toordinal(), period.to_on.toordinal()
    inside = [day for day in days if first <= day < end]
    if basis.mode == "whole":
        return Fraction(len(inside)) / basis.whole
    each = (basis.measure(date.fromordinal(day), date.fromordinal(day + 1)) for day in inside)
    return sum((Fraction(measure) for measure in each), Fraction(0)) / basis.whole
