"""The fees of suspensions and returns: each is charged once, in the decision that suspends or returns the service.

Worked example: non-payment has a fee of 5.00 at the return; two services return on 20 March

    SubscriptionResumed main, SubscriptionResumed tv, and two items of 5.00 that wait for the next invoice
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from billing_core.accounts.account import Account
from billing_core.accounts.items import charge_once
from billing_core.kernel.events import Event
from billing_core.kernel.money import require_amount
from billing_core.services.events import SubscriptionEvent, SubscriptionResumed, SubscriptionSuspended
from billing_core.services.subscriptions import after_facts
from billing_core.services.suspension_reasons import SuspensionFee, SuspensionReason
from billing_core.services.timeline import reasons_on


def with_fees(
    account: Account, version: int, changes: Sequence[Event], reasons: Mapping[str, SuspensionReason], on: date
) -> list[Event]:
    """The changes of an account's services, followed by the fees of those reasons that they begin or end."""
    events = list(changes)
    for fee in _fees(account, changes, reasons):
        if fee.amounts.get(account.currency):
            net = require_amount(fee.amounts[account.currency], account.currency, "fee")
            # The place of the item in the account's stream distinguishes it for all time.
            events += charge_once(account, version + len(events), fee.description, net, fee.vat_rate, on)
    return events


def _fees(
    account: Account, changes: Sequence[Event], reasons: Mapping[str, SuspensionReason]
) -> Iterator[SuspensionFee]:
    """By service the fees of the reasons that hold only after the changes, then of those that hold no more."""
    facts = [fact for fact in changes if isinstance(fact, SubscriptionSuspended | SubscriptionResumed)]
    for code, on in {fact.subscription: fact.effective_on for fact in facts}.items():
        subscription = account.subscriptions[code]
        mine = [fact for fact in changes if isinstance(fact, SubscriptionEvent) and fact.subscription == code]
        before = reasons_on(subscription.timeline, on)
        after = reasons_on(after_facts(subscription, mine).timeline, on)
        yield from (reasons[reason].fee_at_suspension for reason in after if reason not in before)
        yield from (reasons[reason].fee_at_return for reason in before if reason not in after)
