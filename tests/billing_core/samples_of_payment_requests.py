"""How the stored samples of requests to pay are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payment_requests.requests import (
    PaymentLinkMade,
    PaymentRequested,
    PaymentRequestExpired,
    PaymentRequestPaid,
    PaymentRequestReopened,
    PaymentRequestWithdrawn,
)

ON = date(2026, 3, 2)
SAMPLES: dict[str, Event] = {
    "payment-requested/1": PaymentRequested(
        effective_on=ON,
        number=1,
        account="00000001",
        customer="C0000001",
        amount=Money(Decimal("24.00"), "EUR"),
        invoices=("1000000007",),
        valid_until=date(2026, 3, 16),
        reference="1000000007",
        token_hash="9f" * 32,
        payments_before=2,
        note="Thank you",
    ),
    "payment-link-made/1": PaymentLinkMade(effective_on=ON, number=1, token_hash="7c" * 32),
    "payment-request-paid/1": PaymentRequestPaid(effective_on=ON, number=1),
    "payment-request-reopened/1": PaymentRequestReopened(effective_on=ON, number=1),
    "payment-request-expired/1": PaymentRequestExpired(effective_on=ON, number=1),
    "payment-request-withdrawn/1": PaymentRequestWithdrawn(effective_on=ON, number=1, reason="pays by instalments"),
}
