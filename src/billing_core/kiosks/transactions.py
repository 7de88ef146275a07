"""Transactions of kiosks and wallets: each is decided once, and its first answer is its answer for ever.

Decides whether a payment is taken, and what becomes of a message that comes again; not whose account it is for, and not
how the answer is written.

    pay 17, account 1001, 12.50    taken, our number 482..., 12.50 paid to account 1001
    pay 17, account 1001, 12.50    the same answer with the same number, and nothing is paid
    pay 17, account 1002, 12.50    refused, because 17 was another payment; kept as a refusal
    pay 18, account 9999, 12.50    refused: no such payer; the same answer again also after account 9999 was opened
    cancel 17 on the same day      the payment is reversed; on a later day it is refused
"""

from __future__ import annotations

import re
from datetime import date
from hashlib import sha256
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money
from billing_core.kernel.spans import ONE_DAY
from billing_core.kiosks.connections import Kiosk, PayerKey

# What the other side is answered, in the words of no protocol.
Verdict = Literal[
    "ok", "nothing-due", "try-later", "switched-off", "not-finished", "malformed", "malformed-payer", "unknown-payer",
    "refused", "too-small", "too-large", "known", "forged", "not-allowed", "late", "replayed",
]  # fmt: skip
Step = Literal["check", "pay", "cancel", "register", "promise-check", "promise"]
MOST_TRANSACTION = 64
TRANSACTION = re.compile(r"[A-Za-z0-9._-]{1,64}")
SHOWN_KEY = re.compile(r"[A-Za-z0-9/_-]{1,40}")
NUMBER_DIGITS = 18
SHOWN_DIGITS = 3


class KioskAnswer(msgspec.Struct, frozen=True):
    """What a payment was answered for good. `number` is our own number of the transaction."""

    verdict: Verdict
    number: str
    reason: str = ""


class KioskPaymentAsked(msgspec.Struct, frozen=True, kw_only=True):
    """What a message asks to be paid: the other side's id, what the payer typed, the amount, and its own date."""

    transaction: str
    typed: str
    amount: Money
    paid_on: date


# --- events


@event("kiosk-payment-taken")
class KioskPaymentTaken(Event, frozen=True, kw_only=True):
    """A payment was taken; the account has it in the same transaction.

    Without an account it waits as a remittance: the wallet had taken the money, and nobody was known by what was typed.
    `typed` is what the payer typed, unless it tells of a person (`shown_key`).
    """

    kiosk: str
    transaction: str
    typed: str
    account: str
    amount: Money
    answer: KioskAnswer


@event("kiosk-payment-refused")
class KioskPaymentRefused(Event, frozen=True, kw_only=True):
    """A payment was refused for good; no money came in."""

    kiosk: str
    transaction: str
    typed: str
    amount: Money
    answer: KioskAnswer


@event("kiosk-payment-cancelled")
class KioskPaymentCancelled(Event, frozen=True, kw_only=True):
    """The other side took a payment back; it is reversed on its account."""

    kiosk: str
    transaction: str
    account: str
    amount: Money
    cancellation: str


@event("kiosk-message-refused")
class KioskMessageRefused(Event, frozen=True, kw_only=True):
    """A message was refused and changed nothing. `left_out` like it came since the one before and were only counted."""

    kiosk: str
    transaction: str
    step: Step
    verdict: Verdict
    reason: str
    sent_from: str
    left_out: int = 0


# --- state


class KioskTransaction(msgspec.Struct):
    """What became of a transaction."""

    transaction: str
    typed: str
    account: str
    amount: Money
    answer: KioskAnswer
    taken_on: date
    cancelled_by: str | None = None


def apply_kiosk_transaction(state: KioskTransaction | None, fact: Event) -> KioskTransaction | None:
    """Fold one event of a transaction's stream."""
    match fact:
        case KioskPaymentTaken() | KioskPaymentRefused():
            account = fact.account if isinstance(fact, KioskPaymentTaken) else ""
            return KioskTransaction(fact.transaction, fact.typed, account, fact.amount, fact.answer, fact.effective_on)
        case KioskPaymentCancelled(cancellation=cancellation) if state is not None:
            state.cancelled_by = cancellation
    return state


# --- decisions


def number_of(kiosk: str, transaction: str) -> str:
    """Our own number of a transaction: 18 digits, always the same ones for the same transaction."""
    digest = sha256(f"{kiosk}:{transaction}".encode()).digest()
    return str(int.from_bytes(digest, "big") % 10**NUMBER_DIGITS).zfill(NUMBER_DIGITS)


def require_transaction(transaction: str) -> str:
    """An id of the other side that can be kept."""
    if not TRANSACTION.fullmatch(transaction):
        raise InvalidValue(f"must be 1 to {MOST_TRANSACTION} letters, digits, and . _ -", field="transaction",
                           value=transaction)  # fmt: skip
    return transaction


def shown_key(typed: str, key: PayerKey) -> str:
    """What a payer typed, as it may be kept: of a telephone number the last three digits, of anything odd nothing."""
    if key == "phone":
        return f"...{''.join(filter(str.isdigit, typed))[-SHOWN_DIGITS:]}"
    return typed if SHOWN_KEY.fullmatch(typed) else ""


def is_the_same(known: KioskTransaction, asked: KioskPaymentAsked, key: PayerKey) -> bool:
    """Whether a message is about the payment that is known. Its date is not compared: some send that of the message."""
    return (known.typed, known.amount) == (shown_key(asked.typed, key), asked.amount)


def counted_on(paid_on: date, today: date) -> date:
    """The day on which a payment counts. Clocks differ by minutes, so what is dated tomorrow is of today."""
    return today if paid_on == today + ONE_DAY else paid_on


def refusal_of(kiosk: Kiosk, asked: KioskPaymentAsked, today: date) -> KioskAnswer | None:
    """Why a connection takes no such payment, whosever it is; None if it does.

    A connection that is switched off takes it later, so that is no answer for good.
    """
    terms, amount = kiosk.terms, asked.amount.amount
    if not kiosk.is_on:
        return _refused(kiosk, asked, "switched-off", f"connection {kiosk.code} is switched off")
    if asked.paid_on > today:
        return _refused(kiosk, asked, "refused", f"is dated {asked.paid_on}, after today, {today}")
    if (today - asked.paid_on).days > terms.late_days:
        return _refused(kiosk, asked, "late", f"is dated {asked.paid_on}, more than {terms.late_days} days ago")
    if amount <= 0 or (terms.least is not None and amount < terms.least):
        return _refused(kiosk, asked, "too-small", f"{asked.amount} is less than the least amount")
    if terms.most is not None and amount > terms.most:
        return _refused(kiosk, asked, "too-large", f"{asked.amount} is more than the most, {terms.most:f}")
    return None


def _refused(kiosk: Kiosk, asked: KioskPaymentAsked, verdict: Verdict, reason: str) -> KioskAnswer:
    return KioskAnswer(verdict, number_of(kiosk.code, asked.transaction), reason)


def is_for_good(verdict: Verdict) -> bool:
    """Whether a refusal is the answer of the transaction for ever; otherwise the other side sends it again."""
    return verdict not in ("switched-off", "try-later")
