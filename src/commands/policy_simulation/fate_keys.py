"""Which accounts have the same fate?

Amounts are compared with what steps and balances ask for. Of items that always count the comparisons are known ahead,
so accounts that differ in amounts only share a fate; of others the amounts themselves are part of the key.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from billing_core.dunning.forecast import Played
from billing_core.dunning.policies import DunningPolicy
from billing_core.dunning.suspensions import returns_at
from billing_core.payments.ledger import OpenItem


def fate_key(policy: DunningPolicy, played: Played) -> object:
    """What the fate depends on: equal keys have equal fates."""
    debtor = played.debtor
    items = sorted(debtor.open_items.items(), key=lambda entry: (entry[1].due_on, entry[0]))
    dunning = debtor.dunning
    ages = tuple(
        (item.due_on, dunning.taken.get(invoice, ()), dunning.stops.get(invoice, ())) for invoice, item in items
    )
    services = tuple(sorted(set(played.services.values())))
    limits = (policy.suspend_below or Decimal(0), returns_at(policy))
    below = tuple(played.available.amount < limit for limit in limits)
    return ages, dunning.stops.get("", ()), services, below, _comparisons(policy, played, [i for _, i in items])


def _comparisons(policy: DunningPolicy, played: Played, items: Sequence[OpenItem]) -> object:
    asked = [step for step in policy.steps if step.least_amount or step.least_share_percent]
    fees, available = played.debtor.monthly_fees.amount, played.available.amount
    amounts = tuple(item.amount.amount for item in items)
    has_credit = available != -sum(amounts)
    if not asked and policy.suspend_below is None and not has_credit:
        return ()
    if has_credit or played.debtor.dunning.stops or any(step.is_before_due for step in asked):
        return amounts, fees, available
    debts = [sum(amounts[: number + 1], Decimal(0)) for number in range(len(amounts))]
    return tuple(
        debt >= step.least_amount and debt * 100 >= step.least_share_percent * fees for step in asked for debt in debts
    )
