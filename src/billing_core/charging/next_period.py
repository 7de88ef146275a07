"""From the next period: the day on which the period after the one of today begins.

It is the boundary of the grid of the subscription's first recurring fee, at which a change costs no part of a period:

    billing day 1, today 11 June   ->  1 July
    today 1 July                   ->  1 August: the period of today has begun
    billing day 20 from 10 March on, today 12 March  ->  20 March, where the new grid begins
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.catalogue.components import Recurring
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.schedule import BillingSpan, billing_spans, due_periods, pieces
from billing_core.charging.view import BillingView
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.time.period_rules import MONTHLY
from billing_core.time.periods import BillingDay, grid_on, grids


def require_one_day(on: date | None, *, from_next_period: bool) -> None:
    """A change is true from a date or from the next period; of the two one is named at most."""
    if on is not None and from_next_period:
        raise InvalidValue("goes without from_next_period; name one of the two", field="on", value=on)


def next_period_on(view: BillingView, catalogue: Catalogue, today: date) -> date:
    """The first day of the next period; before its activation a subscription begins with that day."""
    if not view.segments:
        raise RuleViolation(f"subscription {view.code} never began, so it has no periods; supply a date",
                            field="from next period", value=today)  # fmt: skip
    first_on, ends_on = view.segments[0].from_on, view.segments[-1].to_on
    if today < first_on:
        return first_on
    if ends_on is not None and ends_on <= today:
        raise RuleViolation(f"subscription {view.code} ended on {ends_on}, so no period follows; supply a date",
                            field="from next period", value=today)  # fmt: skip
    spans = billing_spans(view, pieces(view, catalogue))
    fee = next((span for span in spans if _is_fee(span) and _covers(span, today)), None)
    if fee is None:
        raise RuleViolation(f"subscription {view.code} has no recurring fee on this day; supply a date instead",
                            field="from next period", value=today)  # fmt: skip
    return _boundary_after(fee, spans, view, today)


def next_month_on(billing_days: Sequence[BillingDay], opened_on: date, today: date) -> date:
    """The first day of an account's next month, from one billing day to the next."""
    spans = grids(MONTHLY, opened_on, billing_days)
    ahead = [span.from_on for span in spans if span.from_on > today]
    return min([grid_on(spans, today).containing(today).to_on, *ahead])


def _is_fee(span: BillingSpan) -> bool:
    component = span.pieces[0].component
    return isinstance(component, Recurring) and not component.is_option


def _covers(span: BillingSpan, on: date) -> bool:
    return span.from_on <= on < span.end


def _boundary_after(span: BillingSpan, spans: Sequence[BillingSpan], view: BillingView, today: date) -> date:
    """The end of the period of today, also of one to which the first stub is joined, or where its next grid begins."""
    ends_on = span.grid.containing(today).to_on
    for due in due_periods(span, view, today):
        if due.period.from_on > today:
            break
        if today < due.period.to_on:
            ends_on = due.period.to_on
    following = (
        other.from_on
        for other in spans
        if other.component == span.component and other.from_on > today and other.from_on == span.to_on
    )
    return min([ends_on, *following])
