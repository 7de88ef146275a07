"""Decides what receiving a payment, taking it back and moving it to another account does.

Does not decide whose payment it is; that is the matching of the import, or of the person who moves it. What a payment
settled is open again when the payment is taken back or moved away; unused credit then settles it, so that an account
never has both unused credit and an open item.
"""

from __future__ import annotations

from datetime import date

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import zero
from billing_core.parties import require_printable, require_text
from billing_core.payments.allocation import (
    Settlement,
    allocate,
    allocation_events,
)
from billing_core.payments.events import (
    CreditReleased,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
)
from billing_core.payments.ledger import Ledger, PaymentHistory, PaymentRecord


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
    received_on = dict(after.ledger.received_on)
    return [*events, *allocation_events(after.spread_unused(), on, received_on)]
