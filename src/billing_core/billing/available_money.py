"""The money of an account that is there for more use: what neither a charge nor a grant has taken.

prepaid     balance 20.00, credit limit 5.00, a charge of 3.00 waits, 4.00 are reserved    20 + 5 - 3 - 4 = 18.00
postpaid    owes 30.00, may owe 100.00, 4.00 are reserved                                 -30 + 100 - 4  = 66.00
postpaid    the same with a credit limit of its own, 40.00, and 10.00 more today      -30 + 50 - 4 = 16.00
postpaid    without a limit                                                               None: as much as is asked
"""

from __future__ import annotations

from datetime import date

from billing_core.accounts.account import Account
from billing_core.billing.prepaid_plan import is_postpaid_on, prepaid_grants
from billing_core.invoicing.invoices import invoice_amounts
from billing_core.kernel.money import Money, zero
from billing_core.usage.control.grants import NOTHING_RECORDED, Recorded


def available_money(
    account: Account, on: date, recorded: Recorded = NOTHING_RECORDED, subscription: str = ""
) -> Money | None:
    """What is available on a day, with VAT, less than nothing if more is used than there was; None without a limit.

    `recorded` is what recorded usage costs that is not charged. A postpaid service of a prepaid account has the limits
    of a postpaid account.
    """
    floor = account.floor_on(on)
    is_postpaid = subscription in account.subscriptions and is_postpaid_on(account, subscription, on)
    if floor is not None and not is_postpaid:
        before = prepaid_grants(account, on)
        used = {key: cost for key, cost in recorded.items() if not is_postpaid_on(account, key[0], on)}
        left = account.money_on(on) - before.held(account.currency, recorded=used)
        waiting = [line for line in account.pending if account.takes_at_once(line)]
        taken = invoice_amounts(waiting).gross if waiting else zero(account.currency)
        return left - taken - Money(floor, account.currency)
    return _within_limit(account, on, recorded)


def _within_limit(account: Account, on: date, recorded: Recorded) -> Money | None:
    """What may be used afterwards within the limits of credit; None without a limit."""
    limit = account.alarms.credit if account.credit.limit is None else account.credit.limit.amount
    if limit is None:
        return None
    floor = -limit - account.credit.temporary_on(on, account.currency).amount
    held = account.grants.held(account.currency, recorded=recorded)
    left = account.ledger.balance - account.ledger.received_after(on) - held
    if account.pending_by_key:
        left = left - invoice_amounts(account.pending).gross
    return left - Money(floor, account.currency)
