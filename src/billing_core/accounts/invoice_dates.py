"""On which days the charges of an account that wait are put on invoices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.accounts.plans import BillingPlan
from billing_core.kernel.events import Event, event
from billing_core.time.period_rules import MONTHLY
from billing_core.time.periods import BillingDay, grids


@event("charges-deferred")
class ChargesDeferred(Event, frozen=True, kw_only=True):
    """The charges that wait are put on no document yet; they wait until an invoice date (None: until others come)."""

    until: date | None


def next_invoice_on(plan: BillingPlan, opened_on: date, billing_days: Sequence[BillingDay], on: date) -> date:
    """The first invoice date that is not before a day; a plan that invoices at once has the billing days."""
    spans = grids(plan.invoice_every or MONTHLY, opened_on, billing_days)
    found = date.max
    for span in spans:
        if span.from_on > found:
            break
        first_on = max(on, span.from_on)
        number = span.grid.number(first_on)
        boundary = span.grid.boundary(number)
        found = boundary if boundary >= first_on else span.grid.boundary(number + 1)
    return found
