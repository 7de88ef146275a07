"""What is known of an account as a debtor on a day: what it owes, what came in today, how long it is served.

A postpaid account owes what its balance lies below zero. A prepaid one also owes what it lacks to have the services
back that wait for money: a promise over it gives credit for it.
"""

from __future__ import annotations

from datetime import date

from billing_core.accounts.account import Account
from billing_core.kernel.money import Money, zero
from billing_core.promises import Debtor
from billing_core.services.timeline import end_of


def debtor_of(account: Account, on: date, lacking: Money | None = None) -> Debtor:
    """The debtor on a day; `lacking` is what a prepaid account lacks to have its services back.

    balance -5.00                       5.00 are owed
    balance 20.00, 10.00 are lacking    10.00 are owed
    """
    nothing = zero(account.currency)
    owed = max(-account.ledger.balance, lacking or nothing, key=lambda money: money.amount)
    return Debtor(
        owed=owed, received_today=account.promises.received_on(on, account.currency),
        served_since_on=served_since(account, on),
    )  # fmt: skip


def served_since(account: Account, on: date) -> date | None:
    """The activation of the oldest service that has not ended; None without any."""
    since = [
        each.anchored_on
        for each in account.subscriptions.values()
        if each.activated_on <= on and ((end := end_of(each.timeline)) is None or on < end.on)
    ]
    return min(since, default=None)
