"""How the stored samples of cards are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

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
from billing_core.cards.terms import CardTerms, CardTermsSet
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money

ON = date(2026, 3, 2)
AMOUNT, PART = Money(Decimal("24.00"), "EUR"), Money(Decimal("4.00"), "EUR")
ACCOUNT: dict[str, Any] = {"effective_on": ON, "account": "00000001"}
PERSON = {**ACCOUNT, "customer": "C0000001"}
HASH = "9f" * 32
SAMPLES: dict[str, Event] = {
    "card-terms-set/1": CardTermsSet(
        effective_on=ON,
        seller="north",
        terms=CardTerms(days_after_due=1, retry_days=(2, 5), final_codes=("stolen_card",), confirm_days=4),
    ),
    "card-storing-agreed/1": CardStoringAgreed(**ACCOUNT, agreed="You may charge what is due."),
    "card-stored/1": CardStored(
        **PERSON,
        gateway="stripe",
        gateway_customer="cus_1",
        payment_method="pm_1",
        brand="visa",
        last_four="4242",
        expires="2029-12",
        agreed="You may charge what is due.",
    ),
    "card-removed/1": CardRemoved(**ACCOUNT, reason="pays by transfer"),
    "card-charge-begun/1": CardChargeBegun(
        effective_on=ON, card_payment="00000001-1", way="stored", invoices=("1000000007",)
    ),
    "card-charge-ended/1": CardChargeEnded(
        effective_on=ON, card_payment="00000001-1", outcome="failed", next_try_on=date(2026, 3, 3)
    ),
    "card-payment-asked/1": CardPaymentAsked(
        **PERSON,
        gateway="stripe",
        amount=AMOUNT,
        way="stored",
        invoices=("1000000007",),
        gateway_customer="cus_1",
        payment_method="pm_1",
    ),
    "card-payment-waits/1": CardPaymentWaits(
        **PERSON, reference="pi_1", link="https://gateway.example/confirm/pi_1", way="stored"
    ),
    "card-payment-succeeded/1": CardPaymentSucceeded(**ACCOUNT, source="stripe", reference="pi_1", amount=AMOUNT),
    "card-payment-failed/1": CardPaymentFailed(
        **ACCOUNT, amount=AMOUNT, code="insufficient_funds", text="Your card was declined.", way="stored"
    ),
    "card-payment-doubted/1": CardPaymentDoubted(
        **ACCOUNT, reference="pi_1", amount=PART, why="charged 4.00 EUR, asked 24.00 EUR"
    ),
    "card-refund-asked/1": CardRefundAsked(**ACCOUNT, number=1, amount=PART, reason="paid too much"),
    "card-refunded/1": CardRefunded(**ACCOUNT, number=1, reference="re_1", amount=PART, is_asked=True),
    "card-refund-failed/1": CardRefundFailed(
        **ACCOUNT, number=1, reference="re_1", amount=PART, code="lost_or_stolen_card", was_done=True
    ),
    "card-payment-disputed/1": CardPaymentDisputed(
        **ACCOUNT, dispute="dp_1", amount=AMOUNT, taken=PART, reason="fraudulent"
    ),
    "card-dispute-ended/1": CardDisputeEnded(**ACCOUNT, dispute="dp_1", is_won=True, given_back=PART),
    "card-callback-taken/1": CardCallbackTaken(
        effective_on=ON,
        gateway="stripe",
        callback="evt_1",
        kind="payment_intent.succeeded",
        object="pi_1",
        content_hash=HASH,
        sender="card callback stripe:evt_1",
        body="{}",
    ),
    "card-callback-refused/1": CardCallbackRefused(
        effective_on=ON, gateway="stripe", content_hash=HASH, why="has no right signature", source="203.0.113.7"
    ),
}
