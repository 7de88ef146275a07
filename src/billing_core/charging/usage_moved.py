"""What a subscription brings along of its usage when it moves to another account within a period.

Tiers, free units, packages, flat fees and allowances belong to the subscription's period: on the other account they go
on from what was used of the period before the move, which stays charged on the former account:

    10 units free, then 1.00; 8 used, moved, 5 used   ->   0.00 on the former account, 3.00 on the other one
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from billing_core.catalogue.allowances import ZERO
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Percentage
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.rating_days import rated
from billing_core.charging.schedule import Course, DuePeriod, Tenure, due_periods, pieces, tenures
from billing_core.charging.usage_cuts import UsagePrice
from billing_core.charging.usage_periods import Before, Cut, UsageCourse, before, cuts_by_price, usage_course
from billing_core.services.events import UsedBefore


def used_before_move(course: Course, catalogue: Catalogue, on: date) -> tuple[UsedBefore, ...]:
    """What was used of the current period of each usage component before a day, by price.

    `course` has all usage that was ever recorded.
    """
    in_force = list(pieces(course, catalogue))
    usage = rated(course.usage, in_force)
    found: dict[tuple[str, UsagePrice], UsedBefore] = {}
    known = tenures(course, in_force)
    for tenure in known:
        due = _period_of(tenure, course, on)
        if due is not None:
            component = usage_course(course, tenure.component, known, usage)
            for price, entry in _used(due, tenure, component, on):
                found.setdefault((tenure.component, price), entry)
    return tuple(found.values())


def _period_of(tenure: Tenure, course: Course, on: date) -> DuePeriod | None:
    """The period of a day, with the days that are charged in it."""
    if not isinstance(tenure.pieces[0].component, Usage):
        return None
    due = next(due_periods(tenure, course, on), None)
    return due if due is not None and due.period.from_on <= on < due.period.to_on else None


def _used(due: DuePeriod, tenure: Tenure, known: UsageCourse, on: date) -> Iterator[tuple[UsagePrice, UsedBefore]]:
    for price, cuts in cuts_by_price(due, tenure, known).items():
        begins = before(price, due, known)
        quantities = _quantities(price, begins, [cut for cut in cuts if cut.from_on < on], on)
        if quantities is not None or any(begins.carried):
            yield (
                price,
                UsedBefore(
                    component=known.component,
                    pricing=price.pricing,
                    allowance=price.allowance,
                    includes_vat=price.includes_vat,
                    quantities=quantities,
                    carried=begins.carried,
                ),
            )


def _quantities(price: UsagePrice, begins: Before, cuts: list[Cut], on: date) -> tuple[Decimal, ...] | None:
    """The quantities used before a day, also on an account before this one; None if it has no such days."""
    if not cuts and begins.quantities is None:
        return None
    here = [entry.quantity for cut in cuts for entry in cut.usage if entry.rated_on < on]
    quantities = [*(begins.quantities or ()), *here]
    return tuple(quantities) if isinstance(price.pricing, Percentage) else (sum(quantities, ZERO),)
