"""Which services of an account are to be suspended for non-payment today, and which are to return?

A difference, like charging: what is to be suspended is decided from the facts as they are and compared with what is.
So payments, reversals, disputes and promises in any order end in the same state.

A service is to be suspended while an item is open, counts, is overdue beyond the service's tolerance, and a step was
taken on it that suspends. If the policy has balances, the account must be below `suspend_below`; once suspended, it
returns at `resume_at`. With a balance exactly at either it is served. Credit of the account counts as if it were money:
a debt of 24.00 with a limit of 24.00 suspends nothing.

Worked example, due on 31 March, tolerance 20 days, step `suspend` taken on 21 April:

    21 April   the service is to be suspended
    22 April   the item is paid            nothing is to be suspended: the service returns
    25 April   the payment bounces         to be suspended again, as the step was taken already
    26 April   the item is disputed        the service returns
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from billing_core.catalogue.tariffs import Tariff
from billing_core.dunning.ladder import Debtor
from billing_core.dunning.policies import DunningPolicy
from billing_core.dunning.state import TakenStep
from billing_core.kernel.money import Money


class ServiceDunned(NamedTuple):
    """A service that is neither ended nor moved away: the days it is tolerated, and whether money suspends it now.

    `is_spared` if the policy spares it, as it is paid before: then no debt suspends it.
    """

    tolerance_days: int
    is_suspended: bool
    is_spared: bool = False


def suspensions_wanted(
    policy: DunningPolicy, debtor: Debtor, services: Mapping[str, ServiceDunned], available: Money, today: date
) -> dict[str, str]:
    """The services that are to be suspended today, each with the reason of the step; `available` is the balance and
    the credit of the account.
    """
    return {
        code: reason for code, service in services.items()
        if not service.is_spared
        and _is_below(policy, available, is_suspended=service.is_suspended)
        and (reason := _reason(debtor, service.tolerance_days, today))
    }  # fmt: skip


def tolerance_of(tariff: Tariff, policy: DunningPolicy | None, plan_days: int) -> int:
    """The days after the due date for which a service is tolerated: the tariff's own, the policy's, or the plan's."""
    if tariff.tolerance_days is not None:
        return tariff.tolerance_days
    return plan_days if policy is None or policy.tolerance_days is None else policy.tolerance_days


def warning_of(tariff: Tariff, policy: DunningPolicy | None) -> int:
    """The days before the cut from which a customer is warned: the tariff's own, or the policy's."""
    if tariff.warning_days is not None:
        return tariff.warning_days
    return 0 if policy is None else policy.warning_days


def slowed_to(debtor: Debtor, today: date) -> str:
    """The profile at whose speed the services are to run: that of the newest step on the oldest item that slows down
    and counts; empty if none does.
    """
    return _newest(debtor, today, 0, lambda step: step.slows_to)


def returns_at(policy: DunningPolicy) -> Decimal:
    """The balance, with the credit of the account, at which suspended services return."""
    if policy.resume_at is not None:
        return policy.resume_at
    return Decimal(0) if policy.suspend_below is None else policy.suspend_below


def _is_below(policy: DunningPolicy, available: Money, *, is_suspended: bool) -> bool:
    """Without balances of the policy an account is below if it owes anything."""
    below = Decimal(0) if policy.suspend_below is None else policy.suspend_below
    return available.amount < (returns_at(policy) if is_suspended else below)


def _reason(debtor: Debtor, tolerance_days: int, today: date) -> str:
    """The reason of the oldest item that suspends; empty if none does."""
    return _newest(debtor, today, tolerance_days, lambda step: step.suspends)


def _newest(debtor: Debtor, today: date, tolerance_days: int, what: Callable[[TakenStep], str]) -> str:
    for invoice, item in sorted(debtor.open_items.items(), key=lambda entry: (entry[1].due_on, entry[0])):
        is_late = item.due_on + timedelta(days=tolerance_days) < today
        if is_late and debtor.dunning.stopped_by(invoice, today) is None:
            found = [what(step) for step in debtor.dunning.taken.get(invoice, ()) if what(step)]
            if found:
                return found[-1]
    return ""
