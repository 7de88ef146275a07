"""Crumbs: open items and unused credits so small that asking for them, or paying them back, costs more than they are.

Decides what a crumb is by the limits that a seller sets for a currency, and what becomes of one: an open item is
written off, a credit is kept as other income. Both can be taken back. Without limits nothing is a crumb.

Worked example, limits 5.00 for items and 2.00 for credits, 90 days, on 1 June:

    item of 4.99 due 2 March, 91 days ago      written off
    item of 5.01, or due 3 March                stays; it is 90 days old, and must be older
    2.00 unused since 1 January                 kept as other income, if the account has no more unused than 2.00
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, require_amount, zero
from billing_core.parties.details import require_text
from billing_core.payments.events import (
    CreditKeptAsIncome,
    CreditPart,
    KeptCreditRestored,
)
from billing_core.payments.ledger import Ledger
from billing_core.payments.receiving import settled_again
from billing_core.payments.transfers import Chosen, parts_of

# --- values and events


class CrumbLimit(msgspec.Struct, frozen=True, kw_only=True):
    """Up to which amount an item, and the unused credit of an account, is a crumb, and after how many days."""

    currency: str
    item: Decimal
    credit: Decimal
    older_than_days: int = 90


@event("crumb-limits-set")
class CrumbLimitsSet(Event, frozen=True, kw_only=True):
    """The limits of a seller from now on, one for each currency; without any nothing is a crumb."""

    seller: str
    limits: tuple[CrumbLimit, ...]


Limits = tuple[CrumbLimit, ...]


def apply_limits(state: Limits | None, fact: Event) -> Limits | None:
    """Fold one event of the limits of a seller."""
    return fact.limits if isinstance(fact, CrumbLimitsSet) else state


# --- decisions


def set_limits(known: Limits | None, seller: str, limits: Sequence[CrumbLimit], on: date) -> list[Event]:
    """Replace the limits of a seller; those that hold already change nothing."""
    ordered = tuple(sorted((_checked(limit) for limit in limits), key=lambda limit: limit.currency))
    currencies = [limit.currency for limit in ordered]
    for currency in currencies:
        if currencies.count(currency) > 1:
            raise InvalidValue("has more than one limit", field="currency", value=currency)
    return [] if ordered == (known or ()) else [CrumbLimitsSet(effective_on=on, seller=seller, limits=ordered)]


def _checked(limit: CrumbLimit) -> CrumbLimit:
    item = require_amount(limit.item, limit.currency, "item").amount
    credit = require_amount(limit.credit, limit.currency, "credit").amount
    if item < 0 or credit < 0:
        raise InvalidValue("must not be negative", field="limit", value=min(item, credit))
    if not 0 <= limit.older_than_days <= 3_650:
        raise InvalidValue("must be 0 to 3650", field="older than days", value=limit.older_than_days)
    return msgspec.structs.replace(limit, item=item, credit=credit)


def crumb_items(ledger: Ledger, limit: CrumbLimit, on: date) -> list[str]:
    """The open items of an account that are crumbs on a day, the oldest first."""
    before = on - timedelta(days=limit.older_than_days)
    found = [
        (item.due_on, number)
        for number, item in ledger.open_items.items()
        if item.due_on < before and item.amount.amount <= limit.item
    ]
    return [number for _, number in sorted(found)]


def crumb_credit(ledger: Ledger, limit: CrumbLimit, on: date) -> Money | None:
    """All that is unused on an account, if it is a crumb on a day: nothing open, nothing of it held back or young."""
    before = on - timedelta(days=limit.older_than_days)
    unused = sum((amount.amount for amount in ledger.credits.values()), Decimal())
    if not unused or unused > limit.credit or ledger.open_items or ledger.held_back:
        return None
    if any(since >= before for since in ledger.since.values()):
        return None
    return Money(unused, ledger.balance.currency)


def keep_credit(ledger: Ledger, reason: str, on: date) -> list[Event]:
    """All unused credit of an account becomes other income."""
    require_text(reason, "reason")
    return [CreditKeptAsIncome(effective_on=on, parts=parts_of(ledger, Chosen(None)), reason=reason)]


KeptCredits = dict[str, Money]


def apply_kept(kept: KeptCredits, fact: Event) -> None:
    """Fold one event into what was kept of the credits of an account."""
    match fact:
        case CreditKeptAsIncome(parts=parts):
            for part in parts:
                kept[part.credit] = kept.get(part.credit, zero(part.amount.currency)) + part.amount
        case KeptCreditRestored(parts=parts):
            for part in parts:
                kept.pop(part.credit)


def restore_kept(ledger: Ledger, kept: KeptCredits, credit: str, reason: str, on: date) -> list[Event]:
    """What was kept of a credit is the account's again, and settles what is open."""
    require_text(reason, "reason")
    amount = kept.get(credit)
    if amount is None:
        raise NotFound("nothing of this credit was kept as other income", field="credit", value=credit)
    restored = KeptCreditRestored(effective_on=on, parts=(CreditPart(credit, amount),), reason=reason)
    return settled_again(ledger, [restored], on)
