"""Recurring fees of one period: what its charged days cost, as a pure function of timeline and price list.

1. Cut the charged days at each change of the list price. A slice has one price.
2. A slice costs `unit price x quantity x percent` for its part of the period, by the cents of `proration`. Slices that
   follow on at the same price and from the same price list are one line.

Worked example (billing day 1, in advance, whole-period proration), 450.00 a month, 500.00 from 11 April on:

    15 Mar         1 Apr         11 Apr                1 May
       |--------------|------------|---------------------|
         450 x 17/31       150.00     500 x 20/30
         = 246.77                     = 333.33
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from billing_core.catalogue.components import Minimum, Recurring
from billing_core.catalogue.tariffs import price_on
from billing_core.charging.charges import Charge, period_beyond, whole_days
from billing_core.charging.proration import Basis, basis_of, price_of
from billing_core.charging.schedule import BillingSpan, DuePeriod, Piece
from billing_core.kernel.spans import Span
from billing_core.services.terms_in_force import ALL_PERCENT, ONE
from billing_core.time.periods import Period


class Slice(Span, frozen=True, gc=False, array_like=True):
    """Charged days of a period at one price."""

    to_on: date
    piece: Piece
    unit_price: Decimal
    agreed: bool
    basis: Basis

    @property
    def period_price(self) -> Fraction | Decimal:
        """The exact price of a whole period."""
        quantity, percent = quantity_of(self.piece), self.piece.in_force.percent
        if quantity == ONE and percent == ALL_PERCENT:
            return self.unit_price
        return Fraction(self.unit_price) * Fraction(quantity) * Fraction(percent) / 100


def recurring_in(due: DuePeriod, subscription: str) -> list[Charge]:
    """The fees of a period, one line for each unbroken span of days at one price of one price list."""
    return [_charge(entry, due, subscription) for entry in _joined(slices_of(due))]


def slices_of(due: DuePeriod) -> Iterator[Slice]:
    """The charged days of a period with their prices, cut at each change of a price."""
    basis = _basis(due)
    for piece in due.pieces:
        for days, price, agreed in _priced(piece, due.span):
            assert days.to_on is not None  # The pieces of a period end with it.
            yield Slice(days.from_on, days.to_on, piece, price, agreed, basis)


def _basis(due: DuePeriod) -> Basis:
    """How the days of a period are measured: in the mode of its first charged day."""
    component = due.pieces[0].component
    assert isinstance(component, Recurring | Minimum)
    if component.proration == "none":
        # It costs its price once, also if the first stub is joined to the period that follows.
        return basis_of("none", due.span.rule, [due.period], [Period(due.pieces[0].from_on, due.period.to_on)])
    is_full_stub = len(due.whole) == 1 and due.whole[0] != due.period
    return basis_of("whole" if is_full_stub else component.proration, due.span.rule, due.whole, due.present)


def _priced(piece: Piece, span: BillingSpan) -> Iterator[tuple[Span, Decimal, bool]]:
    """Days cut at each change of the list price; an agreed price holds throughout, and before a phase."""
    component, in_force = piece.component, piece.in_force
    agreed = in_force.agreed_prices.get(component.code)
    price = _phase_price(component, span, piece.from_on) if agreed is None else agreed
    if price is not None:
        yield piece, price, agreed is not None
        return
    is_once = isinstance(component, Recurring | Minimum) and component.proration == "none"
    ends = () if is_once else sorted(listed.valid_to for listed in component.prices if listed.valid_to is not None)
    for days in piece.cut(ends):
        yield days, price_on(piece.tariff, component, days.from_on, in_force.customer_class).amount, False


def _phase_price(component: object, span: BillingSpan, on: date) -> Decimal | None:
    """The price of the phase in which a period lies, counted from the one in which its phases came into force.

    A joined stub is one period with the one that follows.
    """
    if not isinstance(component, Recurring) or not component.phases:
        return None
    number = span.number(on) - span.number(span.phased_since.get(component.phases, on))
    for phase in component.phases:
        if number < phase.periods:
            return phase.price
        number -= phase.periods
    return None


def quantity_of(piece: Piece) -> Decimal:
    """How many times a fee is charged: once if it is flat."""
    component, quantity = piece.component, piece.in_force.quantity
    # The usual values are the defaults themselves, so that no charge has to be written with them.
    is_per_unit = isinstance(component, Recurring) and not component.is_flat
    return quantity if is_per_unit and quantity != ONE else ONE


def _joined(slices: Iterator[Slice]) -> Sequence[Slice]:
    """Slices that follow on at the same terms are one: a change that costs nothing does not cut a line in two."""
    found: list[Slice] = []
    for entry in slices:
        if found and found[-1].to_on == entry.from_on and _terms_of(found[-1]) == _terms_of(entry):
            found[-1] = msgspec.structs.replace(found[-1], to_on=entry.to_on)
        else:
            found.append(entry)
    return found


def _terms_of(entry: Slice) -> tuple[object, ...]:
    """The price of a line and its origin, in words."""
    piece = entry.piece
    return (
        entry.unit_price, quantity_of(piece), piece.in_force.percent, piece.component.vat_rate, piece.tariff.code,
        piece.tariff.prices_include_vat, entry.agreed,
    )  # fmt: skip


def _charge(entry: Slice, due: DuePeriod, subscription: str) -> Charge:
    piece, period = entry.piece, due.period
    component, tariff, percent = piece.component, piece.tariff, piece.in_force.percent
    assert isinstance(component, Recurring | Minimum)
    return Charge(
        subscription=subscription,
        component=component.code,
        description=f"{tariff.name}: {component.name}",
        tariff=tariff.code,
        kind="recurring",
        from_on=entry.from_on,
        to_on=entry.to_on,
        amount=price_of(entry, entry.period_price, entry.basis, tariff.currency),
        unit_price=entry.unit_price,
        vat_rate=component.vat_rate,
        includes_vat=tariff.prices_include_vat,
        agreed=entry.agreed,
        every=component.period.every,
        period=period_beyond(entry, period),
        basis=None if entry.basis == whole_days(period) else entry.basis,
        quantity=quantity_of(piece),
        percent=ALL_PERCENT if percent == ALL_PERCENT else percent,
    )
