"""What the handlers of cards load: the card of an account, a card payment, the terms of a seller."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.cards.on_account import AccountCard, CardChargeEnded, ChargeOutcome, apply_account_card
from billing_core.cards.payments import CardPayment, apply_card_payment, require_card_payment
from billing_core.cards.terms import USUAL_TERMS, CardTerms, apply_card_terms
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money, zero
from billing_core.payments.events import payment_id
from billing_core.payments.ledger import PaymentHistory
from commands.payments.account import load_where_it_is
from commands.platform.ports import Append, Transaction


def card_stream(account: str) -> str:
    return f"card/{account}"


def card_payment_stream(name: str) -> str:
    return f"card-payment/{name}"


def card_terms_stream(seller: str) -> str:
    return f"card-terms/{seller}"


def load_card(transaction: Transaction, account: str) -> tuple[AccountCard | None, int]:
    return transaction.load(card_stream(account), apply_account_card)


def load_card_terms(transaction: Transaction, seller: str) -> CardTerms:
    """The terms of a seller, or the usual ones."""
    return transaction.load(card_terms_stream(seller), apply_card_terms)[0] or USUAL_TERMS


def load_card_payment(transaction: Transaction, account: str, name: str) -> tuple[CardPayment, int]:
    """A card payment of an account; that of another account is not found."""
    found, version = transaction.load(card_payment_stream(name), apply_card_payment)
    known = require_card_payment(found, name)
    if known.asked.account != account:
        raise NotFound("the account has no such card payment", field="card payment", value=name)
    return known, version


def ended(transaction: Transaction, account: str, fact: CardChargeEnded) -> Append:
    """The account's card is free for the next charge."""
    _, version = load_card(transaction, account)
    return Append(card_stream(account), version, (fact,))


def charge_ended(name: str, outcome: ChargeOutcome, on: date, next_try_on: date | None = None) -> CardChargeEnded:
    return CardChargeEnded(effective_on=on, card_payment=name, outcome=outcome, next_try_on=next_try_on)


class Booked(NamedTuple):
    """The payment that a charge became, on the account on which it is now, with what is left of it there."""

    account: Account
    version: int
    history: PaymentHistory
    payment: str
    left: Money


def load_booked(transaction: Transaction, known: CardPayment) -> Booked:
    """Where the money of a charge is: a payment may have been moved to another account, and from there to a third."""
    payment = payment_id(known.asked.gateway, known.reference)
    account, version, history = load_where_it_is(transaction, known.asked.account, payment)
    record, nothing = history.get(payment), zero(account.currency)
    left = nothing if record is None or record.is_reversed or record.moved_to else record.left
    return Booked(account, version, history, payment, left)
