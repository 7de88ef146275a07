"""Decides what happens when postpaid invoices of a prepaid account fall due that waited until then.

From their day on money settles them that does not name them, the oldest due first: at once what is unused, later what
comes in. Until then it was kept for the services that are paid before.

    50.00 are unused, invoice A 30.00 waits for 15 March, B 40.00 for 20 March

    15 March    A is settled; 20.00 are unused
    20 March    B is settled by 20.00 and stays open with 20.00, which is overdue from the 21st
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from billing_core.kernel.events import Event
from billing_core.payments.allocation import oldest_first
from billing_core.payments.events import ItemsFellDue
from billing_core.payments.ledger import Ledger, OpenItem
from billing_core.payments.receiving import settled_again

FALLS_DUE = "item-falls-due"  # The kind of its deadline.
LAST_DAY_BUT_ONE = date.max - timedelta(days=1)  # On the last day those would fall due too that never do.


def next_fall_on(ledger: Ledger) -> date | None:
    """The first day on which an open item waits no longer; None if none waits, or for money that names it."""
    days = [item.settled_from for item in ledger.open_items.values() if item.settled_from not in (None, date.max)]
    return min((day for day in days if day is not None), default=None)


def open_ahead(ledger: Ledger) -> Mapping[str, OpenItem]:
    """What stays open if all that waits for its day falls due with the unused money of now.

    50.00 are unused, A 30.00 and B 40.00 wait    B 20.00
    """
    if next_fall_on(ledger) is None:
        return ledger.open_items
    ahead = ledger.copy()
    for fact in let_fall_due(ledger, LAST_DAY_BUT_ONE):
        ahead.apply(fact)
    return ahead.open_items


def let_fall_due(ledger: Ledger, on: date) -> list[Event]:
    """The items whose day has come, and what of them unused credit settles; none if none waits for it."""
    fallen = [
        invoice for invoice in oldest_first(ledger.open_items)
        if (day := ledger.open_items[invoice].settled_from) is not None and day <= on
    ]  # fmt: skip
    if not fallen:
        return []
    return settled_again(ledger, [ItemsFellDue(effective_on=on, invoices=tuple(fallen))], on)
