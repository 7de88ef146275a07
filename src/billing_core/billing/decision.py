"""The decision about one account on one date, as its billing plan wants it: postpaid or prepaid."""

from __future__ import annotations

from datetime import date

from billing_core.accounts.account import Account
from billing_core.billing.composition import DocumentsDue
from billing_core.billing.prepaid import decide_prepaid
from billing_core.billing.run import Bill, bill_due, past_changed, waits_parked
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.identical import MemoOfIdenticalSubscriptions
from billing_core.invoicing.invoices import BillingHistory

# No charges: nothing is left to bill of what could not be billed before, and nothing follows from what changed.
NOTHING_LEFT = Bill((), {}, DocumentsDue())


def decide_bill(
    account: Account,
    catalogue: Catalogue,
    on: date,
    history: BillingHistory | None = None,
    today: date | None = None,
    memo: MemoOfIdenticalSubscriptions | None = None,
) -> Bill | None:
    """The bill of an account up to and including a date, as of today; None if nothing is to be decided.

    Today, the date itself unless said, is the day on which invoices are issued.
    A service of a prepaid account that waits for money is resumed today at the earliest: it was not active before. If
    nothing is left to bill of a parked account, or if no price depends on what changed of its services, the bill is
    `NOTHING_LEFT`, so that it is not looked at again. If the past changed, the decision needs the account's history and
    raises `HistoryNeeded` without it.
    """
    if account.prepaid is None:
        bill = bill_due(account, catalogue, on, history, memo, today)
    else:
        bill = decide_prepaid(account, catalogue, on, history, today or on, memo)
    is_noted = bill is None and (waits_parked(account, on) or past_changed(account))
    return NOTHING_LEFT if is_noted else bill
