"""From the next period: the day on which the period after the one of today begins.

It is the boundary of the grid of the subscription's first recurring fee, where a change costs no part of a period:

    billing day 1, today 11 June   ->  1 July
    today 1 July                   ->  1 August: the period of today has begun
    billing day 20 from 10 March on, today 12 March  ->  20 March, where the new grid begins
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.billing.periods import BillingDay, grids
from billing_core.billing.tenures import Course, Tenure, due_periods, tenures
from billing_core.catalogue.components import MONTHLY, Recurring
from billing_core.catalogue.tariffs import Catalogue
from billing_core.errors import RuleViolation


def next_period_on(course: Course, catalogue: Catalogue, today: date) -> date:
    """The first day of the next period; before its activation a subscription begins with that day."""
    first_on, ends_on = course.segments[0].from_on, course.segments[-1].to_on
    if today < first_on:
        return first_on
    if ends_on is not None and ends_on <= today:
        raise RuleViolation(f"subscription {course.code} ended on {ends_on}, so no period follows; say a date",
                            field="from next period", value=today)  # fmt: skip
    for tenure in tenures(course, catalogue):
        if isinstance(tenure.pieces[0].component, Recurring) and _covers(tenure, today):
            return _boundary_after(tenure, course, today, ends_on)
    raise RuleViolation(f"subscription {course.code} has no recurring fee on this day, so no period follows; say a date",
                        field="from next period", value=today)  # fmt: skip


def next_month_on(billing_days: Sequence[BillingDay], opened_on: date, today: date) -> date:
    """The first day of an account's next month, from one billing day to the next."""
    spans = grids(MONTHLY, opened_on, billing_days)
    grid = next(span.grid for span in reversed(spans) if span.from_on <= today)
    ahead = [span.from_on for span in spans if span.from_on > today]
    return min([grid.containing(today).to_on, *ahead])


def _covers(tenure: Tenure, on: date) -> bool:
    return tenure.from_on <= on and (tenure.to_on is None or on < tenure.to_on)


def _boundary_after(tenure: Tenure, course: Course, today: date, ends_on: date | None) -> date:
    """The end of the period of today, also of one to which the first stub is joined, or where its grid ends before."""
    period = tenure.grid.containing(today)
    for due in due_periods(tenure, course, today):
        if due.period.from_on <= today < due.period.to_on:
            period = due.period
        if due.period.from_on > today:
            break
    is_cut = tenure.to_on is not None and tenure.to_on != ends_on
    return min(period.to_on, tenure.to_on) if is_cut and tenure.to_on else period.to_on
