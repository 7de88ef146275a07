"""Money received and its allocation, as facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money
from billing_core.kernel.personal import Personal, PersonNumber

PAYMENT_CLAIM = "payment"
WRITE_OFF = "write-off "
# How money is paid. The source says by whom it is reported: a bank, a cash desk, a kiosk's operator, a gateway.
PaymentMethod = Literal[
    "transfer", "cash", "card", "direct-debit", "sipo", "kiosk", "wallet", "voucher", "other"
]  # fmt: skip


class Allocation(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Part of a credit (a payment's id or a credit note's number) that settles part of an invoice.

    `settled_from` is that of the open item, so that it waits again if this is undone.
    """

    credit: str
    invoice: str
    amount: Money
    invoice_due_on: date
    settled_from: date | None = None


class MoneyReceived(Event, frozen=True, kw_only=True):
    """Money as its source reports it. `source` and `reference` together are unique for good.

    `payment_reference` is what the payer gave to say what is paid, `message` the text to it; both may be anything, so
    they are as personal as the payer's name and bank account. `statement` is the bank statement and the line of it.
    """

    source: str
    reference: str
    amount: Money
    method: PaymentMethod = "transfer"
    payment_reference: Personal[str] = ""
    payer: Personal[str] = ""
    payer_account: Personal[str] = ""
    message: Personal[str] = ""
    statement: str = ""

    @property
    def payment(self) -> str:
        """Its id, within its account and across the system."""
        return payment_id(self.source, self.reference)


def as_reported(fact: MoneyReceived) -> dict[str, Any]:
    """What the source said of the money, as fields of another fact of the same money."""
    return {name: getattr(fact, name) for name in MoneyReceived.__struct_fields__}


@event("payment-received")
class PaymentReceived(MoneyReceived, frozen=True, kw_only=True):
    """Money arrived for a customer's account.

    `remittance` is the money that waited until somebody assigned it: `bank:17`. The payment is the whole of it, which
    has the claim already, or a part of it, with a reference and a claim of its own: `bank:17.1`.
    """

    customer: PersonNumber
    remittance: str = ""

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its id. The same payment sent again has the same amount, day and account."""
        if self.remittance == self.payment:
            return ()
        account = stream.partition("/")[2]
        return (
            Claim(PAYMENT_CLAIM, self.payment, stream, f"{self.amount} on {self.effective_on} for account {account}"),
        )


@event("credit-allocated")
class CreditAllocated(Event, frozen=True, kw_only=True):
    allocations: tuple[Allocation, ...]


@event("credit-released")
class CreditReleased(Event, frozen=True, kw_only=True):
    """Allocations were undone; the invoices are open again by these amounts.

    `known_on` is the day on which that was learnt, if they count as never made from an earlier day on.
    """

    allocations: tuple[Allocation, ...]
    known_on: date | None = None


@event("items-fell-due")
class ItemsFellDue(Event, frozen=True, kw_only=True):
    """Postpaid invoices of a prepaid account that waited: from now on money settles them that does not name them."""

    invoices: tuple[str, ...]


@event("payment-reversed")
class PaymentReversed(Event, frozen=True, kw_only=True):
    """The money was taken back (bounced debit, chargeback). All its allocations were released before.

    `amount` is what was left of the payment.
    """

    payment: str
    amount: Money
    reason: str


@event("payment-partly-reversed")
class PaymentPartlyReversed(Event, frozen=True, kw_only=True):
    """Part of the money was taken back; the rest remains the account's. Its allocations were released as needed."""

    payment: str
    amount: Money
    reason: str


@event("payment-refunded")
class PaymentRefunded(Event, frozen=True, kw_only=True):
    """Unused money of a payment went back to its payer.

    `tax_document` is the corrective tax document of the refund, if the money was an advance that was taxed.
    """

    payment: str
    amount: Money
    reason: str
    tax_document: str = ""


