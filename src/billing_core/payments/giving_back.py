"""Decides what a refund, a pay-out and a write-off do.

A refund gives unused money of one payment back to its payer. A pay-out gives unused credits, of payments and credit
notes, to the customer. Neither exceeds what no invoice has used. A write-off gives up what is open on an invoice;
it can be cancelled. Nothing here moves money: the transfer is made at the bank, and what is decided here records it.

Worked example: payment 30.00 and credit note 5.00 are unused

    pay out 32.00        30.00 of the payment, which came in first, and 2.00 of the credit note; 3.00 stay unused
    refund 31.00         refused: only 30.00 of the payment are unused
    write off 10.00 of an invoice with 24.00 open    14.00 stay open, and the balance rises by 10.00

A credit note for an invoice that was written off takes the write-off back by as much, for nobody has paid that: else it
would become credit of the customer. What is open of the invoice is credited first:

    100.00 owed, 60.00 paid, 40.00 written off; credited 50.00    10.00 are credit, and nothing is written off

A write-off says how much base and VAT are in it, in the proportion of the invoice. Parts of an invoice that are written
off one after the other hold together what they would hold at once:

    100.00 at 21 % and 50.00 at 12 %, 177.00 with VAT    59.00 of it hold 33.33 and 7.00 at 21 %, 16.67 and 2.00 at 12 %
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import msgspec

from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, rounded_to_sum, total, zero
from billing_core.parties.details import require_printable, require_text
from billing_core.payments.events import (
    Allocation,
    CreditAllocated,
    CreditPaidOut,
    CreditPart,
    CreditReleased,
    InvoiceWrittenOff,
    PaymentRefunded,
    PayOutReturned,
    TaxPart,
    WriteOffCancelled,
    write_off_credit,
)
from billing_core.payments.ledger import Ledger, PaymentHistory, apply_allocations
from billing_core.payments.receiving import payment_there, require_at_most, settled_again
from billing_core.payments.transfers import Chosen, parts_of

# --- state


class WriteOff(msgspec.Struct):
    """What is written off of one invoice, and the allocations by which it is settled."""

    amount: Money
    allocations: list[Allocation] = []


WriteOffHistory = dict[str, WriteOff]


def apply_write_offs(history: WriteOffHistory, fact: Event) -> None:
    """Fold one event into the write-offs of an account, by their credits."""
    match fact:
        case InvoiceWrittenOff(credit=credit, amount=amount):
            known = history.get(credit)
            history[credit] = WriteOff(amount) if known is None else WriteOff(known.amount + amount, known.allocations)
        case WriteOffCancelled(credit=credit, amount=amount):
            history[credit].amount = history[credit].amount - amount
            if not history[credit].amount.amount:
                del history[credit]
        case CreditAllocated() | CreditReleased():
            apply_allocations(history, fact)


# --- decisions


def refund(
    ledger: Ledger, history: PaymentHistory, payment: str, amount: Money | None, reason: str, on: date,
    tax_document: str = "",
) -> list[Event]:  # fmt: skip
    """Give unused money of a payment back to its payer, all of it unless an amount is named."""
    require_printable(tax_document, "tax document")
    payment_there(history, payment)
    require_text(reason, "reason")
    unused = ledger.credits.get(payment)
    if unused is None:
        raise RuleViolation(
            "settles invoices with all that is left of it, so nothing can be refunded; reverse it if the money was "
            "taken back", field="payment", value=payment,
        )  # fmt: skip
    amount = unused if amount is None else amount
    require_at_most(amount, unused, f"that are unused of payment {payment}")
    return [PaymentRefunded(effective_on=on, payment=payment, amount=amount, reason=reason, tax_document=tax_document)]


def pay_out(ledger: Ledger, amount: Money | None, reason: str, on: date, batch: str = "") -> list[Event]:
    """Pay unused credits out to the customer, the oldest first; all of them unless an amount is named."""
    require_text(reason, "reason")
    parts = parts_of(ledger, Chosen(amount))
    return [CreditPaidOut(effective_on=on, parts=parts, reason=reason, batch=batch)]


GivenBack = dict[str, Money]


def apply_given_back(given: GivenBack, fact: Event) -> None:
    """Fold one event into what was refunded and paid out of each credit and did not come back."""
    match fact:
        case PaymentRefunded(payment=credit, amount=amount):
            given[credit] = given.get(credit, zero(amount.currency)) + amount
        case CreditPaidOut(parts=parts) | PayOutReturned(parts=parts):
            for part in parts:
                moved = part.amount if isinstance(fact, CreditPaidOut) else -part.amount
                given[part.credit] = given.get(part.credit, zero(part.amount.currency)) + moved


def still_given(given: GivenBack, parts: Sequence[CreditPart]) -> tuple[CreditPart, ...]:
    """What of some parts was given back and did not come back: of 12.00, of which 5.00 came back, 7.00."""
    left = ((part, given.get(part.credit, zero(part.amount.currency))) for part in parts)
    return tuple(CreditPart(part.credit, min(part.amount, known)) for part, known in left if known.amount > 0)


def return_pay_out(ledger: Ledger, given: GivenBack, chosen: Chosen, reason: str, on: date) -> list[Event]:
    """Money that was refunded or paid out of a credit came back: it is unused again and settles what is open.

    All of it, unless an amount is named.
    """
    require_text(reason, "reason")
    known = given.get(chosen.credit, zero(ledger.balance.currency))
    if not known.amount:
        raise NotFound("nothing of this credit was refunded or paid out", field="credit", value=chosen.credit)
    amount = known if chosen.amount is None else chosen.amount
    require_at_most(amount, known, f"that were given back of {chosen.credit}")
    returned = PayOutReturned(effective_on=on, parts=(CreditPart(chosen.credit, amount),), reason=reason)
    return settled_again(ledger, [returned], on)


def write_off(ledger: Ledger, invoice: str, amount: Money | None, reason: str, on: date) -> list[Event]:
    """Give up what is open on an invoice, all of it unless an amount is named."""
    require_text(reason, "reason")
    item = ledger.open_items.get(invoice)
    if item is None:
        raise NotFound("the account has no open invoice of this number", field="invoice", value=invoice)
    amount = item.amount if amount is None else amount
    require_at_most(amount, item.amount, f"open on invoice {invoice}")
    written_off = InvoiceWrittenOff(effective_on=on, invoice=invoice, amount=amount, reason=reason)
    settled = item.settled_by(written_off.credit, invoice, amount)
    return [written_off, CreditAllocated(effective_on=on, allocations=(settled,))]


def write_off_credited(
    ledger: Ledger, invoice: str, credited: Money, taxes: Sequence[TaxPart], credit_note: str, on: date
) -> list[Event]:  # fmt: skip
    """What a credit note takes back of the write-off of the invoice that it corrects; `taxes` are those credited."""
    written, item, nothing = ledger.written_off.get(invoice), ledger.open_items.get(invoice), zero(credited.currency)
    beyond = credited if item is None else credited - item.amount
    if written is None or beyond <= nothing:
        return []
    amount = min(written.amount, beyond)
    released = CreditReleased(
        effective_on=on, allocations=(written.settled_by(write_off_credit(invoice), invoice, amount),)
    )  # fmt: skip
    cancelled = WriteOffCancelled(
        effective_on=on, invoice=invoice, amount=amount, reason=f"credited by {credit_note}",
        taxes=tax_given_up(taxes, nothing, amount),
    )  # fmt: skip
    return [released, cancelled]


def tax_given_up(left: Sequence[TaxPart], before: Money, amount: Money) -> tuple[TaxPart, ...]:
    """The base and VAT of each rate in an amount that is written off, after `before` was written off already.

    `left` are those of the invoice after its credit notes.
    """
    gone, all_of_it = _share(left, before), _share(left, before + amount)
    return tuple(
        TaxPart(rate=later.rate, base=later.base - earlier.base, vat=later.vat - earlier.vat)
        for earlier, later in zip(gone, all_of_it, strict=True)
    )


def _share(left: Sequence[TaxPart], amount: Money) -> list[TaxPart]:
    """The part of bases and taxes that an amount is of all of them."""
    gross = total((money for part in left for money in (part.base, part.vat)), amount.currency)
    if not gross.amount:
        return [TaxPart(rate=part.rate, base=gross, vat=gross) for part in left]
    exact = [
        Fraction(money.amount) * Fraction(amount.amount) / Fraction(gross.amount)
        for part in left for money in (part.base, part.vat)
    ]  # fmt: skip
    rounded = rounded_to_sum(exact, amount)
    pairs = zip(left, rounded[::2], rounded[1::2], strict=True)
    return [TaxPart(rate=part.rate, base=base, vat=vat) for part, base, vat in pairs]


def cancel_write_off(ledger: Ledger, history: WriteOffHistory, invoice: str, reason: str, on: date) -> list[Event]:
    """What was written off of an invoice is owed again; unused credit settles what it can of it."""
    require_text(reason, "reason")
    known = history.get(write_off_credit(invoice))
    if known is None:
        raise NotFound("nothing is written off of this invoice", field="invoice", value=invoice)
    released = CreditReleased(effective_on=on, allocations=tuple(known.allocations))
    cancelled = WriteOffCancelled(effective_on=on, invoice=invoice, amount=known.amount, reason=reason)
    facts: Sequence[Event] = [released, cancelled]
    return settled_again(ledger, facts, on)
