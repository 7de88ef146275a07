"""The decision about one account on one date, as its billing plan wants it: postpaid or prepaid."""

from __future__ import annotations

from datetime import date

from billing_core.accounts import Account
from billing_core.billing.invoices import BillingHistory
from billing_core.billing.prepaid import decide_prepaid
from billing_core.billing.run import Bill, account_due_on, bill_due, past_changed
from billing_core.catalogue.tariffs import Catalogue


def decision_on(account: Account, on: date) -> date | None:
    """The day on which an account is decided next, up to and including a date; None where nothing is to be decided.

    A postpaid account is decided once for everything due; a prepaid one on each of its due dates, in order, for what
    is charged on one is missing on the next.
    """
    due_on = account_due_on(account)
    if account.prepaid is not None and due_on is not None and due_on <= on:
        return due_on
    is_due = due_on is not None and due_on <= on
    return on if is_due or past_changed(account.subscriptions) or account.pending else None


def decide_bill(account: Account, catalogue: Catalogue, on: date, history: BillingHistory | None = None) -> Bill | None:
    """The bill of an account up to and including a date, None where nothing is to be decided.

    Where the past changed it needs the account's history and raises `HistoryNeeded` without it.
    """
    if account.prepaid is None:
        return bill_due(account, catalogue, on, history)
    return decide_prepaid(account, catalogue, on, history)
