"""Which discounts and surcharges are on a component in one period, on which of its days, and in which order.

Those of the tariff come first, in its order, then those granted to the subscription, in the order of the grants. One
that holds for n billed periods holds in the first n periods that cost anything, counted from the day from which its
terms are on this component: a month that is free or on hold from then on does not count, even if days before that day
are charged. Its terms are its code, what it costs and for how many periods; another printed name, VAT rate, or further
component does not begin them anew.

If the last period is charged in full, the adjustments of the last day of the service hold to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from billing_core.catalogue.components import AnyComponent, Discount, Surcharge
from billing_core.catalogue.tariffs import Catalogue, Tariff, components_over
from billing_core.charging.charges import Charge
from billing_core.charging.schedule import BillingSpan, DuePeriod, due_periods
from billing_core.charging.view import BillingView
from billing_core.kernel.spans import Span, without
from billing_core.services.terms_in_force import TermsInForce
from billing_core.services.timeline import Segment

Adjustment = Discount | Surcharge
Priced = Callable[[DuePeriod], list[Charge]]


class Held(Span, frozen=True, gc=False, array_like=True):
    """Days on which a discount or surcharge holds, and its place in the order in which those of a day are stacked."""

    place: int


class InForce(NamedTuple):
    """A discount or surcharge, the tariff that prices it, and the days of a period on which it holds, in order."""

    adjustment: Adjustment
    tariff: Tariff
    days: list[Held]

    def place_on(self, on: date) -> int | None:
        """Its place in the order of a day; None if it does not hold on it."""
        return next((days.place for days in self.days if days.contains(on)), None)


def stacked(found: Sequence[InForce], on: date) -> list[int]:
    """Which of some discounts and surcharges hold on a day, in the order of that day."""
    places = [(place, number) for number, entry in enumerate(found) if (place := entry.place_on(on)) is not None]
    return [number for _, number in sorted(places)]


def adjustments_of(components: Iterable[AnyComponent], in_force: TermsInForce) -> list[Adjustment]:
    """The discounts and surcharges of a price list, then those granted: the order in which they are stacked."""
    listed: list[Adjustment] = [entry for entry in components if isinstance(entry, Discount | Surcharge)]
    return [*listed, *in_force.discounts]


def adjustments_in_force(
    due: DuePeriod, same: Sequence[BillingSpan], view: BillingView, catalogue: Catalogue, priced: Priced
) -> Iterator[InForce]:
    """The adjustments of a component in one period, each with its days and its place in the order of each day.

    `same` are the billing spans of the component, and `priced` prices any of their periods.
    """
    component = due.pieces[0].component
    for found in _listed(component, view, catalogue, due):
        adjustment, days = found.adjustment, found.days
        if days and adjustment.billed_periods is not None:
            first_on = begins_on(adjustment, component, view, catalogue, days[0].from_on)
            left_over = adjustment.billed_periods - _billed_elsewhere(adjustment, component, first_on, same[0], view)
            if _billed(first_on, left_over, due, same, view, priced) >= left_over:
                continue
        if view.waivers:
            days = list(without(days, view.waived(adjustment.code, component.code)))
        if days:
            yield InForce(adjustment, found.tariff, days)


def _listed(component: AnyComponent, view: BillingView, catalogue: Catalogue, due: DuePeriod) -> list[InForce]:
    """Everything that is on the component at any time of the period, once each, with its days."""
    listed: dict[Adjustment, InForce] = {}
    for days, segment, components in _terms_within(due, view, catalogue):
        for place, entry in enumerate(adjustments_of(components, segment.in_force)):
            if entry.is_on(component):
                found = listed.setdefault(entry, InForce(entry, catalogue[segment.in_force.tariff], []))
                held = _holding(entry, days, view)
                found.days.extend(Held(part.from_on, part.to_on, place) for part in held)
    return list(listed.values())


def _terms_within(
    due: DuePeriod, view: BillingView, catalogue: Catalogue
) -> Iterator[tuple[Span, Segment, Sequence[AnyComponent]]]:
    """The days of a period by version of the price list; the last of the service last as long as they are charged."""
    for segment in view.segments:
        inside = segment.within(due.period)
        if inside is None:
            continue
        for from_on, to_on, components in components_over(
            catalogue[segment.in_force.tariff], inside.from_on, inside.to_on
        ):
            is_last = to_on is not None and to_on == view.segments[-1].to_on
            days = Span(from_on, max(to_on or from_on, due.pieces[-1].end) if is_last else to_on)
            yield days, segment, components


def _holding(adjustment: Adjustment, days: Span, view: BillingView) -> Iterator[Span]:
    """Those of some days on which it holds: within its dates, and if the account has all tariffs of its bundle."""
    inside = days.within(Span(adjustment.valid_from or days.from_on, adjustment.valid_to))
    left = [] if inside is None else [inside]
    for tariff in adjustment.bundle:
        days_of_others = view.others.of_others(view.code, tariff)
        left = [both for part in left for entry in days_of_others if (both := part.within(entry)) is not None]
    yield from left


# --- for so many billed periods


def _billed(
    first_on: date, most: int, due: DuePeriod, same: Sequence[BillingSpan], view: BillingView, priced: Priced
) -> int:
    """The number of periods that cost anything and have a charged day from a day on, before this one, on any grid."""
    billed = 0
    for span in same:
        for earlier in due_periods(span, view, first_on):
            if billed == most or (earlier.pieces and earlier.pieces[0].from_on >= due.pieces[0].from_on):
                break
            if earlier.pieces and earlier.pieces[-1].end > first_on:
                billed += any(line.amount.amount for line in priced(earlier))
    return billed


def counter_of(adjustment: Adjustment, component: AnyComponent) -> str:
    """The name under which a moved subscription takes along since when an adjustment counts on a component."""
    return f"{adjustment.code}:{component.code}"


def _billed_elsewhere(
    adjustment: Adjustment, component: AnyComponent, first_on: date, span: BillingSpan, view: BillingView
) -> int:
    """How many of its periods were before the subscription was moved here."""
    since = view.since.get(counter_of(adjustment, component))
    if since is None or first_on != view.segments[0].from_on:
        return 0
    return span.grid.number(first_on) - span.grid.number(since)


def begins_on(
    adjustment: Adjustment, component: AnyComponent, view: BillingView, catalogue: Catalogue, holds_from: date
) -> date:
    """The first of the unbroken days before one on which its terms are on the component too."""
    first_on = holds_from
    for from_on, in_force in _before(view, catalogue, holds_from):
        if not any(entry.has_terms_of(adjustment) and entry.is_on(component) for entry in in_force):
            break
        first_on = from_on
    return max(first_on, adjustment.valid_from or first_on)


def _before(view: BillingView, catalogue: Catalogue, on: date) -> Iterator[tuple[date, list[Adjustment]]]:
    """The days up to one, the last ones first, with the discounts and surcharges in force."""
    for segment in reversed([segment for segment in view.segments if segment.from_on <= on]):
        listed = components_over(catalogue[segment.in_force.tariff], segment.from_on, segment.to_on)
        for from_on, _, components in reversed([entry for entry in listed if entry[0] <= on]):
            yield from_on, adjustments_of(components, segment.in_force)
