"""The ledger of an account: balance, open items and unused credits; and the history of each payment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Protocol, get_args

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total, zero
from billing_core.payments.events import (
    Adjustment,
    Allocation,
    CreditAllocated,
    CreditFreed,
    CreditHeldBack,
    CreditPaidOut,
    CreditReleased,
    CreditTransferredAway,
    CreditTransferredIn,
    InvoiceWrittenOff,
    ItemsFellDue,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentRefunded,
    PaymentReversed,
    PayOutReturned,
    WriteOffCancelled,
    adjusted_credits,
)


class OpenItem(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An invoice with something still to pay.

    With `settled_from` it waits: only money that names it settles it, until that day has come and is noted.
    `opened_again_on` is the day on which it was learnt that it is open after all, if it was settled before.
    """

    due_on: date
    amount: Money
    settled_from: date | None = None
    opened_again_on: date | None = None

    def settled_by(self, credit: str, invoice: str, amount: Money) -> Allocation:
        """So much of a credit that settles it."""
        return Allocation(credit, invoice, amount, self.due_on, self.settled_from)

    def with_amount(self, amount: Money) -> OpenItem:
        return OpenItem(self.due_on, amount, self.settled_from, self.opened_again_on)


class Ledger(msgspec.Struct, array_like=True):
    """The money of an account: balance (a positive balance is the customer's money), open items, unused credits.

    `credits` are in the order in which they are used: the oldest first by `since`, those of one day as they came.
    `received_on` is the day on which the money of an unused credit came in. A credit note has none: it is credit for
    what was charged before. `held_back` is the part of a credit that no invoice uses by itself; what is not held back
    of a credit is used, given back or transferred first:

        30.00 unused, 20.00 of it held back    an invoice uses 10.00; of 25.00 paid out, 15.00 were held back

    `written_off` is by invoice what of it is given up, as the open item that it would be.
    """

    balance: Money
    open_items: dict[str, OpenItem] = {}
    credits: dict[str, Money] = {}
    received_on: dict[str, date] = {}
    since: dict[str, date] = {}
    held_back: dict[str, Money] = {}
    written_off: dict[str, OpenItem] = {}

    def copy(self) -> Ledger:
        """A ledger to plan with; this one stays as it is."""
        return Ledger(
            self.balance, dict(self.open_items), dict(self.credits), dict(self.received_on), dict(self.since),
            dict(self.held_back), dict(self.written_off),
        )  # fmt: skip

    def received_after(self, on: date) -> Money:
        """The unused money that came in after a day: on 1 March, 20.00 of 1 March count and 5.00 of 2 March do not."""
        later = (self.credits[credit] for credit, received_on in self.received_on.items() if on < received_on)
        return total(later, self.balance.currency)

    def waiting_after(self, on: date) -> Money:
        """What is open of the items that wait for a day after this one: they take no money yet.

        30.00 wait for 15 March    30.00 on 14 March, 0.00 on 15 March
        """
        later = (
            item.amount for item in self.open_items.values() if item.settled_from is not None and on < item.settled_from
        )
        return total(later, self.balance.currency)

    def usable(self) -> dict[str, Money]:
        """The credits that an invoice uses by itself, the oldest first, without what is held back of them."""
        if not self.held_back:
            return dict(self.credits)
        nothing = zero(self.balance.currency)
        left = {credit: amount - self.held_back.get(credit, nothing) for credit, amount in self.credits.items()}
        return {credit: amount for credit, amount in left.items() if amount != nothing}

    def add_invoice(self, number: str, due_on: date, gross: Money, settled_from: date | None = None) -> None:
        self.balance = self.balance - gross
        self.open_items[number] = OpenItem(due_on, gross, settled_from)

    def add_credit(self, credit: str, amount: Money, since: date | None = None) -> None:
        """Add to a credit; a new one takes its place by its day, without one the last."""
        self.balance = self.balance + amount
        self._put(credit, amount, since)

    def remove_credit(self, credit: str, amount: Money) -> None:
        self.balance = self.balance - amount
        self._take(credit, amount)

    def allocate(self, allocation: Allocation) -> None:
        """Settle; what reaches zero is no longer open, respectively no longer a credit."""
        nothing = zero(allocation.amount.currency)
        item = self.open_items.pop(allocation.invoice)
        if (open_amount := item.amount - allocation.amount) != nothing:
            self.open_items[allocation.invoice] = item.with_amount(open_amount)
        self._take(allocation.credit, allocation.amount)

    def release(self, allocation: Allocation, since: date | None = None, known_on: date | None = None) -> None:
        """Open by so much what the allocation settled; the credit has it again from a day on."""
        nothing = zero(allocation.amount.currency)
        settled = OpenItem(allocation.invoice_due_on, nothing, allocation.settled_from, known_on or since)
        item = self.open_items.get(allocation.invoice, settled)
        self.open_items[allocation.invoice] = item.with_amount(item.amount + allocation.amount)
        self._put(allocation.credit, allocation.amount, since)

    def hold_back(self, fact: CreditHeldBack) -> None:
        """Hold so much of an unused credit back; it gets the place of its day."""
        known = self.held_back.get(fact.credit)
        self.held_back[fact.credit] = fact.amount if known is None else known + fact.amount
        if fact.received_on is not None:
            self.received_on[fact.credit] = fact.received_on
        self.since[fact.credit] = fact.since
        self._put_in_order()

    def free(self, credit: str, amount: Money) -> None:
        left = self.held_back.pop(credit) - amount
        if left != zero(amount.currency):
            self.held_back[credit] = left

    def apply(self, fact: Event) -> None:
        """Fold one event of this area."""
        FOLDS[type(fact)](self, fact)

    def _put(self, credit: str, amount: Money, since: date | None) -> None:
        unused = self.credits.get(credit)
        if unused is not None:
            self.credits[credit] = unused + amount
            return
        newest = next((self.since[last] for last in reversed(self.credits)), date.min)
        self.credits[credit] = amount
        self.since[credit] = since or newest
        if self.since[credit] < newest:  # Else it is the last one, where it stands: an account may have many.
            self._put_in_order()

    def _put_in_order(self) -> None:
        self.credits = dict(sorted(self.credits.items(), key=lambda each: self.since[each[0]]))

    def _take(self, credit: str, amount: Money) -> None:
        """Take of a credit, which keeps its place; of what is held back only if the rest does not suffice."""
        left = self.credits[credit] - amount
        if left == zero(amount.currency):
            for known in (self.credits, self.received_on, self.since, self.held_back):
                known.pop(credit, None)
            return
        self.credits[credit] = left
        if credit in self.held_back:
            self.held_back[credit] = min(left, self.held_back[credit])


