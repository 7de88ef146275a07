"""What is known of an account as a debtor on a day: what it owes, what came in today, how long it is served.

A postpaid account owes what its balance lies below zero. A prepaid one also owes what it lacks to have the services
back that wait for money: a promise over it gives credit for it.
"""

from __future__ import annotations

from datetime import date

from billing_core.accounts.account import Account
from billing_core.dunning.policies import DunningPolicy
from billing_core.kernel.money import Money, total, zero
from billing_core.promises import Promisor
from billing_core.services.timeline import end_of


def promisor_of(account: Account, on: date, lacking: Money | None = None) -> Promisor:
    """Who promises, as known on a day; `lacking` is what a prepaid account lacks to have its services back.

    balance -5.00                       5.00 are owed
    balance 20.00, 10.00 are lacking    10.00 are owed
    """
    nothing = zero(account.currency)
    debt = nothing if account.prepaid is None else overdue_debt(account, on)
    owed = max(-account.ledger.balance, debt, lacking or nothing, key=lambda money: money.amount)
    return Promisor(
        owed=owed, received_today=account.promises.received_on(on, account.currency),
        served_since_on=served_since(account, on),
    )  # fmt: skip


def owes_nothing(account: Account, on: date) -> bool:
    """Whether a postpaid account owes nothing. A prepaid one may lack money for its services, so it is never said."""
    return account.prepaid is None and promisor_of(account, on).owed.amount <= 0


def served_since(account: Account, on: date) -> date | None:
    """The activation of the oldest service that has not ended; None without any."""
    since = [
        each.anchored_on
        for each in account.subscriptions.values()
        if each.activated_on <= on and ((end := end_of(each.timeline)) is None or on < end.on)
    ]
    return min(since, default=None)


def is_spared(account: Account, tariff: str, policy: DunningPolicy) -> bool:
    """Whether a policy lets a service on a tariff go on whatever is overdue: it is paid before by the account."""
    return policy.spares_prepaid and account.prepaid is not None and not account.is_postpaid(tariff)


def overdue_debt(account: Account, on: date) -> Money:
    """What is past its due date on a day; on a prepaid account what the balance lies below zero, without postpaid items
    that are not due, and those that are past it and wait for money that names them.

    24.00 were due on 15 March and 24.00 are due on 15 April: 24.00 on 1 April, if nothing was paid
    """
    overdue = {invoice: item for invoice, item in account.ledger.open_items.items() if item.due_on < on}
    if account.prepaid is None:
        return total((item.amount for item in overdue.values()), account.currency)
    waiting = (item.amount for item in overdue.values() if item.settled_from is not None and on < item.settled_from)
    owed = max(-account.money_on(on), zero(account.currency), key=lambda money: money.amount)
    return total((owed, *waiting), account.currency)
