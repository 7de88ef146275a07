"""Payments: money received, what it is allocated to, taking it back, and moving it to the account it was meant for.

Decides which invoices a payment or credit note settles, and what a reversal or a move undoes. Does not decide whose
payment it is; that is the matching of the import, or of the person who moves it.

Allocation: the named invoice first, if it is open; then the others, oldest due date first; the rest is credit
on the account and is consumed by the next invoice. Worked example, 100.00 received, invoice B named:

    open items  A 40.00 due 1 Mar, B 50.00 due 1 Apr, C 30.00 due 1 May
    allocated   B 50.00, A 40.00, C 10.00;  C stays open with 20.00, no credit is left

What a payment settled is open again when the payment is taken back or moved away; unused credit then settles it, so
that an account never has both unused credit and an open item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, zero
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.parties import require_printable, require_text

PAYMENT_CLAIM = "payment"

# --- values and events


class Allocation(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Part of a credit (a payment's id or a credit note's number) that settles part of an invoice."""

    credit: str
    invoice: str
    amount: Money
    invoice_due_on: date


@event("payment-received")
class PaymentReceived(Event, frozen=True, kw_only=True):
    """Money arrived for a customer's account. `source` and `reference` together are unique.

    `payment_reference` is what the payer wrote, which may be anything, so it is as personal as the payer's name.
    """

    customer: PersonNumber
    source: str
    reference: str
    amount: Money
    payment_reference: Personal[str] = ""
    payer: Personal[str] = ""

    @property
    def payment(self) -> str:
        return payment_id(self.source, self.reference)

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its id. The same payment sent again has the same amount, day and account."""
        account = stream.partition("/")[2]
        return (
            Claim(PAYMENT_CLAIM, self.payment, stream, f"{self.amount} on {self.effective_on} for account {account}"),
        )


@event("credit-allocated")
class CreditAllocated(Event, frozen=True, kw_only=True):
    allocations: tuple[Allocation, ...]


@event("credit-released")
class CreditReleased(Event, frozen=True, kw_only=True):
    """Allocations were undone; the invoices are open again by these amounts."""

    allocations: tuple[Allocation, ...]


@event("payment-reversed")
class PaymentReversed(Event, frozen=True, kw_only=True):
    """The money was taken back (bounced debit, chargeback). All its allocations were released before."""

    payment: str
    amount: Money
    reason: str


@event("payment-moved-away")
class PaymentMovedAway(Event, frozen=True, kw_only=True):
    """The payment was another account's from the day on which it came in. All its allocations were released before."""

    payment: str
    amount: Money
    to_account: str
    reason: str


@event("payment-moved-in")
class PaymentMovedIn(Event, frozen=True, kw_only=True):
    """The other half: the payment is this account's from the day on which it came in, `effective_on`."""

    customer: PersonNumber
    source: str
    reference: str
    amount: Money
    payment_reference: Personal[str] = ""
    payer: Personal[str] = ""
    from_account: str
    reason: str

    @property
    def payment(self) -> str:
        return payment_id(self.source, self.reference)


def payment_id(source: str, reference: str) -> str:
    """A payment's id within its account and across the system: `bank:2026-000123`."""
    return f"{source}:{reference}"


# --- state


