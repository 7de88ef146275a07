"""Which postings led to the balance of an account?

Every posting that moved the balance, in the order in which it was recorded, each with its explanation: the lines of a
document, the invoices that a payment settled, the reason of a reversal. It is folded on demand from the account's own
events, so it needs no table and is exact as of the last event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

import msgspec

from billing_core.accounts.account import Account, apply_account
from billing_core.charging.charges import Charge, ChargesPosted, explain
from billing_core.invoicing.documents import DocumentLine
from billing_core.invoicing.invoices import CreditNoteIssued, DocumentEvent, InvoiceIssued, Subject
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total
from billing_core.payments.events import (
    Adjustment,
    Allocation,
    CreditAllocated,
    CreditHeldBack,
    CreditKeptAsIncome,
    CreditPaidOut,
    CreditPart,
    CreditReleased,
    CreditTransferredAway,
    CreditTransferredIn,
    InvoiceWrittenOff,
    KeptCreditRestored,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentPartlyReversed,
    PaymentReceived,
    PaymentRefunded,
    PaymentReversed,
    PayOutReturned,
    WriteOffCancelled,
    adjusted_credits,
)

PostingKind = Literal[
    "invoice", "credit-note", "payment", "payment-reversal", "partial-reversal", "payment-moved-away",
    "payment-moved-in", "refund", "pay-out", "write-off", "write-off-cancelled", "pay-out-returned",
    "kept-as-income", "kept-credit-restored", "transfer-away", "transfer-in",
]  # fmt: skip

KINDS_OF_PARTS: Mapping[type[Event], PostingKind] = {
    CreditPaidOut: "pay-out",
    PayOutReturned: "pay-out-returned",
    CreditKeptAsIncome: "kept-as-income",
    KeptCreditRestored: "kept-credit-restored",
}


class Posting(msgspec.Struct, kw_only=True):
    """One change of the balance: `amount` is positive in the customer's favour, `balance` is the balance after it.

    `number` is its place among the postings of the account, from 1. `reference` is the document's number or the
    payment's id; that of a pay-out is the credits paid out, that of a write-off its invoice. `settled` holds the
    invoices that a credit settled, then or later; `opened` those that a reversal or move opened again;
    `other_account` is the other account of a moved payment or a transfer.
    """

    number: int
    on: date
    kind: PostingKind
    reference: str
    amount: Money
    balance: Money
    due_on: date | None = None
    corrects: str | None = None
    subject: Subject | None = None
    payer: str = ""
    payment_reference: str = ""
    reason: str = ""
    other_account: str = ""
    lines: list[DocumentLine] = []
    settled: list[Allocation] = []
    opened: list[Allocation] = []


class Statement(msgspec.Struct):
    """An account's state and the postings that led to it."""

    account: Account
    postings: list[Posting]


