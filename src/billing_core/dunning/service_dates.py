"""The three days of a service whose money has not come in: due on, warned from, cut at.

    due on        31 March    the oldest open item that counts
    cut at        21 April    the first day after what is tolerated, 20 days, or the day of the step that suspends
    warned from   16 April    five warning days before

Without a policy a service is cut on the day after the days that are tolerated. A policy without a step that suspends
cuts nothing. The days hold if nothing changes; a payment, a dispute or a promise moves them.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from billing_core.dunning.ladder import Debtor, Ladder, unskipped
from billing_core.dunning.policies import DunningPolicy
from billing_core.kernel.spans import ONE_DAY
from billing_core.time.due_dates import Calendar


class Tolerance(NamedTuple):
    """How many days a service is tolerated after the due date, and warned before it is cut."""

    tolerance_days: int
    warning_days: int = 0


class ServiceDates(NamedTuple):
    """None if nothing is open that counts, or if nothing will be cut."""

    due_on: date | None = None
    warned_from: date | None = None
    cut_on: date | None = None


def service_dates(
    policy: DunningPolicy | None, debtor: Debtor, tolerance: Tolerance, today: date, calendar: Calendar
) -> ServiceDates:
    """The days of a service as things are today."""
    counting = {
        invoice: item.due_on for invoice, item in debtor.open_items.items()
        if debtor.dunning.stopped_by(invoice, today) is None
    }  # fmt: skip
    if not counting:
        return ServiceDates()
    tolerated = timedelta(days=tolerance.tolerance_days) + ONE_DAY
    cuts = [
        max(due_on + tolerated, suspends_on)
        for invoice, due_on in counting.items()
        if (suspends_on := _suspends_on(policy, debtor, invoice, today, calendar)) is not None
    ]
    cut_on = min(cuts, default=None)
    if cut_on is not None and policy is not None:
        cut_on = unskipped(cut_on, policy.skips, calendar)
    warned_from = None if cut_on is None else cut_on - timedelta(days=tolerance.warning_days)
    return ServiceDates(min(counting.values()), warned_from, cut_on)


def paid_before(by_debt: ServiceDates, due_on: date | None, cut_on: date | None, warning_days: int) -> ServiceDates:
    """The days of a service that is paid before: its next fee, and the cut by lack of money or by debt, whichever is
    first.

    next fee on 1 April, no money for it, nothing overdue, five warning days    1 April, 27 March, 1 April
    """
    by_money = ServiceDates(due_on, None if cut_on is None else cut_on - timedelta(days=warning_days), cut_on)
    if by_debt.cut_on is not None and (cut_on is None or by_debt.cut_on < cut_on):
        return by_debt
    return by_money


def _suspends_on(
    policy: DunningPolicy | None, debtor: Debtor, invoice: str, today: date, calendar: Calendar
) -> date | None:
    """The day on which a step suspends for an item; without a policy nothing delays it."""
    if policy is None:
        return date.min
    taken = [step.on for step in debtor.dunning.taken.get(invoice, ()) if step.suspends]
    if taken:
        return taken[0]
    planned = Ladder(policy, calendar).planned_steps(debtor, invoice, today)
    return next((each.on for each in planned if each.step.suspension is not None), None)
