"""Which discounts and surcharges are on a component in one period, on which of its days, and in which order.

Those of the tariff come first, as they stand in it, then those granted to the subscription, in the order in which they
were. One that holds for n billed periods holds in the first n periods, from the one on in which it begins, that cost
anything: a month that is free or on hold does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from billing_core.catalogue.components import Discount, Surcharge
from billing_core.catalogue.tariffs import Catalogue, Tariff, components_over
from billing_core.charging.charges import Charge
from billing_core.charging.schedule import Course, DuePeriod, Tenure, due_periods
from billing_core.services.timeline import Segment

AnyShare = Discount | Surcharge
Priced = Callable[[Tenure, DuePeriod], list[Charge]]
Days = list[tuple[date, date]]


class ShareInForce(NamedTuple):
    """A discount or surcharge, the tariff whose price list prices it, and the days on which it holds, in order."""

    share: AnyShare
    tariff: Tariff
    days: Days


def shares_in_force(
    due: DuePeriod, same: Sequence[Tenure], course: Course, catalogue: Catalogue, priced: Priced
) -> Iterator[ShareInForce]:
    """What is on a component in one period, in the order in which it is stacked.

    `same` are the tenures of the component, and `priced` prices any of their periods.
    """
    for share, tariff in _in_force(same[0].component, course, catalogue, due):
        days = _days_of(share, course, catalogue, due)
        if not days:
            continue
        if share.billed_periods is not None:
            first_on = begins_on(share, course, catalogue, days[0][0])
            left_over = share.billed_periods - _billed_elsewhere(share, first_on, same[0], course)
            if _billed(first_on, left_over, due, same, course, priced) >= left_over:
                continue
        yield ShareInForce(share, tariff, days)


def _in_force(code: str, course: Course, catalogue: Catalogue, due: DuePeriod) -> list[tuple[AnyShare, Tariff]]:
    """Whatever is on the component at any time of the period, once each, in its order."""
    listed: dict[AnyShare, Tariff] = {}
    granted: dict[AnyShare, Tariff] = {}
    for segment, from_on, to_on in _segments_in(course, due):
        tariff = catalogue[segment.standing.tariff]
        for _, _, components in components_over(tariff, from_on, to_on):
            for component in components:
                if isinstance(component, Discount | Surcharge) and code in component.on:
                    listed.setdefault(component, tariff)
        for discount in segment.standing.discounts:
            if code in discount.on:
                granted.setdefault(discount, tariff)
    return [*listed.items(), *granted.items()]


def _segments_in(course: Course, due: DuePeriod) -> Iterator[tuple[Segment, date, date]]:
    period = due.period
    for segment in course.segments:
        from_on = max(segment.from_on, period.from_on)
        to_on = period.to_on if segment.to_on is None else min(segment.to_on, period.to_on)
        if from_on < to_on:
            yield segment, from_on, to_on


def _days_of(share: AnyShare, course: Course, catalogue: Catalogue, due: DuePeriod) -> Days:
    """The days of the period on which a share holds, in order."""
    found: Days = []
    for segment, start, end in _segments_in(course, due):
        for first, last, components in components_over(catalogue[segment.standing.tariff], start, end):
            if share not in components and share not in segment.standing.discounts:
                continue
            from_on = max(first, share.valid_from or first)
            to_on = min(last or end, share.valid_to or end)
            if from_on < to_on:
                found += _in_bundle(share, from_on, to_on, course)
    return found


def _in_bundle(share: AnyShare, from_on: date, to_on: date, course: Course) -> Days:
    """Those of some days on which the account has all the tariffs of the bundle."""
    days: Days = [(from_on, to_on)]
    for tariff in share.bundle:
        days = [
            (max(start, first), min(end, last))
            for start, end in days
            for first, last in course.others.of_others(course.code, tariff)
            if max(start, first) < min(end, last)
        ]
    return days


def _billed(begins_on: date, most: int, due: DuePeriod, same: Sequence[Tenure], course: Course, priced: Priced) -> int:
    """How many periods that cost anything lie between a day and this period, on whatever grid, up to a number."""
    billed = 0
    for tenure in same:
        for earlier in due_periods(tenure, course, begins_on):
            if billed == most or (earlier.pieces and earlier.pieces[0].from_on >= due.pieces[0].from_on):
                break
            if earlier.pieces and earlier.period.to_on > begins_on:
                billed += any(line.amount.amount for line in priced(tenure, earlier))
    return billed


def _billed_elsewhere(share: AnyShare, first_on: date, tenure: Tenure, course: Course) -> int:
    """How many of its periods were before the subscription was moved here."""
    if share.code not in course.since or first_on != course.segments[0].from_on:
        return 0
    return tenure.grid.number(first_on) - tenure.grid.number(course.since[share.code])


def begins_on(share: AnyShare, course: Course, catalogue: Catalogue, holds_from: date) -> date:
    """The first of the unbroken days before one on which a share is in force too."""
    first_on = holds_from
    for from_on, in_force in _before(course, catalogue, holds_from):
        if share not in in_force:
            break
        first_on = from_on
    return max(first_on, share.valid_from or first_on)


def _before(course: Course, catalogue: Catalogue, on: date) -> Iterator[tuple[date, tuple[object, ...]]]:
    """The stretches of days up to one, the last one first, with the components and granted discounts in force."""
    for segment in reversed([segment for segment in course.segments if segment.from_on <= on]):
        listed = components_over(catalogue[segment.standing.tariff], segment.from_on, segment.to_on)
        for from_on, _, components in reversed([entry for entry in listed if entry[0] <= on]):
            yield from_on, (*components, *segment.standing.discounts)
