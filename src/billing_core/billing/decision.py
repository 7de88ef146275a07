"""The decision about one account on one date, as its billing plan wants it: postpaid or prepaid."""

from __future__ import annotations

from datetime import date

from billing_core.accounts import Account
from billing_core.billing.invoices import BillingHistory
from billing_core.billing.prepaid import decide_prepaid
from billing_core.billing.run import Bill, bill_due
from billing_core.catalogue.tariffs import Catalogue


def decide_bill(account: Account, catalogue: Catalogue, on: date, history: BillingHistory | None = None) -> Bill | None:
    """The bill of an account up to and including a date, None where nothing is to be decided.

    Where the past changed it needs the account's history and raises `HistoryNeeded` without it. A prepaid account is
    decided on each of its due dates, in order: what is charged on one is missing on the next.
    """
    if account.prepaid is None:
        return bill_due(account, catalogue, on, history)
    return decide_prepaid(account, catalogue, on, history)
