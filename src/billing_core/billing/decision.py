"""The decision about one account on one date, as its billing plan wants it: postpaid or prepaid."""

from __future__ import annotations

from datetime import date

from billing_core.accounts.account import Account
from billing_core.billing.composition import DocumentsDue
from billing_core.billing.prepaid import decide_prepaid
from billing_core.billing.run import Bill, account_due_on, bill_due, past_changed
from billing_core.catalogue.tariffs import Catalogue
from billing_core.invoicing.invoices import BillingHistory


def decision_on(account: Account, on: date) -> date | None:
    """The day on which an account is decided next, up to and including a date; None where nothing is to be decided.

    A postpaid account is decided once for everything due; a prepaid one on each of its due dates, in order, for what
    is charged on one is missing on the next.
    """
    due_on = account_due_on(account)
    if account.prepaid is not None and due_on is not None and due_on <= on:
        return due_on
    is_due = due_on is not None and due_on <= on
    is_due = is_due or past_changed(account.subscriptions) or bool(account.pending) or _waits_parked(account, on)
    return on if is_due else None


def _waits_parked(account: Account, on: date) -> bool:
    """Whether it could not be billed up to a day that is not after this one."""
    return account.parked is not None and account.parked.on <= on


# Charges that are none, which say of a parked account that nothing of what could not be billed is left to bill.
NOTHING_LEFT = Bill((), {}, DocumentsDue())


def decide_bill(
    account: Account, catalogue: Catalogue, on: date, history: BillingHistory | None = None, today: date = date.min
) -> Bill | None:
    """The bill of an account up to and including a date, None where nothing is to be decided.

    A service of a prepaid account that waits for money is brought back today at the earliest: before, it was not there.
    Of a parked account of which nothing is left to bill the bill is `NOTHING_LEFT`, so that it is parked no more.
    Where the past changed it needs the account's history and raises `HistoryNeeded` without it.
    """
    if account.prepaid is None:
        bill = bill_due(account, catalogue, on, history)
    else:
        bill = decide_prepaid(account, catalogue, on, history, today)
    return NOTHING_LEFT if bill is None and _waits_parked(account, on) else bill
