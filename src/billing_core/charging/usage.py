"""Usage of one period: the quantities that were used, priced by the model that was in force when they were.

Quantities count on the day of their use, whatever became of the service since. Where the price changes with the tariff
within a period, the usage under each is priced on its own: a tier or a free allowance is not shared between two prices.
What both price lists have alike goes on as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import usage_amount
from billing_core.charging.charges import Charge
from billing_core.charging.schedule import BillingView, DuePeriod, Piece
from billing_core.kernel.money import rounded


def usage_in(due: DuePeriod, view: BillingView) -> Iterator[Charge]:
    """One line for each price under which something was used; none for a period without usage and flat fee."""
    for _, same in groupby(due.pieces, key=lambda piece: (piece.component, piece.tariff.prices_include_vat)):
        pieces = list(same)
        component, tariff = pieces[0].component, pieces[0].tariff
        assert isinstance(component, Usage)
        from_on, to_on = pieces[0].from_on, _end(pieces[-1])
        used = sorted(
            (entry for entry in view.usage if entry.component == component.code and _holds(pieces, entry.on)),
            key=lambda entry: entry.on,
        )
        cost = usage_amount(component.pricing, [entry.quantity for entry in used])
        if not used and not cost.amount:
            continue
        quantity = sum((entry.quantity for entry in used), start=Decimal(0))
        covers_all = from_on == due.period.from_on and to_on == due.period.to_on
        yield Charge(
            subscription=view.code,
            component=component.code,
            description=f"{tariff.name}: {component.name}",
            tariff=tariff.code,
            kind="usage",
            from_on=from_on,
            to_on=to_on,
            amount=rounded(cost.amount, tariff.currency),
            unit_price=Decimal(0),
            days=(to_on - from_on).days,
            period_days=due.period.days,
            vat_rate=component.vat_rate,
            includes_vat=tariff.prices_include_vat,
            every=component.period.every,
            period=None if covers_all else due.period,
            quantity=quantity,
            steps=(f"used {quantity:f}", *cost.steps),
        )


def _holds(pieces: Sequence[Piece], on: date) -> bool:
    """Whether a day is one of theirs; between them the component may have been in force by another rule."""
    return any(piece.from_on <= on < _end(piece) for piece in pieces)


def _end(piece: Piece) -> date:
    assert piece.to_on is not None  # The pieces of a period are clipped to it.
    return piece.to_on
