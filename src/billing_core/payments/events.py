"""Money received and its allocation, as facts."""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money
from billing_core.kernel.personal import Personal, PersonNumber

PAYMENT_CLAIM = "payment"


class Allocation(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Part of a credit (a payment's id or a credit note's number) that settles part of an invoice."""

    credit: str
    invoice: str
    amount: Money
    invoice_due_on: date


@event("payment-received")
class PaymentReceived(Event, frozen=True, kw_only=True):
    """Money arrived for a customer's account. `source` and `reference` together are unique.

    `payment_reference` is what the payer wrote, which may be anything, so it is as personal as the payer's name.
    """

    customer: PersonNumber
    source: str
    reference: str
    amount: Money
    payment_reference: Personal[str] = ""
    payer: Personal[str] = ""

    @property
    def payment(self) -> str:
        return payment_id(self.source, self.reference)

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its id. The same payment sent again has the same amount, day and account."""
        account = stream.partition("/")[2]
        return (
            Claim(PAYMENT_CLAIM, self.payment, stream, f"{self.amount} on {self.effective_on} for account {account}"),
        )


@event("credit-allocated")
class CreditAllocated(Event, frozen=True, kw_only=True):
    allocations: tuple[Allocation, ...]


@event("credit-released")
class CreditReleased(Event, frozen=True, kw_only=True):
    """Allocations were undone; the invoices are open again by these amounts."""

    allocations: tuple[Allocation, ...]


@event("payment-reversed")
class PaymentReversed(Event, frozen=True, kw_only=True):
    """The money was taken back (bounced debit, chargeback). All its allocations were released before."""

    payment: str
    amount: Money
    reason: str


@event("payment-moved-away")
class PaymentMovedAway(Event, frozen=True, kw_only=True):
    """The payment was another account's from the day on which it came in. All its allocations were released before."""

    payment: str
    amount: Money
    to_account: str
    reason: Personal[str]
    customer: PersonNumber = ""


@event("payment-moved-in")
class PaymentMovedIn(Event, frozen=True, kw_only=True):
    """The other half: the payment is this account's from the day on which it came in, `effective_on`."""

    customer: PersonNumber
    source: str
    reference: str
    amount: Money
    payment_reference: Personal[str] = ""
    payer: Personal[str] = ""
    from_account: str
    reason: Personal[str]

    @property
    def payment(self) -> str:
        return payment_id(self.source, self.reference)


def payment_id(source: str, reference: str) -> str:
    """A payment's id within its account and across the system: `bank:2026-000123`."""
    return f"{source}:{reference}"
