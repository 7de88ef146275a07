"""A charge taken back by hand: what is left of it, and with it the discounts and surcharges on its days.

It is settled from then on: neither its days nor shares on them are charged or credited again. Together they take back
no more than there is: what cannot go on the credit note of one invoice goes on that of another.

    300.00 less 10 % stand on an invoice   -300.00 and 30.00, a credit note of -270.00
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from billing_core.accounts.account import Account
from billing_core.billing.run import Issue, credit_note_events, owed_of
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.charges import Charge, ChargeReversed, PostedCharge
from billing_core.charging.difference import differences, with_revisions
from billing_core.charging.fee_difference import settled_days
from billing_core.invoicing.credit_placement import Placed, placed
from billing_core.invoicing.invoices import Amounts, BillingHistory
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import total, zero
from billing_core.payments import Ledger, Settlement


def taken_back(key: str, account: Account, catalogue: Catalogue, history: BillingHistory) -> Placed:
    """The lines that take back a charge and what stands of the shares on it, and where they belong."""
    charge = history.posted(key).charge
    reversal = reversal_of(charge, history.charges.values())
    shares = _shares_too_many(charge, account, catalogue, history.with_charge(reversal))
    return placed([reversal, *shares], account.pending, history)


def reversal_of(charge: Charge, posted: Iterable[PostedCharge]) -> Charge:
    """The line that takes back what is left of a charge after its corrections; nothing left is a `RuleViolation`."""
    known = list(posted)
    corrections = [entry.charge for entry in known if entry.charge.corrects == charge.key]
    left = charge.amount + total((line.amount for line in corrections), charge.amount.currency)
    if charge.corrects is not None:
        raise RuleViolation("is itself a correction; reverse the charge it corrects", field="charge", value=charge.key)
    if left <= zero(left.currency):
        raise RuleViolation("nothing is left of it to reverse", field="charge", value=charge.key)
    line = msgspec.structs.replace(charge, kind="reversal", amount=-left, corrects=charge.key)
    (line,) = with_revisions([line], known)
    return line


def _shares_too_many(charge: Charge, account: Account, catalogue: Catalogue, history: BillingHistory) -> list[Charge]:
    """What stands of the shares in the period of a charge, and is owed no more without its days."""
    place = charge.of or charge.component, charge.whole_period
    known = history.posted_for(charge.subscription)
    posted = [
        entry for entry in known if (entry.charge.of or entry.charge.component, entry.charge.whole_period) == place
    ]
    if not any(entry.charge.of for entry in posted):
        return []
    subscription = account.subscriptions[charge.subscription]
    assert subscription.decided_on is not None
    owed = owed_of(account, subscription, catalogue, history)
    periods = owed.periods(charge.whole_period.from_on, subscription.decided_on, {place})
    same = [entry for entry in periods if (entry.component, entry.period) == place]
    lines = differences(same, posted, settled_days(known))
    return with_revisions([line for line in lines if line.of and line.corrects], posted)


def reversal_events(
    taken: Placed, credit_notes: Mapping[str, Amounts], reason: str, issue: Issue, ledger: Ledger, on: date
) -> list[Event]:
    """The events of taking back a charge, with a credit note for each invoice that had a part of it."""
    events: list[Event] = [ChargeReversed(effective_on=on, reversal=charge, reason=reason) for charge in taken.charges]
    settlement = Settlement(ledger)
    for corrected, amounts in credit_notes.items():
        events += credit_note_events(amounts, corrected, reason, issue, settlement)
    return events
