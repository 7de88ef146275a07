"""Invoices and credit notes: charges become lines, lines are summed and taxed per VAT rate.

Decides amounts on a document, not which charges stand on it. What is issued is never edited: a correction of an
invoiced charge becomes a credit note that names the invoice.

VAT, per rate: the line amounts of the document are summed; the tax is computed on that sum and rounded once.
Without VAT in the price list, `vat = base x rate / 100`. With VAT in it, `vat = sum x rate / (100 + rate)` and
the base, `sum - vat`, is split over the lines by largest remainder, so lines sum to the base exactly:

    prices with VAT 21 %: lines 100.00 and 50.00 -> vat 150 x 21/121 = 26.03, base 123.97 -> lines 82.65, 41.32

The credit note that takes back the last of a rate takes the invoice's rounding remainder, so that an invoice and
its credit notes sum to zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from billing_core.billing.charges import Charge, ChargeReversed, ChargesPosted, PostedCharge
from billing_core.documents import TaxSummaryLine
from billing_core.errors import NotFound
from billing_core.events import Event, event
from billing_core.money import Money, rounded, rounded_to_sum, total, zero
from billing_core.parties import PartyVersion

# --- values and events


class InvoiceLine(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A posted charge, by its key, and its amount without VAT on this document."""

    charge: str
    net: Money


class DocumentEvent(Event, frozen=True, kw_only=True):
    """What both kinds of document carry; it is issued on `effective_on`."""

    number: str
    seller: PartyVersion
    customer: PartyVersion
    lines: tuple[InvoiceLine, ...]
    taxes: tuple[TaxSummaryLine, ...]
    gross: Money


@event("invoice-issued")
class InvoiceIssued(DocumentEvent, frozen=True, kw_only=True):
    """A debt: the account owes the gross amount, due on `due_on`."""

    due_on: date


@event("credit-note-issued")
class CreditNoteIssued(DocumentEvent, frozen=True, kw_only=True):
    """A credit, all amounts negative, that corrects the named invoice."""

    corrects: str


class Amounts(msgspec.Struct, frozen=True, gc=False):
    """A document's lines, taxes and total."""

    lines: tuple[InvoiceLine, ...]
    taxes: tuple[TaxSummaryLine, ...]
    gross: Money


# --- what was issued, for corrections


class InvoiceRecord(msgspec.Struct):
    """What is left of an invoice per VAT rate after its credit notes: list amounts, bases and taxes."""

    listed: dict[Decimal, Money]
    taxes: dict[Decimal, TaxSummaryLine]


class BillingHistory(msgspec.Struct):
    """Everything ever charged and invoiced on one account; loaded only when the past changes."""

    charges: dict[str, PostedCharge] = {}
    invoices: dict[str, InvoiceRecord] = {}

    def apply(self, fact: Event) -> None:
        """Fold one event of this area."""
        match fact:
            case ChargesPosted():
                self.charges.update((charge.key, PostedCharge(charge)) for charge in fact.charges)
            case ChargeReversed():
                self.charges[fact.reversal.key] = PostedCharge(fact.reversal)
            case InvoiceIssued():
                listed = self._put_on_document(fact)
                self.invoices[fact.number] = InvoiceRecord(listed, {tax.rate: tax for tax in fact.taxes})
            case CreditNoteIssued():
                listed = self._put_on_document(fact)
                record = self.invoices[fact.corrects]
                for tax in fact.taxes:
                    left = record.taxes[tax.rate]
                    record.taxes[tax.rate] = TaxSummaryLine(
                        rate=tax.rate, base=left.base + tax.base, vat=left.vat + tax.vat
                    )
                    record.listed[tax.rate] = record.listed[tax.rate] + listed[tax.rate]

    def _put_on_document(self, fact: DocumentEvent) -> dict[Decimal, Money]:
        listed: dict[Decimal, Money] = {}
        for line in fact.lines:
            charge = self.charges[line.charge].charge
            self.charges[line.charge] = PostedCharge(charge, fact.number)
            listed[charge.vat_rate] = listed.get(charge.vat_rate, zero(charge.amount.currency)) + charge.amount
        return listed

    def posted(self, key: str) -> PostedCharge:
        """The posted charge with this key, or `NotFound`."""
        try:
            return self.charges[key]
        except KeyError:
            raise NotFound("the account has no such charge", field="charge", value=key) from None

    def posted_for(self, subscription: str, from_on: date, to_on: date) -> list[PostedCharge]:
        """What was posted for a subscription within a whole period of the grid, in order."""
        return [
            entry
            for entry in self.charges.values()
            if entry.charge.subscription == subscription and from_on <= entry.charge.from_on < to_on
        ]