class CreditPart(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Part of a credit: of a payment by its id, or of a credit note by its number."""

    credit: str
    amount: Money


@event("credit-paid-out")
class CreditPaidOut(Event, frozen=True, kw_only=True):
    """Unused credits of the account were paid out to the customer; by which batch of pay-backs, if by one."""

    parts: tuple[CreditPart, ...]
    reason: str
    batch: str = ""


@event("pay-out-returned")
class PayOutReturned(Event, frozen=True, kw_only=True):
    """Credits that were paid out came back, or never left: they are the account's again, from this day on."""

    parts: tuple[CreditPart, ...]
    reason: str
    batch: str = ""


@event("credit-kept-as-income")
class CreditKeptAsIncome(Event, frozen=True, kw_only=True):
    """Unused credits too small to be paid back became other income of the seller."""

    parts: tuple[CreditPart, ...]
    reason: str


@event("kept-credit-restored")
class KeptCreditRestored(Event, frozen=True, kw_only=True):
    """A credit that was kept as other income is the account's again, from this day on."""

    parts: tuple[CreditPart, ...]
    reason: str


@event("credit-held-back")
class CreditHeldBack(Event, frozen=True, kw_only=True):
    """Unused credit that no invoice uses by itself, until a person allocates or frees it.

    `since` is the day from which the credit has its place among the others, `received_on` that of money.
    """

    credit: str
    amount: Money
    reason: str
    since: date
    received_on: date | None = None


@event("credit-freed")
class CreditFreed(Event, frozen=True, kw_only=True):
    """Credit that was held back may be used by any invoice again."""

    credit: str
    amount: Money


@event("credit-transferred-away")
class CreditTransferredAway(Event, frozen=True, kw_only=True):
    """Unused credits became another account's. `transfer` is the credit that they are there."""

    parts: tuple[CreditPart, ...]
    transfer: str
    to_account: str
    reason: Personal[str]
    customer: PersonNumber


@event("credit-transferred-in")
class CreditTransferredIn(Event, frozen=True, kw_only=True):
    """The other half: a credit of this account from this day on, by the name of the transfer."""

    transfer: str
    amount: Money
    from_account: str
    reason: Personal[str]
    customer: PersonNumber


class TaxPart(msgspec.Struct, frozen=True, kw_only=True):
    """Base and VAT of one rate."""

    rate: Decimal
    base: Money
    vat: Money


@event("invoice-written-off")
class InvoiceWrittenOff(Event, frozen=True, kw_only=True):
    """The seller gives up so much of what is open on an invoice. It is a credit, which settles the invoice at once.

    `taxes` are the base and VAT in the amount. `law` is the provision by which the VAT may be corrected, if any.
    """

    invoice: str
    amount: Money
    reason: str
    taxes: tuple[TaxPart, ...] = ()
    law: str = ""

    @property
    def credit(self) -> str:
        return write_off_credit(self.invoice)


@event("write-off-cancelled")
class WriteOffCancelled(Event, frozen=True, kw_only=True):
    """What was written off of an invoice is owed again, or so much of it. It was released before.

    `taxes` are the base and VAT in a part, taken back by a credit note; without them it is all that was written off.
    """

    invoice: str
    amount: Money
    reason: str
    taxes: tuple[TaxPart, ...] = ()

    @property
    def credit(self) -> str:
        return write_off_credit(self.invoice)


@event("payment-moved-away")
class PaymentMovedAway(Event, frozen=True, kw_only=True):
    """The payment was another account's from the day on which it came in. All its allocations were released before.

    Without a `to_account` nobody knows again whose it is: it waits as the remittance that it was.
    """

    payment: str
    amount: Money
    to_account: str
    reason: Personal[str]
    customer: PersonNumber = ""


@event("payment-moved-in")
class PaymentMovedIn(MoneyReceived, frozen=True, kw_only=True):
    """The other half: the payment is this account's from the day on which it came in, `effective_on`."""

    customer: PersonNumber
    from_account: str
    reason: Personal[str]
    remittance: str = ""


def payment_id(source: str, reference: str) -> str:
    """A payment's id within its account and across the system: `bank:2026-000123`."""
    return f"{source}:{reference}"


# What changes a credit otherwise than by an invoice or a move.
Adjustment = (
    PaymentPartlyReversed
    | PaymentRefunded
    | CreditPaidOut
    | PayOutReturned
    | CreditKeptAsIncome
    | KeptCreditRestored
    | CreditTransferredAway
    | CreditTransferredIn
    | InvoiceWrittenOff
    | WriteOffCancelled
)


def adjusted_credits(fact: Adjustment) -> tuple[CreditPart, ...]:
    """What an adjustment adds to each credit; what it takes of one is negative."""
    match fact:
        case CreditPaidOut(parts=parts) | CreditKeptAsIncome(parts=parts) | CreditTransferredAway(parts=parts):
            return tuple(CreditPart(part.credit, -part.amount) for part in parts)
        case PayOutReturned(parts=parts) | KeptCreditRestored(parts=parts):
            return parts
        case CreditTransferredIn(transfer=transfer, amount=amount):
            return (CreditPart(transfer, amount),)
        case InvoiceWrittenOff(credit=credit, amount=amount):
            return (CreditPart(credit, amount),)
        case WriteOffCancelled(credit=credit, amount=amount):
            return (CreditPart(credit, -amount),)
        case PaymentPartlyReversed(payment=payment, amount=amount) | PaymentRefunded(payment=payment, amount=amount):
            return (CreditPart(payment, -amount),)


def write_off_credit(invoice: str) -> str:
    """The credit by which a write-off settles its invoice. A payment's id has a colon, so it is never the same."""
    return f"{WRITE_OFF}{invoice}"


def transfer_credit(account: str, version: int) -> str:
    """The name of a transfer: the account that it came from, and the place of the fact in its stream."""
    return f"transfer {account}-{version}"
