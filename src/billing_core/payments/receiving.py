"""Decides what receiving a payment, taking it back, whole or in part, and moving it to another account does.

Does not decide whose payment it is; that is the matching of the import, or of the person who moves it. What a payment
settled is open again when the payment is taken back or moved away; unused credit then settles it, so that an account
never has both unused credit and an open item.

Worked example, a payment of 100.00 that settled A by 40.00 and then B by 50.00; 30.00 of it are taken back:

    unused   10.00 are taken first
    B        is open again by 20.00, as it was settled last; A stays settled
    left     70.00 of the payment
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from billing_core.parties.details import require_printable, require_text
from billing_core.payments.allocation import (
    Settlement,
    allocate,
    allocation_events,
)
from billing_core.payments.events import (
    Allocation,
    CreditReleased,
    MoneyReceived,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentPartlyReversed,
    PaymentReceived,
    PaymentReversed,
    as_reported,
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
    require_receivable(ledger, payment)
    allocations = allocate(payment.payment, payment.amount, ledger.open_items, invoice)
    return [payment, *allocation_events(allocations, payment.effective_on)]


def require_receivable(ledger: Ledger, payment: PaymentReceived) -> None:
    """A payment can be kept, and is in the currency of the account."""
    require_reported(payment)
    if payment.amount.currency != ledger.balance.currency:
        raise InvalidValue(f"the account is kept in {ledger.balance.currency}", field="payment", value=payment.amount)


def require_reported(money: MoneyReceived) -> None:
    """What a source says of money can be kept: it names the money for good, and there is some."""
    require_identified(money.source, money.reference)
    require_printable(money.payment_reference, "payment reference")
    require_printable(money.payer, "payer")
    require_printable(money.payer_account, "payer account")
    require_printable(money.message, "message")
    require_income(money.amount)


def require_identified(source: str, reference: str) -> None:
    """A payment is named for good by the source that reports it and the source's own reference."""
    require_text(source, "payment source")
    if ":" in source:
        raise InvalidValue("must not hold a colon, which parts source and reference", field="payment source",
                           value=source)  # fmt: skip
    require_text(reference, "external reference")


def require_income(amount: Money) -> None:
    """Money that came in is more than zero."""
    if amount <= zero(amount.currency):
        raise InvalidValue("must be more than zero; record money paid back as a reversal", field="payment",
                           value=amount)  # fmt: skip


def reverse_payment(
    ledger: Ledger, history: PaymentHistory, payment: str, reason: str, on: date, amount: Money | None = None
) -> list[Event]:
    """Take a payment back, or so much of it: its allocations are released first, so its invoices are open again."""
    record = payment_there(history, payment)
    require_text(reason, "reason")
    if amount is None or amount == record.left:
        whole = PaymentReversed(effective_on=on, payment=payment, amount=record.left, reason=reason)
        return _gone(ledger, record.allocations, whole)
    require_at_most(amount, record.left, f"left of payment {payment}")
    part = PaymentPartlyReversed(effective_on=on, payment=payment, amount=amount, reason=reason)
    unused = ledger.credits.get(payment, zero(amount.currency))
    return _gone(ledger, _to_release(record, amount - min(amount, unused)), part)


def _to_release(record: PaymentRecord, amount: Money) -> list[Allocation]:
    """The allocations, or parts of them, that together make an amount; those that were made last are released first."""
    found = []
    for allocation in reversed(record.allocations):
        part = min(amount, allocation.amount)
        if part > zero(part.currency):
            found.append(msgspec.structs.replace(allocation, amount=part))
        amount = amount - part
    return found


def require_at_most(amount: Money, available: Money, of_what: str) -> None:
    """An amount that is taken of something is more than zero, in its currency, and not more than there is of it."""
    if amount.currency != available.currency:
        raise InvalidValue(f"the account is kept in {available.currency}", field="amount", value=amount)
    if amount <= zero(amount.currency):
        raise InvalidValue("must be more than zero", field="amount", value=amount)
    if amount > available:
        raise RuleViolation(f"is more than the {available} {of_what}", field="amount", value=amount)


def move_away(
    ledger: Ledger, history: PaymentHistory, payment: str, to_account: str, reason: str, today: date
) -> list[Event]:
    """The old account's half of a move: what the payment settled there is open again.

    A payment of which a part was refunded, paid out or taken back is not moved: that part was the old account's.
    Without a `to_account` it waits again as the remittance that it was. It counts from the day on which it came in, but
    the items are known to be open from `today` on.
    """
    record = payment_there(history, payment)
    require_text(reason, "reason")
    if record.left != record.arrival.amount:
        left = f"has {record.left} left of {record.arrival.amount}, so it cannot be moved as a whole"
        cure = f"record it on account {to_account}" if to_account else "record that as a remittance of its own"
        raise RuleViolation(f"{left}; reverse what is left and {cure}", field="payment", value=payment)
    on = record.arrival.effective_on
    moved = PaymentMovedAway(
        effective_on=on, payment=payment, amount=record.arrival.amount, to_account=to_account, reason=reason
    )
    return _gone(ledger, record.allocations, moved, today)


def move_in(
    ledger: Ledger, arrival: PaymentReceived | PaymentMovedIn, customer: str, from_account: str, reason: str
) -> list[Event]:
    """The new account's half: the payment settles there what it would have settled had it come there at once.

    `customer` is whose account it is, and so whose the payment is from now on.
    """
    moved = PaymentMovedIn(**as_reported(arrival), customer=customer, from_account=from_account, reason=reason,
                           remittance=arrival.remittance)  # fmt: skip
    allocations = allocate(moved.payment, moved.amount, ledger.open_items, moved.payment_reference or None)
    return [moved, *allocation_events(allocations, moved.effective_on)]


def payment_there(history: PaymentHistory, payment: str) -> PaymentRecord:
    """The record of a payment that is the account's and of which something is left."""
    record = history.get(payment)
    if record is None:
        raise NotFound("the account has no such payment", field="payment", value=payment)
    if record.is_reversed:
        raise RuleViolation("is reversed already", field="payment", value=payment)
    if record.moved_to is not None:
        where = f"was moved to account {record.moved_to}; look for it there"
        raise RuleViolation(where if record.moved_to else "waits as a remittance again", field="payment",
                            value=payment)  # fmt: skip
    if record.left == zero(record.left.currency):
        raise RuleViolation("has nothing left: all of it was refunded, paid out or taken back", field="payment",
                            value=payment)  # fmt: skip
    return record


def _gone(
    ledger: Ledger, released: Sequence[Allocation], gone: PaymentReversed | PaymentPartlyReversed | PaymentMovedAway,
    known_on: date | None = None,
) -> list[Event]:  # fmt: skip
    """The invoices that a payment settled are opened, and its money is removed."""
    on = gone.effective_on
    opened = [CreditReleased(effective_on=on, allocations=tuple(released), known_on=known_on)] if released else []
    return settled_again(ledger, [*opened, gone], on)


def settled_again(ledger: Ledger, facts: Sequence[Event], on: date) -> list[Event]:
    """Facts that open invoices again; other unused credit settles what it can of them."""
    after = Settlement(ledger)
    for fact in facts:
        after.ledger.apply(fact)
    received_on = dict(after.ledger.received_on)
    return [*facts, *allocation_events(after.spread_unused(), on, received_on)]