def _came_in(ledger: Ledger, fact: PaymentReceived | PaymentMovedIn) -> None:
    ledger.add_credit(fact.payment, fact.amount, fact.effective_on)
    ledger.received_on[fact.payment] = fact.effective_on


def _allocated(ledger: Ledger, fact: CreditAllocated) -> None:
    for allocation in fact.allocations:
        ledger.allocate(allocation)


def _released(ledger: Ledger, fact: CreditReleased) -> None:
    for allocation in fact.allocations:
        ledger.release(allocation, fact.effective_on, fact.known_on)


def _fell_due(ledger: Ledger, fact: ItemsFellDue) -> None:
    for invoice in fact.invoices:
        if (item := ledger.open_items.get(invoice)) is not None:
            ledger.open_items[invoice] = OpenItem(item.due_on, item.amount, None, item.opened_again_on)


def _went_away(ledger: Ledger, fact: PaymentReversed | PaymentMovedAway) -> None:
    ledger.remove_credit(fact.payment, fact.amount)


def _adjusted(ledger: Ledger, fact: Adjustment) -> None:
    for part in adjusted_credits(fact):
        if part.amount > zero(part.amount.currency):
            ledger.add_credit(part.credit, part.amount, fact.effective_on)
        else:
            ledger.remove_credit(part.credit, -part.amount)
    if isinstance(fact, CreditTransferredIn):
        ledger.received_on[fact.transfer] = fact.effective_on


