"""A posting explained: the amounts that it is made of, each in the lines of `explained`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adapters.texts.amounts import money
from adapters.texts.explained import ExplainedAmount, explained_charge, explained_taxes
from billing_core.charging.charges import Charge
from billing_core.invoicing.invoices import CreditNoteIssued, DocumentEvent
from billing_core.kernel.events import Event
from billing_core.kernel.money import total
from billing_core.payments.events import Allocation
from projections.statements import Posting, PostingKind

RULES: Mapping[PostingKind, str] = {
    "payment": "it settles the invoice that its reference names, then the others, the one due first before the rest",
    "payment-moved-in": "it settles the invoice that its reference names, then the others, the one due first first",
    "payment-reversal": "what it settled is open again, what was settled last first",
    "partial-reversal": "what it settled is open again, what was settled last first",
    "payment-moved-away": "what it settled here is open again",
    "refund": "unused money of a payment goes back to its payer",
    "pay-out": "unused credit is paid out, the oldest first",
    "pay-out-returned": "what was paid out came back, and is unused credit again",
    "kept-as-income": "unused credit under the seller's limit became other income",
    "kept-credit-restored": "what was kept as other income is unused credit again",
    "transfer-away": "unused credit goes to another account of the customer or the family, the oldest first",
    "transfer-in": "credit of another account settles what is open, the one due first before the rest",
    "write-off": "the debt is given up; no document is issued",
    "write-off-cancelled": "what was written off is owed again",
}


def explained_posting(posting: Posting, fact: Event, charges: Mapping[str, Charge]) -> list[ExplainedAmount]:
    """The lines and the VAT of a document; of anything else what it did to the invoices of the account."""
    if isinstance(fact, DocumentEvent):
        return explained_document(fact, [charges[line.charge] for line in fact.lines])
    return [
        ExplainedAmount(
            amount=posting.amount,
            sum=_sum(posting),
            purpose=_purpose(posting),
            rule=RULES[posting.kind],
            price=f"because: {posting.reason}" if posting.reason else "",
        )
    ]


def explained_document(fact: DocumentEvent, charges: Sequence[Charge]) -> list[ExplainedAmount]:
    """The charges on a document in the terms of their price lists, then its VAT."""
    corrects = fact.corrects if isinstance(fact, CreditNoteIssued) else ""
    return [
        *(explained_charge(charge, corrects, is_posted=True) for charge in charges),
        *explained_taxes(fact.taxes, charges),
    ]


def _sum(posting: Posting) -> str:
    """`672.10 CZK = 600.00 CZK for 26004102 + 72.10 CZK unused`."""
    parts = [f"{money(each.amount)} for {each.invoice}" for each in posting.settled or posting.opened]
    if posting.settled:
        unused = posting.amount - total((each.amount for each in posting.settled), posting.amount.currency)
        parts += [f"{money(unused)} unused"] if unused.amount else []
    return f"{money(posting.amount)} = {' + '.join(parts)}" if parts else money(posting.amount)


def _purpose(posting: Posting) -> str:
    return ", ".join(_purposes(posting))


def _purposes(posting: Posting) -> Iterator[str]:
    yield f"{posting.kind.replace('-', ' ')} {posting.reference}"
    if posting.payer:
        yield f"from {posting.payer}"
    if posting.payment_reference:
        yield f"with reference {posting.payment_reference}"
    if posting.other_account:
        yield f"account {posting.other_account}"
    yield from _invoices("settles", posting.settled)
    yield from _invoices("opens", posting.opened)


def _invoices(what: str, allocations: Sequence[Allocation]) -> Iterator[str]:
    if allocations:
        yield f"{what} {', '.join(dict.fromkeys(each.invoice for each in allocations))}"
