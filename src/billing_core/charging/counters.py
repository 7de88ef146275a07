"""Counters that a subscription takes along when it moves to another account: since when it counts periods.

A phase is counted from the day on which its phases came into force, and a discount for n billed periods from the one on
which its terms came onto a component; a move begins neither anew. The periods before the one of the move count as
billed:

    three periods at half the price since 1 March, moved on 10 May: March and April count, so May is the third
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from billing_core.catalogue.components import Recurring
from billing_core.catalogue.tariffs import Catalogue, components_over
from billing_core.charging.adjustments_in_force import adjustments_of, begins_on, counter_of
from billing_core.charging.schedule import billing_spans, pieces
from billing_core.charging.view import BillingView


def counted_since(view: BillingView, catalogue: Catalogue, on: date) -> dict[str, date]:
    """Since when each fee with phases, and each discount for so many periods on a component, counts on a day."""
    return dict([*_phases(view, catalogue, on), *_adjustments(view, catalogue, on)])


def _phases(view: BillingView, catalogue: Catalogue, on: date) -> Iterator[tuple[str, date]]:
    for span in billing_spans(view, pieces(view, catalogue)):
        component = next((piece.component for piece in span.pieces if piece.contains(on)), None)
        if isinstance(component, Recurring) and component.phases in span.phased_since:
            yield span.component, span.phased_since[component.phases]


def _adjustments(view: BillingView, catalogue: Catalogue, on: date) -> Iterator[tuple[str, date]]:
    in_force = next(entry.in_force for entry in reversed(view.segments) if entry.from_on <= on)
    _, _, components = next(components_over(catalogue[in_force.tariff], on, None))
    for adjustment in adjustments_of(components, in_force):
        for component in components if adjustment.billed_periods is not None else ():
            if adjustment.is_on(component):
                first_on = begins_on(adjustment, component, view, catalogue, on)
                counter = counter_of(adjustment, component)
                is_carried = first_on == view.segments[0].from_on
                yield counter, view.since.get(counter, first_on) if is_carried else first_on