class OpenItem(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An invoice with something still to pay."""

    due_on: date
    amount: Money


class Ledger(msgspec.Struct, array_like=True):
    """The money of an account: balance (a positive balance is the customer's money), open items, unused credits."""

    balance: Money
    open_items: dict[str, OpenItem] = {}
    credits: dict[str, Money] = {}

    def copy(self) -> Ledger:
        """A ledger to plan with; this one stays as it is."""
        return Ledger(self.balance, dict(self.open_items), dict(self.credits))

    def add_invoice(self, number: str, due_on: date, gross: Money) -> None:
        self.balance = self.balance - gross
        self.open_items[number] = OpenItem(due_on, gross)

    def add_credit(self, credit: str, amount: Money) -> None:
        self.balance = self.balance + amount
        unused = self.credits.get(credit)
        self.credits[credit] = amount if unused is None else unused + amount

    def remove_credit(self, credit: str, amount: Money) -> None:
        self.balance = self.balance - amount
        unused = self.credits.pop(credit) - amount
        if unused != zero(amount.currency):
            self.credits[credit] = unused

    def allocate(self, allocation: Allocation) -> None:
        """Settle; what reaches zero is no longer open, respectively no longer a credit."""
        nothing = zero(allocation.amount.currency)
        item = self.open_items.pop(allocation.invoice)
        if (open_amount := item.amount - allocation.amount) != nothing:
            self.open_items[allocation.invoice] = OpenItem(item.due_on, open_amount)
        credit_left = self.credits.pop(allocation.credit) - allocation.amount
        if credit_left != nothing:
            self.credits[allocation.credit] = credit_left

    def release(self, allocation: Allocation) -> None:
        nothing = zero(allocation.amount.currency)
        item = self.open_items.get(allocation.invoice, OpenItem(allocation.invoice_due_on, nothing))
        self.open_items[allocation.invoice] = OpenItem(item.due_on, item.amount + allocation.amount)
        credit = self.credits.get(allocation.credit, nothing)
        self.credits[allocation.credit] = credit + allocation.amount

    def apply(self, fact: Event) -> None:
        """Fold one event of this area."""
        FOLDS[type(fact)](self, fact)


def _came_in(ledger: Ledger, fact: PaymentReceived | PaymentMovedIn) -> None:
    ledger.add_credit(fact.payment, fact.amount)


def _allocated(ledger: Ledger, fact: CreditAllocated) -> None:
    for allocation in fact.allocations:
        ledger.allocate(allocation)


def _released(ledger: Ledger, fact: CreditReleased) -> None:
    for allocation in fact.allocations:
        ledger.release(allocation)


def _went_away(ledger: Ledger, fact: PaymentReversed | PaymentMovedAway) -> None:
    ledger.remove_credit(fact.payment, fact.amount)


FOLDS: Mapping[type[Event], Callable[[Ledger, Any], None]] = {
    PaymentReceived: _came_in,
    PaymentMovedIn: _came_in,
    CreditAllocated: _allocated,
    CreditReleased: _released,
    PaymentReversed: _went_away,
    PaymentMovedAway: _went_away,
}


class PaymentRecord(msgspec.Struct):
    """Everything that happened to one payment on an account, since it last came there."""

    arrival: PaymentReceived | PaymentMovedIn
    allocations: list[Allocation] = []
    is_reversed: bool = False
    moved_to: str | None = None


PaymentHistory = dict[str, PaymentRecord]


def apply_payment_history(history: PaymentHistory, fact: Event) -> None:
    """Fold one event into the history of all payments of an account."""
    match fact:
        case PaymentReceived() | PaymentMovedIn():
            history[fact.payment] = PaymentRecord(fact)
        case CreditAllocated():
            for allocation in fact.allocations:
                if allocation.credit in history:
                    history[allocation.credit].allocations.append(allocation)
        case CreditReleased():
            for allocation in fact.allocations:
                if allocation.credit in history:
                    history[allocation.credit].allocations.remove(allocation)
        case PaymentReversed():
            history[fact.payment].is_reversed = True
        case PaymentMovedAway():
            history[fact.payment].moved_to = fact.to_account


# --- decisions


def require_received(on: date, today: date) -> date:
    """Money that is here came in today at the latest; a later day is a slip, and would date what it settles ahead."""
    if on > today:
        raise InvalidValue(f"is after today, {today}; name the day on which the money came in", field="received on",
                           value=on)  # fmt: skip
    return on


def receive(ledger: Ledger, payment: PaymentReceived, invoice: str | None) -> list[Event]:
    """Take a payment in and allocate it; `invoice` is the one the payer named, if it belongs to the account."""
    require_text(payment.source, "payment source")
    if ":" in payment.source:
        raise InvalidValue("must not hold a colon, which parts source and reference", field="payment source",
                           value=payment.source)  # fmt: skip
    require_text(payment.reference, "external reference")
    require_printable(payment.payment_reference, "payment reference")
    require_printable(payment.payer, "payer")
    if payment.amount.currency != ledger.balance.currency:
        raise InvalidValue(f"the account is kept in {ledger.balance.currency}", field="payment", value=payment.amount)
    if payment.amount <= zero(payment.amount.currency):
        raise InvalidValue("must be more than zero; record money paid back as a reversal", field="payment",
                           value=payment.amount)  # fmt: skip
    allocations = allocate(payment.payment, payment.amount, ledger.open_items, invoice)
    return [payment, *allocation_events(allocations, payment.effective_on)]


def allocate(
    credit: str, amount: Money, open_items: Mapping[str, OpenItem], named: str | None = None
) -> list[Allocation]:
    """Spread a credit over open items: the named one first, then by due date, then by number."""
    nothing = zero(amount.currency)
    allocations: list[Allocation] = []
    if amount <= nothing:
        return allocations
    for number, item in _in_order(open_items, named):
        part = min(amount, item.amount)
        allocations.append(Allocation(credit, number, part, item.due_on))
        amount = amount - part
        if amount <= nothing:
            break
    return allocations


def _in_order(open_items: Mapping[str, OpenItem], named: str | None) -> Iterator[tuple[str, OpenItem]]:
    if named is not None and named in open_items:
        yield named, open_items[named]
    for number in oldest_first(open_items):
        if number != named:
            yield number, open_items[number]


def oldest_first(open_items: Mapping[str, OpenItem]) -> list[str]:
    """The numbers of open items by due date, then by number."""
    return sorted(open_items, key=lambda number: (open_items[number].due_on, number))


class Settlement:
    """A copy of a ledger that is moved on while many credits settle its open items, one after the other.

    The order of the items is found once for all of them, so new items are added when the credits are spread.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger.copy()
        self._newest_first: list[str] | None = None

    def spread(self, credit: str, amount: Money, named: str | None = None) -> list[Allocation]:
        """Spread a new credit over open items in the order of `allocate`."""
        self.ledger.add_credit(credit, amount)
        return self._settled(credit, amount, named)

    def spread_unused(self) -> list[Allocation]:
        """Spread the unused credits, in the order in which they came in, over what is open."""
        credits = list(self.ledger.credits.items())
        return [allocation for credit, amount in credits for allocation in self._settled(credit, amount, None)]

    def _settled(self, credit: str, amount: Money, named: str | None) -> list[Allocation]:
        nothing = zero(amount.currency)
        allocations = []
        while amount > nothing and (number := self._next(named)) is not None:
            item = self.ledger.open_items[number]
            allocation = Allocation(credit, number, min(amount, item.amount), item.due_on)
            self.ledger.allocate(allocation)
            allocations.append(allocation)
            amount = amount - allocation.amount
        return allocations

    def _next(self, named: str | None) -> str | None:
        open_items = self.ledger.open_items
        if named is not None and named in open_items:
            return named
        if self._newest_first is None:
            self._newest_first = oldest_first(open_items)[::-1]
        while self._newest_first and self._newest_first[-1] not in open_items:
            self._newest_first.pop()
        return self._newest_first[-1] if self._newest_first else None


def consume_credits(credits: Mapping[str, Money], invoice: str, item: OpenItem) -> list[Allocation]:
    """Settle a new invoice from unused credits, in the order in which they came in."""
    nothing = zero(item.amount.currency)
    left = item.amount
    allocations = []
    for credit, available in credits.items():
        if left <= nothing:
            break
        part = min(left, available)
        allocations.append(Allocation(credit, invoice, part, item.due_on))
        left = left - part
    return allocations


def reverse_payment(ledger: Ledger, history: PaymentHistory, payment: str, reason: str, on: date) -> list[Event]:
    """Take a payment back: its allocations are released first, so its invoices are open again."""
    record = _payment_there(history, payment)
    require_text(reason, "reason")
    reversed_payment = PaymentReversed(effective_on=on, payment=payment, amount=record.arrival.amount, reason=reason)
    return _gone(ledger, record, reversed_payment)


def move_away(ledger: Ledger, history: PaymentHistory, payment: str, to_account: str, reason: str) -> list[Event]:
    """The old account's half of a move: what the payment settled there is open again."""
    record = _payment_there(history, payment)
    require_text(reason, "reason")
    on = record.arrival.effective_on
    moved = PaymentMovedAway(
        effective_on=on, payment=payment, amount=record.arrival.amount, to_account=to_account, reason=reason
    )
    return _gone(ledger, record, moved)


def move_in(
    ledger: Ledger, arrival: PaymentReceived | PaymentMovedIn, customer: str, from_account: str, reason: str
) -> list[Event]:
    """The new account's half: the payment settles there what it would have settled had it come there at once.

    `customer` is whose account it is, and so whose the payment is from now on.
    """
    moved = PaymentMovedIn(
        effective_on=arrival.effective_on,
        customer=customer,
        source=arrival.source,
        reference=arrival.reference,
        amount=arrival.amount,
        payment_reference=arrival.payment_reference,
        payer=arrival.payer,
        from_account=from_account,
        reason=reason,
    )
    allocations = allocate(moved.payment, moved.amount, ledger.open_items, moved.payment_reference or None)
    return [moved, *allocation_events(allocations, moved.effective_on)]


def _payment_there(history: PaymentHistory, payment: str) -> PaymentRecord:
    record = history.get(payment)
    if record is None:
        raise NotFound("the account has no such payment", field="payment", value=payment)
    if record.is_reversed:
        raise RuleViolation("is reversed already", field="payment", value=payment)
    if record.moved_to is not None:
        raise RuleViolation(f"was moved to account {record.moved_to}; look for it there", field="payment",
                            value=payment)  # fmt: skip
    return record


def _gone(ledger: Ledger, record: PaymentRecord, gone: PaymentReversed | PaymentMovedAway) -> list[Event]:
    """The invoices that a payment settled are opened, the payment is removed, and other unused credit settles what it
    can.
    """
    on = gone.effective_on
    events: list[Event] = [gone]
    if record.allocations:
        events.insert(0, CreditReleased(effective_on=on, allocations=tuple(record.allocations)))
    after = Settlement(ledger)
    for fact in events:
        after.ledger.apply(fact)
    return [*events, *allocation_events(after.spread_unused(), on)]


def allocation_events(allocations: Iterable[Allocation], on: date) -> list[Event]:
    """One event for all allocations of a decision; none without allocations."""
    found = tuple(allocations)
    return [CreditAllocated(effective_on=on, allocations=found)] if found else []
