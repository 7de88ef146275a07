"""On which days a one-off fee falls due, by whose terms and at which price.

- at activation: on the first charged day on which the tariff has the fee, also if that is a later tariff;
- at hold, suspension or resumption: on each day on which one begins or ends;
- at a change of tariff: on its day, the fee of the tariff that is left at its price on that day. An upgrade leads to a
  tariff whose recurring fees cost more a year, a downgrade to one whose fees cost less (`catalogue.yearly_fees`);
- at termination: on its day, unless the commitment is over; also the fee of a tariff that was left, if the change of
  tariff kept its commitment (`services.commitments`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from billing_core.catalogue.components import OneOff, Trigger
from billing_core.catalogue.tariffs import Catalogue, Tariff, components_on, price_on, price_when_left, tariff_named
from billing_core.catalogue.yearly_fees import yearly_fees
from billing_core.charging.schedule import Piece
from billing_core.charging.view import BillingView
from billing_core.kernel.spans import ONE_DAY
from billing_core.services.commitments import commitments, months_left, tariff_left
from billing_core.services.events import TariffLeft
from billing_core.services.tariff_changes import TariffChange
from billing_core.services.terms_in_force import SubscriptionStatus

# The trigger on the first day of another status.
STATUS_TRIGGERS: dict[SubscriptionStatus, Trigger | None] = {
    "held": "hold",
    "suspended": "suspension",
    "active": "resumption",
    "terminated": None,
}


class DueFee(NamedTuple):
    """A fee on the day on which it falls due; `months_left` of its commitment, if it has one."""

    on: date
    tariff: Tariff
    component: OneOff
    price: Decimal
    is_agreed: bool
    months_left: int = 0


def due_fees(view: BillingView, in_force: Sequence[Piece], catalogue: Catalogue) -> Iterator[DueFee]:
    """Every one-off fee of a subscription, past and to come."""
    fees = [piece for piece in in_force if isinstance(piece.component, OneOff)]
    if fees:
        yield from _by_status(view, fees)
    for change in view.tariff_changes:
        yield from _by_change(change, catalogue)
    if view.terminated_on is not None and (fees or view.commitments):
        yield from _by_termination(view, fees, catalogue, view.terminated_on)


def _by_status(view: BillingView, fees: Sequence[Piece]) -> Iterator[DueFee]:
    begun: dict[date, list[Piece]] = defaultdict(list)
    for piece in fees:
        begun[piece.from_on].append(piece)
    met: set[str] = set()
    status: SubscriptionStatus = "active"
    for segment in view.segments:
        trigger = STATUS_TRIGGERS[segment.in_force.status] if segment.in_force.status != status else None
        status = segment.in_force.status
        for piece in begun.get(segment.from_on, ()):
            component = piece.component
            assert isinstance(component, OneOff)
            if component.at == "activation" and component.code not in met and segment.in_force.is_charged:
                met.add(component.code)
                if view.begun_on is not None or segment is not view.segments[0]:
                    yield _in_force(segment.from_on, piece, component)
            elif component.at == trigger:
                yield _in_force(segment.from_on, piece, component)


def _by_change(change: TariffChange, catalogue: Catalogue) -> Iterator[DueFee]:
    tariff = tariff_named(catalogue, change.left.tariff)
    for component in components_on(tariff, change.on):
        if isinstance(component, OneOff) and _occurs(component.at, change, catalogue):
            left = tariff_left(change, component.code)
            yield _when_left(change.on, component, left, tariff)


def _occurs(trigger: Trigger, change: TariffChange, catalogue: Catalogue) -> bool:
    """Whether a change of tariff is what triggers a fee."""
    if trigger not in ("upgrade", "downgrade"):
        return trigger == "tariff-change"
    before, after = (
        yearly_fees(tariff_named(catalogue, code), change.on, change.left.customer_class)
        for code in (change.left.tariff, change.tariff)
    )
    return before < after if trigger == "upgrade" else after < before


def _by_termination(view: BillingView, fees: Sequence[Piece], catalogue: Catalogue, on: date) -> Iterator[DueFee]:
    begun = commitments(view.segments, view.tariff_changes, view.commitments, catalogue)
    for piece in fees:
        component = piece.component
        assert isinstance(component, OneOff)
        if component.at != "termination" or piece.to_on != on:
            continue
        fee = _in_force(on, piece, component)
        yield from _within(fee, begun[component.code].since) if component.committed_months else [fee]
    for commitment in begun.values():
        if commitment.left is not None:
            yield from _within(_kept(on, commitment.component, commitment.left, catalogue), commitment.since)


def _within(fee: DueFee, since: date) -> Iterator[DueFee]:
    """The fee, unless its commitment is over."""
    left = months_left(since, fee.component.committed_months, fee.on)
    if left > 0:
        yield fee._replace(months_left=left)


def _kept(on: date, code: str, left: TariffLeft, catalogue: Catalogue) -> DueFee:
    tariff = tariff_named(catalogue, left.tariff)
    component = next(entry for entry in components_on(tariff, left.on) if entry.code == code)
    assert isinstance(component, OneOff)
    return _when_left(on, component, left, tariff)


# --- at which price


def _in_force(on: date, piece: Piece, component: OneOff) -> DueFee:
    """A fee at the price of its day; on the day on which its terms end, at the last price."""
    in_force, tariff = piece.in_force, piece.tariff
    agreed = in_force.agreed_prices.get(component.code)
    if agreed is not None:
        return DueFee(on, tariff, component, agreed, is_agreed=True)
    price_day = on if piece.to_on is None else min(on, piece.to_on - ONE_DAY)
    price = price_on(tariff, component, price_day, in_force.customer_class).amount
    return DueFee(on, tariff, component, price, is_agreed=False)


def _when_left(on: date, component: OneOff, left: TariffLeft, tariff: Tariff) -> DueFee:
    """A fee by the terms of a tariff on the day on which it was left."""
    if left.vat_rate is not None:
        component = msgspec.structs.replace(component, vat_rate=left.vat_rate)
    if left.agreed_price is not None:
        return DueFee(on, tariff, component, left.agreed_price, is_agreed=True)
    price = price_when_left(tariff, component, left.on, left.customer_class).amount
    return DueFee(on, tariff, component, price, is_agreed=False)
