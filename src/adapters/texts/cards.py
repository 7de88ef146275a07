"""Cards, in words. Digits of a card are in no sentence."""

from __future__ import annotations

from adapters.texts.amounts import money
from adapters.texts.sentences import Sentences
from billing_core.cards.callbacks import CardCallbackRefused, CardCallbackTaken
from billing_core.cards.on_account import (
    CardChargeBegun,
    CardChargeEnded,
    CardRemoved,
    CardStored,
    CardStoringAgreed,
)
from billing_core.cards.payments import (
    CardDisputeEnded,
    CardPaymentAsked,
    CardPaymentDisputed,
    CardPaymentDoubted,
    CardPaymentFailed,
    CardPaymentSucceeded,
    CardPaymentWaits,
    CardRefundAsked,
    CardRefunded,
    CardRefundFailed,
)
from billing_core.cards.terms import CardTermsSet


def _terms(fact: CardTermsSet) -> str:
    terms = fact.terms
    days = ", ".join(map(str, terms.retry_days))
    again = f"tried again after {days} days" if days else "not tried again"
    return f"cards of {fact.seller} are charged {terms.days_after_due} days after the due date, {again}"


def _begun(fact: CardChargeBegun) -> str:
    how = "with the stored card" if fact.way == "stored" else "on a page of the gateway"
    items = f" for {', '.join(fact.invoices)}" if fact.invoices else ""
    return f"card payment {fact.card_payment} {how}{items}"


def _ended(fact: CardChargeEnded) -> str:
    again = f", next try on {fact.next_try_on}" if fact.next_try_on else ""
    return f"card payment {fact.card_payment} {fact.outcome}{again}"


def _asked(fact: CardPaymentAsked) -> str:
    how = "the stored card" if fact.way == "stored" else "a page"
    return f"{fact.gateway} asked for {money(fact.amount)} from account {fact.account} by {how}"


def _refunded(fact: CardRefunded) -> str:
    whence = "" if fact.is_asked else " at the gateway, unasked"
    return f"{money(fact.amount)} given back to the card{whence}, {fact.reference}"


def _disputed(fact: CardPaymentDisputed) -> str:
    if fact.is_inquiry:
        return f"the bank inquires about {money(fact.amount)}, because: {fact.reason}"
    return f"{money(fact.amount)} disputed, {money(fact.taken)} taken of the account, because: {fact.reason}"


def _dispute_ended(fact: CardDisputeEnded) -> str:
    if fact.is_won:
        return f"dispute {fact.dispute} won, {money(fact.given_back)} given back"
    return f"dispute {fact.dispute} lost"


SENTENCES: Sentences = {
    CardTermsSet: _terms,
    CardStoringAgreed: lambda fact: f"agreed that a card is stored and charged: {fact.agreed}",
    CardStored: lambda fact: f"card stored at {fact.gateway}, valid until {fact.expires}",
    CardRemoved: lambda fact: f"stored card removed, because: {fact.reason}",
    CardChargeBegun: _begun,
    CardChargeEnded: _ended,
    CardPaymentAsked: _asked,
    CardPaymentWaits: lambda fact: f"waits for the customer, {fact.reference}",
    CardPaymentSucceeded: lambda fact: f"{money(fact.amount)} charged, {fact.source}:{fact.reference}",
    CardPaymentFailed: lambda fact: f"{money(fact.amount)} not charged: {fact.code}",
    CardPaymentDoubted: lambda fact: f"nothing booked, {fact.why}; {fact.reference}",
    CardRefundAsked: lambda fact: f"refund {fact.number} of {money(fact.amount)} asked for, because: {fact.reason}",
    CardRefunded: _refunded,
    CardRefundFailed: lambda fact: f"refund {fact.number} of {money(fact.amount)} failed: {fact.code}",
    CardPaymentDisputed: _disputed,
    CardDisputeEnded: _dispute_ended,
    CardCallbackTaken: lambda fact: f"callback {fact.callback} of {fact.gateway}: {fact.kind}, {fact.object}",
    CardCallbackRefused: lambda fact: f"callback of {fact.gateway} from {fact.source} refused: {fact.why}",
}
