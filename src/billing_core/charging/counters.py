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
from billing_core.charging.schedule import Course, pieces, tenures


def counted_since(course: Course, catalogue: Catalogue, on: date) -> dict[str, date]:
    """The day from which each fee with phases, and each discount for so many periods, counts on a day."""
    since: dict[str, date] = {}
    for tenure in tenures(course, pieces(course, catalogue)):
        component = tenure.pieces[-1].component
        if isinstance(component, Recurring) and component.phases and tenure.from_on <= on:
            since[tenure.component] = tenure.since
    standing = next(entry.standing for entry in reversed(course.segments) if entry.from_on <= on)
    _, _, components = next(components_over(catalogue[standing.tariff], on, None))
    for share in (*components, *standing.discounts):
        if isinstance(share, Discount | Surcharge) and share.billed_periods is not None:
            first_on = begins_on(share, course, catalogue, on)
            since[share.code] = course.since.get(share.code, first_on) if _is_carried(course, first_on) else first_on
    return since


def _is_carried(course: Course, first_on: date) -> bool:
    return first_on == course.segments[0].from_on
