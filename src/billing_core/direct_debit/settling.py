"""A collected debit as a payment: it settles the items that it was drawn for, and nothing else before them.

Worked example, a debit of 48.00 for invoices 7 and 9; invoice 8 is older and disputed:

    7    24.00    settled
    9    24.00    settled
    8    24.00    stays open

If an item was paid meanwhile, what it no longer needs settles other items, the oldest first, and then is credit.
"""

from __future__ import annotations

from collections.abc import Sequence

from billing_core.direct_debit.batch_events import DebitItem
from billing_core.kernel.events import Event
from billing_core.payments.allocation import allocation_events, oldest_first
from billing_core.payments.events import Allocation, PaymentReceived
from billing_core.payments.ledger import Ledger
from billing_core.payments.receiving import receive


def settle_debit(ledger: Ledger, payment: PaymentReceived, items: Sequence[DebitItem]) -> list[Event]:
    """The payment and its allocations."""
    (received, *_) = receive(ledger, payment, None)
    planned, left = ledger.copy(), payment.amount
    planned.add_credit(payment.payment, payment.amount)
    allocations: list[Allocation] = []
    drawn = {item.invoice: item.amount for item in items}
    for invoice in (*drawn, *oldest_first(ledger.open_items)):
        item = planned.open_items.get(invoice)
        if item is None or not left.amount or (item.settled_from is not None and invoice not in drawn):
            continue
        part = min(left, item.amount, drawn.pop(invoice, item.amount))
        allocation = item.settled_by(payment.payment, invoice, part)
        planned.allocate(allocation)
        allocations.append(allocation)
        left = left - part
    return [received, *allocation_events(allocations, payment.effective_on)]
