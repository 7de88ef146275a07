"""What a subscription brings along when it moves to another account: since when it counts periods.

A phase is counted from the day on which its fee began, and a discount for n billed periods from the one on which it
began; a move starts neither anew. The periods before the one of the move count as billed:

    three periods at half the price since 1 March, moved on 10 May: March and April count, so May is the third
"""

from __future__ import annotations

from datetime import date

from billing_core.catalogue.components import Discount, Recurring, Surcharge
from billing_core.catalogue.tariffs import Catalogue, components_over
from billing_core.charging.adjustments_in_force import begins_on
from billing_core.charging.schedule import BillingView, billing_spans, pieces


def counted_since(view: BillingView, catalogue: Catalogue, on: date) -> dict[str, date]:
    """The day from which each fee with phases, and each discount for so many periods, counts on a day."""
    since: dict[str, date] = {}
    for span in billing_spans(view, pieces(view, catalogue)):
        component = span.pieces[-1].component
        if isinstance(component, Recurring) and component.phases and span.from_on <= on:
            since[span.component] = span.since
    standing = next(entry.standing for entry in reversed(view.segments) if entry.from_on <= on)
    _, _, components = next(components_over(catalogue[standing.tariff], on, None))
    for share in (*components, *standing.discounts):
        if isinstance(share, Discount | Surcharge) and share.billed_periods is not None:
            first_on = begins_on(share, view, catalogue, on)
            since[share.code] = view.since.get(share.code, first_on) if _is_carried(view, first_on) else first_on
    return since


def _is_carried(view: BillingView, first_on: date) -> bool:
    return first_on == view.segments[0].from_on