# --- decisions


def invoice_amounts(charges: Sequence[Charge]) -> Amounts:
    """Lines and taxes of an invoice; lines stand in the order of the charges."""
    return _amounts(charges, None)


def credit_amounts(charges: Sequence[Charge], invoice: InvoiceRecord) -> Amounts:
    """Lines and taxes of a credit note for an invoice; the last one of a rate takes what is left of it."""
    return _amounts(charges, invoice)


def _amounts(charges: Sequence[Charge], corrected: InvoiceRecord | None) -> Amounts:
    by_rate: dict[tuple[Decimal, bool], list[Charge]] = defaultdict(list)
    for charge in charges:
        by_rate[charge.vat_rate, charge.includes_vat].append(charge)
    nets: dict[int, Money] = {}
    taxes: dict[Decimal, TaxSummaryLine] = {}
    for (rate, includes_vat), members in by_rate.items():
        listed = total([charge.amount for charge in members], members[0].amount.currency)
        tax = _rest_of_rate(rate, listed, corrected) or _tax(rate, listed, includes_vat)
        for charge, net in zip(members, _nets(members, tax.base, includes_vat), strict=True):
            nets[id(charge)] = net
        taxes[rate] = _sum(taxes[rate], tax) if rate in taxes else tax
    summary = tuple(taxes[rate] for rate in sorted(taxes))
    lines = tuple([InvoiceLine(charge.key, nets[id(charge)]) for charge in charges])
    gross = total([tax.base + tax.vat for tax in summary], charges[0].amount.currency)
    return Amounts(lines, summary, gross)


def _tax(rate: Decimal, listed: Money, includes_vat: bool) -> TaxSummaryLine:
    """The base and tax of one rate, from the sum of its lines in the price list's own terms."""
    if not rate:
        return TaxSummaryLine(rate=rate, base=listed, vat=zero(listed.currency))
    if includes_vat:
        vat = rounded(Fraction(listed.amount) * Fraction(rate) / Fraction(100 + rate), listed.currency)
        return TaxSummaryLine(rate=rate, base=listed - vat, vat=vat)
    return TaxSummaryLine(rate=rate, base=listed, vat=rounded(listed.amount * rate / 100, listed.currency))


def _rest_of_rate(rate: Decimal, credited: Money, corrected: InvoiceRecord | None) -> TaxSummaryLine | None:
    """Where a credit note takes back all that is left of a rate, exactly what is left, negated."""
    if corrected is None or corrected.listed[rate] + credited != zero(credited.currency):
        return None
    left = corrected.taxes[rate]
    return TaxSummaryLine(rate=rate, base=-left.base, vat=-left.vat)


def _nets(charges: Sequence[Charge], base: Money, includes_vat: bool) -> list[Money]:
    if not includes_vat:
        return [charge.amount for charge in charges]
    exact = [Fraction(charge.amount.amount) * 100 / Fraction(100 + charge.vat_rate) for charge in charges]
    return rounded_to_sum(exact, base)


def _sum(first: TaxSummaryLine, second: TaxSummaryLine) -> TaxSummaryLine:
    return TaxSummaryLine(rate=first.rate, base=first.base + second.base, vat=first.vat + second.vat)
