"""Decides what happens if a bank takes back more of a payment than is left of it, as a part was given back before.

What is left is taken back, and what it settled is open again. The part that was refunded, paid out or transferred to
another account is owed again: it is an item of the account's next invoice, outside VAT. Nothing is guessed: more than
both together is refused.

    500.00 came in by a debit and settled 24.00; 100.00 were refunded; the bank takes 500.00 back

    taken back    400.00; the 24.00 are open again
    charged       100.00, which the customer has twice now
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.accounts.items import charge_once
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.ledger import PaymentHistory
from billing_core.payments.receiving import payment_there, reverse_payment

OUTSIDE_VAT = Decimal(0)


class TakenBack(NamedTuple):
    """What was taken back: so much of a payment, why, and on which day."""

    payment: str
    amount: Money
    reason: str
    on: date


def all_of(history: PaymentHistory, payment: str) -> Money:
    """All that can be taken back of a payment: what is left of it, and what was given back before."""
    record = history.get(payment)
    if record is None or not record.given.amount:
        return payment_there(history, payment).left
    return record.left + record.given


def take_back_payment(
    account: Account, number: int, history: PaymentHistory, taken: TakenBack, today: date
) -> list[Event]:  # fmt: skip
    """Take a payment back, also a part that was given back before; `number` distinguishes the item for it."""
    record, amount = history.get(taken.payment), taken.amount
    if record is None or record.is_reversed or not record.given.amount or not _is_more(amount, record.left):
        return reverse_payment(account.ledger, history, taken.payment, taken.reason, taken.on, amount)
    if amount > record.left + record.given:
        raise RuleViolation(f"is more than the {record.left} left of payment {taken.payment} and the {record.given} "
                            "that were given back of it", field="amount", value=amount)  # fmt: skip
    events: list[Event] = []
    if record.left.amount:
        events += reverse_payment(account.ledger, history, taken.payment, taken.reason, taken.on, record.left)
    words = f"Payment {taken.payment}, taken back after it was given back"
    return [*events, *charge_once(account, number, words, amount - record.left, OUTSIDE_VAT, today)]


def _is_more(amount: Money, left: Money) -> bool:
    return amount.currency == left.currency and amount > left
