"""Until when is each service served that is paid before, if no more money comes in?

The account is played on from one due date to the next, with the money that is there and what it owes and when that is
due, until each service was decided once or waits for money. What is postpaid, and not due by then, plays no part.

    fees of 30.00 a month for `net` and 10.00 for `tv` on the 1st, 35.00 are there on 20 March

    net    due on 1 April, served
    tv     due on 1 April, cut then: 5.00 are left
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.billing.prepaid import decide_prepaid
from billing_core.billing.prepaid_plan import is_postpaid_on
from billing_core.billing.run import Bill, account_due_on
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.charges import ChargesPosted
from billing_core.kernel.errors import BillingError
from billing_core.services.events import SubscriptionSuspended

MOST_DUE_DATES = 31


class MoneyLasts(NamedTuple):
    """When the next fee of a service is due, and the day from which it is not served for lack of money, if it is."""

    due_on: date | None
    cut_on: date | None = None


def money_lasts(account: Account, catalogue: Catalogue, today: date) -> dict[str, MoneyLasts]:
    """The days of each service that is paid before and active or held; the account stays as it is."""
    found = {
        code: MoneyLasts(subscription.due_on)
        for code, subscription in account.subscriptions.items()
        if not is_postpaid_on(account, code, today) and _is_served(account, code, today)
    }
    planned, waiting = deepcopy(account), {code for code, lasts in found.items() if lasts.due_on is not None}
    for _ in range(MOST_DUE_DATES):
        due_on = account_due_on(planned) if waiting else None
        bill = None if due_on is None else _decided(planned, catalogue, max(due_on, today))
        if due_on is None or bill is None:
            break
        for fact in bill.facts:
            if isinstance(fact, SubscriptionSuspended) and fact.subscription in found:
                found[fact.subscription] = found[fact.subscription]._replace(cut_on=fact.effective_on)
        waiting -= bill.billed_through.keys()
        for change in bill.facts:
            planned.apply(change)
        planned.apply(ChargesPosted(effective_on=due_on, charges=bill.charges, billed_through=bill.billed_through))
    return found


def _decided(planned: Account, catalogue: Catalogue, on: date) -> Bill | None:
    try:
        return decide_prepaid(planned, catalogue, on, None, on)
    except BillingError:
        return None  # The billing run parks the account with the reason.


def _is_served(account: Account, code: str, today: date) -> bool:
    segments = account.subscriptions[code].segments()
    return any(each.contains(today) and each.in_force.status in ("active", "held") for each in segments)
