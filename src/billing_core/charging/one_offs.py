"""One-off fees: on which days a subscription owes them, all its life long.

- at activation: on the first charged day on which its tariff has the fee, also where that is a later tariff;
- at hold, suspension or resumption: on each day on which one begins or ends;
- at termination: on its day, unless the commitment is over; a fee that falls is less by an equal part for each month
  that was complete, counted from the activation.

In instalments the amount is split by largest remainder; the first is owed on the day itself, the others at the next
boundaries of the account's months, whatever becomes of the subscription.

Worked example: a device of 240.00 that falls over 24 months, activated on 31 January, terminated on 15 July:
5 months are complete (30 June is the fifth boundary), 240.00 x 19/24 = 190.00 is still owed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from billing_core.catalogue.components import Occasion, OneOff
from billing_core.catalogue.tariffs import price_on
from billing_core.charging.charges import Charge
from billing_core.charging.schedule import BillingView, Piece
from billing_core.kernel.money import Money, rounded, split
from billing_core.kernel.spans import ONE_DAY
from billing_core.services.standing import SubscriptionStatus
from billing_core.time.period_rules import MONTHLY
from billing_core.time.periods import Grid, grids

# What begins on the first day of another status.
OCCASIONS: dict[SubscriptionStatus, Occasion | None] = {
    "held": "hold",
    "suspended": "suspension",
    "active": "resumption",
    "terminated": None,
}


def one_offs_owed(view: BillingView, in_force: Iterable[Piece]) -> list[Charge]:
    """Every one-off fee of a subscription, past and to come, on the day for which it is owed."""
    owed: list[Charge] = []
    fees = [piece for piece in in_force if isinstance(piece.component, OneOff)]
    for on, piece in _occasions(view, fees) if fees else ():
        owed += _instalments(on, piece, view)
    return owed


def _occasions(view: BillingView, fees: Sequence[Piece]) -> Iterator[tuple[date, Piece]]:
    """The days on which a fee falls due, each with the terms that hold for it."""
    met: set[str] = set()
    status: SubscriptionStatus = "active"
    for segment in view.segments:
        inside = [piece for piece in fees if piece.from_on == segment.from_on and piece.standing is segment.standing]
        is_new = segment.standing.status != status
        occasion = OCCASIONS[segment.standing.status] if is_new else None
        status = segment.standing.status
        for piece in inside:
            component = piece.component
            assert isinstance(component, OneOff)
            if component.at == "activation" and component.code not in met and segment.standing.is_charged:
                met.add(component.code)
                if view.begun_on is not None or segment is not view.segments[0]:
                    yield segment.from_on, piece
            elif component.at == occasion:
                yield segment.from_on, piece
    ends_on = view.terminated_on
    if ends_on is not None:
        for piece in fees:
            component = piece.component
            assert isinstance(component, OneOff)
            if component.at == "termination" and piece.to_on == ends_on and _months_left(component, view) > 0:
                yield ends_on, piece


def _months_left(component: OneOff, view: BillingView) -> int:
    """How many months of the commitment are not complete; 1 where there is none."""
    assert view.terminated_on is not None
    if not component.committed_months:
        return 1
    grid = Grid(1, 0, view.anchored_on, view.anchored_on.day)
    return component.committed_months - grid.number(view.terminated_on)


def _instalments(on: date, piece: Piece, view: BillingView) -> Iterator[Charge]:
    component, standing, currency = piece.component, piece.standing, piece.tariff.currency
    assert isinstance(component, OneOff)
    price = standing.agreed_prices.get(component.code)
    if price is None:
        price_day = on if piece.to_on is None else min(on, piece.to_on - ONE_DAY)
        price = price_on(piece.tariff, component, price_day, standing.customer_class).amount
    exact, steps = Fraction(price), []
    if component.falls:
        left, months = _months_left(component, view), component.committed_months
        exact = exact * left / months
        steps = [f"{price:f} {currency} x {left}/{months} months of the commitment"]
    whole = rounded(exact, currency)
    if component.instalments == 1:
        yield _charge(on, piece, view.code, price, whole, tuple(steps))
        return
    days = [on, *_following(on, view, component.instalments - 1)]
    for number, (day, amount) in enumerate(zip(days, split(whole, [1] * len(days)), strict=True), 1):
        told = (*steps, f"instalment {number} of {len(days)} of {whole}")
        yield _charge(day, piece, view.code, price, amount, told)


def _following(on: date, view: BillingView, months: int) -> list[date]:
    """The next boundaries of the account's months after a day."""
    spans = grids(MONTHLY, view.anchored_on, view.billing_days)
    grid = next(span.grid for span in reversed(spans) if span.from_on <= on)
    number = grid.number(on)
    return [grid.boundary(number + ahead) for ahead in range(1, months + 1)]


def _charge(on: date, piece: Piece, subscription: str, price: Decimal, amount: Money, steps: tuple[str, ...]) -> Charge:
    component, tariff = piece.component, piece.tariff
    return Charge(
        subscription=subscription,
        component=component.code,
        description=f"{tariff.name}: {component.name}",
        tariff=tariff.code,
        kind="one-off",
        from_on=on,
        to_on=on + ONE_DAY,
        amount=amount,
        unit_price=price,
        vat_rate=component.vat_rate,
        includes_vat=tariff.prices_include_vat,
        agreed=component.code in piece.standing.agreed_prices,
        steps=steps,
    )
