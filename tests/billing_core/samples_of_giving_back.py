"""How the stored samples of money given back and given up are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.events import (
    CreditPaidOut,
    CreditPart,
    InvoiceWrittenOff,
    PaymentPartlyReversed,
    PaymentRefunded,
    TaxPart,
    WriteOffCancelled,
)

ON = date(2026, 3, 16)


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


SAMPLES: dict[str, Event] = {
    "payment-partly-reversed/1": PaymentPartlyReversed(
        effective_on=ON, payment="bank:2026-17", amount=euros("30.00"), reason="charged back in part"
    ),
    "payment-refunded/1": PaymentRefunded(
        effective_on=ON, payment="bank:2026-17", amount=euros("10.00"), reason="paid twice"
    ),
    "credit-paid-out/1": CreditPaidOut(
        effective_on=ON,
        parts=(CreditPart("bank:2026-17", euros("30.00")), CreditPart("5000000001", euros("2.00"))),
        reason="the customer left",
    ),
    "invoice-written-off/1": InvoiceWrittenOff(
        effective_on=ON,
        invoice="1000000007",
        amount=euros("10.00"),
        reason="less than the letter costs",
        taxes=(TaxPart(rate=Decimal(21), base=euros("8.26"), vat=euros("1.74")),),
        law="§ 46 ZDPH",
    ),
    "write-off-cancelled/1": WriteOffCancelled(
        effective_on=ON, invoice="1000000007", amount=euros("10.00"), reason="the debtor was found"
    ),
}
