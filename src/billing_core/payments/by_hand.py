"""Decides what a person does with unused credit by hand: allocate it, release it, hold it back, free it.

Allocation by hand settles named invoices by named amounts, never more than is unused and never more than is open. What
is released stays held back: no invoice uses it by itself until a person allocates or frees it, as otherwise it would
settle at once what was just opened.

Worked example, a payment of 60.00 that settled A by 40.00 and B by 20.00; C with 15.00 is open:

    release of A, 30.00    A is open by 30.00, and 30.00 of the payment are held back
    allocate C by 15.00    C is settled; 15.00 are still held back, A stays open by 30.00
    free the rest          15.00 settle A, the oldest; A stays open by 15.00
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total, zero
from billing_core.parties.details import require_text
from billing_core.payments.allocation import Settlement, allocation_events
from billing_core.payments.events import (
    WRITE_OFF,
    Allocation,
    CreditAllocated,
    CreditFreed,
    CreditHeldBack,
    CreditReleased,
    CreditTransferredIn,
    PaymentMovedIn,
    PaymentReceived,
)
from billing_core.payments.ledger import Ledger, apply_allocations
from billing_core.payments.receiving import require_at_most, require_receivable, settled_again

MOST_PARTS = 1_000

# --- state


class CreditRecord(msgspec.Struct):
    """A credit of an account: since when, when its money came in, and the allocations of it that hold."""

    since: date
    received_on: date | None
    allocations: list[Allocation] = []


CreditHistory = dict[str, CreditRecord]


def apply_credit_history(history: CreditHistory, fact: Event) -> None:
    """Fold one event into the credits of an account; credit notes are put in by who knows documents."""
    match fact:
        case PaymentReceived(payment=credit) | PaymentMovedIn(payment=credit) | CreditTransferredIn(transfer=credit):
            history[credit] = CreditRecord(fact.effective_on, fact.effective_on)
        case CreditAllocated() | CreditReleased():
            apply_allocations(history, fact)


# --- decisions


def allocate_by_hand(ledger: Ledger, credit: str, parts: Mapping[str, Money], on: date) -> list[Event]:
    """Settle named invoices by named parts of an unused credit; what is held back of it is freed for them."""
    unused = ledger.credits.get(credit)
    if unused is None:
        raise NotFound("is no unused credit of the account; release what it settles first", field="credit",
                       value=credit)  # fmt: skip
    allocations = _parts(ledger, credit, parts, unused)
    nothing = zero(unused.currency)
    held = ledger.held_back.get(credit, nothing)
    freed = total((each.amount for each in allocations), unused.currency) - (unused - held)
    events: list[Event] = [CreditFreed(effective_on=on, credit=credit, amount=freed)] if freed > nothing else []
    return [*events, *allocation_events(allocations, on, ledger.received_on)]


def _parts(ledger: Ledger, credit: str, parts: Mapping[str, Money], unused: Money) -> list[Allocation]:
    if not 1 <= len(parts) <= MOST_PARTS:
        raise InvalidValue(f"must be 1 to {MOST_PARTS}", field="number of parts", value=len(parts))
    allocations = []
    for invoice, amount in parts.items():
        item = ledger.open_items.get(invoice)
        if item is None:
            raise NotFound("the account has no open invoice of this number", field="invoice", value=invoice)
        require_at_most(amount, item.amount, f"open on invoice {invoice}")
        allocations.append(item.settled_by(credit, invoice, amount))
    require_at_most(total(parts.values(), unused.currency), unused, f"that are unused of {credit}")
    return allocations


def receive_by_hand(ledger: Ledger, payment: PaymentReceived, parts: Mapping[str, Money]) -> list[Event]:
    """Take a payment in that settles named invoices by named parts; the rest settles the others, the oldest first."""
    require_receivable(ledger, payment)
    after = Settlement(ledger)
    after.ledger.apply(payment)
    allocations = _parts(ledger, payment.payment, parts, payment.amount)
    for allocation in allocations:
        after.ledger.allocate(allocation)
    rest = after.spread_unused()
    return [payment, *allocation_events([*allocations, *rest], payment.effective_on, ledger.received_on)]


def release_by_hand(
    ledger: Ledger, history: CreditHistory, part: tuple[str, str, Money | None], reason: str, on: date
) -> list[Event]:
    """Undo what a credit settles of an invoice, or so much of it; it is held back, and the invoice is open again.

    `part` is the credit, the invoice and the amount. Other unused credit settles the invoice if there is any.
    """
    credit, invoice, amount = part
    require_text(reason, "reason")
    record = _releasable(history, credit)
    held = [each for each in record.allocations if each.invoice == invoice]
    if not held:
        raise NotFound(f"is settled by nothing of {credit}", field="invoice", value=invoice)
    settled = total((each.amount for each in held), ledger.balance.currency)
    amount = settled if amount is None else amount
    require_at_most(amount, settled, f"by which {credit} settles invoice {invoice}")
    released = CreditReleased(effective_on=on, allocations=(msgspec.structs.replace(held[0], amount=amount),))
    held_back = CreditHeldBack(effective_on=on, credit=credit, amount=amount, reason=reason, since=record.since,
                               received_on=record.received_on)  # fmt: skip
    return settled_again(ledger, [released, held_back], on)


def _releasable(history: CreditHistory, credit: str) -> CreditRecord:
    if credit.startswith(WRITE_OFF):
        raise RuleViolation("is a write-off; cancel the write-off", field="credit", value=credit)
    record = history.get(credit)
    if record is None:
        raise NotFound("the account has no such credit", field="credit", value=credit)
    return record


def free_credit(ledger: Ledger, credit: str, amount: Money | None, on: date) -> list[Event]:
    """Let invoices use what was held back of a credit, or so much of it; it settles at once what is open."""
    held = ledger.held_back.get(credit, zero(ledger.balance.currency))
    if not held.amount:
        raise NotFound("nothing of this credit is held back", field="credit", value=credit)
    amount = held if amount is None else amount
    require_at_most(amount, held, f"that are held back of {credit}")
    return settled_again(ledger, [CreditFreed(effective_on=on, credit=credit, amount=amount)], on)