def _written_off(ledger: Ledger, fact: InvoiceWrittenOff) -> None:
    item, known = ledger.open_items[fact.invoice], ledger.written_off.get(fact.invoice)
    ledger.written_off[fact.invoice] = item.with_amount(fact.amount if known is None else known.amount + fact.amount)
    _adjusted(ledger, fact)


def _write_off_cancelled(ledger: Ledger, fact: WriteOffCancelled) -> None:
    item = ledger.written_off.pop(fact.invoice)
    if (left := item.amount - fact.amount) != zero(left.currency):
        ledger.written_off[fact.invoice] = item.with_amount(left)
    _adjusted(ledger, fact)


FOLDS: Mapping[type[Event], Callable[[Ledger, Any], None]] = {
    PaymentReceived: _came_in,
    PaymentMovedIn: _came_in,
    CreditAllocated: _allocated,
    CreditReleased: _released,
    ItemsFellDue: _fell_due,
    CreditHeldBack: Ledger.hold_back,
    CreditFreed: lambda ledger, fact: ledger.free(fact.credit, fact.amount),
    PaymentReversed: _went_away,
    PaymentMovedAway: _went_away,
    **dict.fromkeys(get_args(Adjustment), _adjusted),
    InvoiceWrittenOff: _written_off,
    WriteOffCancelled: _write_off_cancelled,
}


# What leaves a payment for its payer or another account, and comes back.
GivenAway = PaymentRefunded | CreditPaidOut | PayOutReturned | CreditTransferredAway


class PaymentRecord(msgspec.Struct):
    """Everything that happened to one payment on an account, since it last came there.

    `left` is its amount without what was refunded, paid out or taken back of it; `given_away` is what of that was
    refunded, paid out or transferred, and did not come back. `allocations` are those that hold, in the order in which
    they were made.
    """

    arrival: PaymentReceived | PaymentMovedIn
    left: Money
    allocations: list[Allocation] = []
    is_reversed: bool = False
    moved_to: str | None = None
    given_away: Money | None = None

    @property
    def given(self) -> Money:
        return zero(self.left.currency) if self.given_away is None else self.given_away


PaymentHistory = dict[str, PaymentRecord]


def apply_payment_history(history: PaymentHistory, fact: Event) -> None:
    """Fold one event into the history of all payments of an account."""
    match fact:
        case PaymentReceived() | PaymentMovedIn():
            history[fact.payment] = PaymentRecord(fact, fact.amount)
        case CreditAllocated() | CreditReleased():
            apply_allocations(history, fact)
        case PaymentReversed():
            history[fact.payment].is_reversed = True
        case PaymentMovedAway():
            history[fact.payment].moved_to = fact.to_account
        case _ if isinstance(fact, Adjustment):
            for part in adjusted_credits(fact):
                if (record := history.get(part.credit)) is not None:
                    record.left = record.left + part.amount
                    if isinstance(fact, GivenAway):
                        record.given_away = record.given - part.amount


class Settles(Protocol):
    """The record of a credit, with the allocations that hold, in the order in which they were made."""

    allocations: list[Allocation]


def apply_allocations(history: Mapping[str, Settles], fact: CreditAllocated | CreditReleased) -> None:
    """Fold allocations made or released into the records of those credits that the history has."""
    for allocation in fact.allocations:
        if (record := history.get(allocation.credit)) is None:
            continue
        if isinstance(fact, CreditAllocated):
            record.allocations.append(allocation)
        else:
            record.allocations = without_released(record.allocations, allocation)


def without_released(allocations: list[Allocation], released: Allocation) -> list[Allocation]:
    """The allocations that hold after a release: it is taken off those on its invoice, the last one first."""
    rest, kept = released.amount, list[Allocation]()
    for allocation in reversed(allocations):
        part = min(rest, allocation.amount) if allocation.invoice == released.invoice else zero(rest.currency)
        rest = rest - part
        if part != allocation.amount:
            kept.append(msgspec.structs.replace(allocation, amount=allocation.amount - part))
    return kept[::-1]
