"""Usage that a subscription takes along when it moves to another account within a period.

Tiers, free units, packages, flat fees and allowances belong to the subscription's period: on the other account they
continue from the usage of the period before the move, which stays charged on the former account:

    10 units free, then 1.00; 8 used, moved, 5 used   ->   0.00 on the former account, 3.00 on the other one
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from decimal import Decimal

from billing_core.catalogue.allowances import ZERO
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Percentage
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.rating_days import rated
from billing_core.charging.schedule import BillingSpan, DuePeriod, billing_spans, due_periods, pieces
from billing_core.charging.usage_cuts import UsagePrice
from billing_core.charging.usage_periods import (
    Before,
    Cut,
    UsageView,
    before,
    cuts_by_price,
    grid_terms,
    price_of,
    usage_view,
)
from billing_core.charging.view import BillingView
from billing_core.services.events import UsedBefore


def used_before_move(view: BillingView, catalogue: Catalogue, on: date) -> tuple[UsedBefore, ...]:
    """The usage of the current period of each usage component before a day, by price and grid.

    `view` has all usage that was ever recorded.
    """
    in_force = list(pieces(view, catalogue))
    known = billing_spans(view, in_force)
    usage = rated(view.usage, in_force)
    found: dict[Hashable, UsedBefore] = {}
    for span in known:
        if isinstance(span.pieces[0].component, Usage):
            component = usage_view(view, span.component, known, usage)
            for price in dict.fromkeys(price_of(piece) for piece in span.pieces):
                key = span.component, price, grid_terms(span.rule)
                entry = _used_before(price, span, component, on)
                if entry is not None:
                    found.setdefault(key, entry)
    return tuple(found.values())


def _used_before(price: UsagePrice, span: BillingSpan, known: UsageView, on: date) -> UsedBefore | None:
    """The usage at a price in the period of a day, before it; None without any."""
    due = _period_of(span, known.view, on)
    begins = before(price, due, known)
    cuts = cuts_by_price(due, known).get(price, [])
    quantities = _quantities(price, begins, [cut for cut in cuts if cut.from_on < on], on)
    if quantities is None and not any(begins.carried):
        return None
    return UsedBefore(
        component=known.component,
        pricing=price.pricing,
        period=span.rule,
        allowance=price.allowance,
        includes_vat=price.includes_vat,
        quantities=quantities,
        carried=begins.carried,
    )


def _period_of(span: BillingSpan, view: BillingView, on: date) -> DuePeriod:
    """The period of a day, also if the component is in force on none of its days."""
    for due in due_periods(span, view, on):
        if due.period.from_on <= on < due.period.to_on:
            return due
        break
    period = span.grid.containing(on)
    return DuePeriod(span, period.to_on, period, (), (), [])


def _quantities(price: UsagePrice, begins: Before, cuts: list[Cut], on: date) -> tuple[Decimal, ...] | None:
    """The quantities used before a day, also on an account before this one; None if it has no such days."""
    if not cuts and begins.quantities is None:
        return None
    here = [entry.quantity for cut in cuts for entry in cut.usage if entry.rated_on < on]
    quantities = [*(begins.quantities or ()), *here]
    return tuple(quantities) if isinstance(price.pricing, Percentage) else (sum(quantities, ZERO),)
