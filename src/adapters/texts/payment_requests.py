"""Requests to pay, in words."""

from __future__ import annotations

from adapters.texts.amounts import money
from adapters.texts.sentences import Sentences
from billing_core.payment_requests.requests import (
    PaymentLinkMade,
    PaymentRequested,
    PaymentRequestExpired,
    PaymentRequestPaid,
    PaymentRequestReopened,
    PaymentRequestWithdrawn,
)


def _requested(fact: PaymentRequested) -> str:
    items = f" for {', '.join(fact.invoices)}" if fact.invoices else ""
    return f"request {fact.number} of {money(fact.amount)}{items}, valid until {fact.valid_until}"


SENTENCES: Sentences = {
    PaymentRequested: _requested,
    PaymentLinkMade: lambda fact: f"request {fact.number} has another link",
    PaymentRequestPaid: lambda fact: f"request {fact.number} is paid",
    PaymentRequestReopened: lambda fact: f"request {fact.number} is open again, the payment was taken back",
    PaymentRequestExpired: lambda fact: f"request {fact.number} has expired",
    PaymentRequestWithdrawn: lambda fact: f"request {fact.number} withdrawn, because: {fact.reason}",
}