class Narrator:
    """Folds the events of one account's stream into its statement."""

    def __init__(self) -> None:
        self.account: Account | None = None
        self.postings: list[Posting] = []
        self.charges: dict[str, Charge] = {}
        self._credits: dict[str, Posting] = {}
        self._released: list[Allocation] = []

    def apply(self, fact: Event) -> None:
        """Fold one event."""
        self.account = apply_account(self.account, fact)
        match fact:
            case ChargesPosted(charges=charges):
                self.charges.update((charge.key, charge) for charge in charges)
            case InvoiceIssued():
                self._post(
                    fact, "invoice", fact.number, -fact.gross,
                    due_on=fact.due_on, subject=fact.subject, lines=self._lines(fact),
                )  # fmt: skip
            case CreditNoteIssued():
                self._post_credit(
                    fact, "credit-note", fact.number, -fact.gross,
                    corrects=fact.corrects, subject=fact.subject, reason=fact.reason, lines=self._lines(fact),
                )  # fmt: skip
            case PaymentReceived():
                self._post_credit(
                    fact, "payment", fact.payment, fact.amount,
                    payer=fact.payer, payment_reference=fact.payment_reference,
                )  # fmt: skip
            case CreditAllocated(allocations=allocations):
                for allocation in allocations:
                    self._credits[allocation.credit].settled.append(allocation)
            case CreditReleased(allocations=released):
                self._released += released
            case CreditHeldBack():
                self._released = []
            case PaymentMovedIn():
                self._post_credit(
                    fact, "payment-moved-in", fact.payment, fact.amount,
                    payer=fact.payer, payment_reference=fact.payment_reference, reason=fact.reason,
                    other_account=fact.from_account,
                )  # fmt: skip
            case PaymentReversed():
                self._post_debit(fact, "payment-reversal")
            case PaymentMovedAway(to_account=other):
                self._post_debit(fact, "payment-moved-away", other)
            case _ if isinstance(fact, Adjustment):
                self._adjust(fact)

    def _adjust(self, fact: Adjustment) -> None:
        parts = adjusted_credits(fact)
        amount = total((part.amount for part in parts), parts[0].amount.currency)
        match fact:
            case InvoiceWrittenOff():
                self._credits[fact.credit] = self._post(fact, "write-off", fact.invoice, amount, reason=fact.reason)
            case WriteOffCancelled():
                self._post_opening(fact, "write-off-cancelled", fact.invoice, amount)
            case PaymentPartlyReversed():
                self._post_opening(fact, "partial-reversal", fact.payment, amount)
            case PaymentRefunded():
                self._post(fact, "refund", fact.payment, amount, reason=fact.reason)
            case CreditTransferredIn(from_account=other):
                self._post_credit(fact, "transfer-in", fact.transfer, amount, reason=fact.reason, other_account=other)
            case CreditTransferredAway(to_account=other):
                self._post(fact, "transfer-away", _named(parts), amount, reason=fact.reason, other_account=other)
            case _:
                self._post(fact, KINDS_OF_PARTS[type(fact)], _named(parts), amount, reason=fact.reason)

    def _post(self, fact: Event, kind: PostingKind, reference: str, amount: Money, **explained: object) -> Posting:
        assert self.account is not None
        posting = Posting(
            number=len(self.postings) + 1,
            on=fact.effective_on,
            kind=kind,
            reference=reference,
            amount=amount,
            balance=self.account.ledger.balance,
            **explained,  # type: ignore[arg-type]
        )
        self.postings.append(posting)
        return posting

    def _post_credit(self, fact: Event, kind: PostingKind, reference: str, amount: Money, **explained: object) -> None:
        self._credits[reference] = self._post(fact, kind, reference, amount, **explained)

    def _post_debit(self, fact: PaymentReversed | PaymentMovedAway, kind: PostingKind, other: str = "") -> None:
        self._post_opening(fact, kind, fact.payment, -fact.amount, other)

    def _post_opening(
        self, fact: PaymentReversed | PaymentMovedAway | PaymentPartlyReversed | WriteOffCancelled, kind: PostingKind,
        reference: str, amount: Money, other: str = "",
    ) -> None:  # fmt: skip
        """Post what opened invoices again: those that were released just before."""
        opened, self._released = self._released, []
        self._post(fact, kind, reference, amount, reason=fact.reason, other_account=other, opened=opened)

    def _lines(self, fact: DocumentEvent) -> list[DocumentLine]:
        return [document_line(self.charges[line.charge], line.net) for line in fact.lines]


def _named(parts: Iterable[CreditPart]) -> str:
    return ", ".join(part.credit for part in parts)


def document_line(charge: Charge, net: Money) -> DocumentLine:
    """A charge as a line of a document, with its explanation."""
    included = f", including {charge.vat_rate:f}% VAT" if charge.includes_vat and charge.vat_rate else ""
    return DocumentLine(
        description=charge.description,
        from_on=charge.from_on,
        to_on=charge.to_on,
        explanation=explain(charge) + included,
        vat_rate=charge.vat_rate,
        net=net,
        subscription=charge.subscription,
    )


def statement_of(events: Iterable[Event]) -> Statement | None:
    """The statement of an account from all its events; None without events."""
    narrator = Narrator()
    for fact in events:
        narrator.apply(fact)
    return None if narrator.account is None else Statement(narrator.account, narrator.postings)
