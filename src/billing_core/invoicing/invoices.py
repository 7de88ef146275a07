"""Invoices and credit notes: charges become lines, lines are summed and taxed per VAT rate.

Decides amounts on a document, not which charges stand on it. An issued document is never edited: a correction of an
invoiced charge becomes a credit note that names the invoice.

VAT, per rate: the line amounts of the document are summed; the tax is computed on that sum and rounded once.
Without VAT in the price list, `vat = base x rate / 100`. With VAT in it, `vat = sum x rate / (100 + rate)` and
the base, `sum - vat`, is split over the lines by largest remainder, so lines sum to the base exactly:

    prices with VAT 21 %: lines 100.00 and 50.00 -> vat 150 x 21/121 = 26.03, base 123.97 -> lines 82.65, 41.32

A credit note is taxed the same way, but never takes back more base or more VAT than its invoice still has; the
one that takes back the last of a rate takes exactly what is left, so that an invoice and its credit notes sum to
zero. Prices with and without VAT are kept apart.

The tax point, the day on which VAT becomes chargeable, is kept in addition to the day of issue:

- of an invoice it is the last day that its lines are for, or the day of issue if that is earlier. A supply that is
  invoiced by the period is made when the period ends, and VAT is due when it is invoiced at the latest (Directive
  2006/112/EC, articles 64(1) and 66(a); in the Czech Republic § 21 of Act 235/2004, "den uskutečnění plnění").
- of a credit note it is the day of issue: a correction is a supply of its own, made when it is decided (§ 42 there).

    February, invoiced on 1 March    28 February
    March, invoiced on 1 March       1 March
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, NamedTuple

import msgspec

from billing_core.charging.charges import Charge, ChargesPosted, PostedCharge
from billing_core.invoicing.documents import TaxSummaryLine
from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import NotFound
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, rounded, rounded_to_sum, total, zero
from billing_core.kernel.spans import ONE_DAY
from billing_core.parties.versions import PartyVersion
from billing_core.usage.rating.rated import UsageRated, replaced_by, with_rated
from billing_core.usage.records import UsageEntry, UsageRecorded, UsageWithdrawn, entries_of, entry_of, without_entry

INVOICE_CLAIM, CREDIT_NOTE_CLAIM = "invoice", "credit-note"

# --- values and events


class InvoiceLine(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A posted charge, by its key, and its amount without VAT on this document."""

    charge: str
    net: Money


class Subject(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The subject of a document, if the plan makes one for each: a service or the code of a service address."""

    subscription: str = ""
    address: str = ""


class DocumentEvent(Event, frozen=True, kw_only=True):
    """The common content of both kinds of document, issued on `effective_on`. Without a subject it is about the
    account.
    """

    number: str
    tax_point_on: date
    seller: PartyVersion
    customer: PartyVersion
    lines: tuple[InvoiceLine, ...]
    taxes: tuple[TaxSummaryLine, ...]
    gross: Money
    subject: Subject | None = None


@event("invoice-issued")
class InvoiceIssued(DocumentEvent, frozen=True, kw_only=True):
    """A debt: the account owes the gross amount, due on `due_on`.

    With `settled_from` money that does not name it settles it from that day on only; `date.max` is never.
    """

    due_on: date
    settled_from: date | None = None

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its number, so that the account of a number is known as soon as it is issued."""
        return (Claim(INVOICE_CLAIM, self.number, stream, ""),)


@event("credit-note-issued")
class CreditNoteIssued(DocumentEvent, frozen=True, kw_only=True):
    """A credit, all amounts negative, that corrects the named invoice for a reason."""

    corrects: str
    reason: str = ""

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its number."""
        return (Claim(CREDIT_NOTE_CLAIM, self.number, stream, ""),)


class Amounts(msgspec.Struct, frozen=True, gc=False):
    """A document's lines, the last day they are for, taxes and total, and what it is about.

    `is_postpaid` if its lines are postpaid ones of a prepaid account.
    """

    lines: tuple[InvoiceLine, ...]
    last_on: date
    taxes: tuple[TaxSummaryLine, ...]
    gross: Money
    subject: Subject | None = None
    is_postpaid: bool = False


# --- what was issued, for corrections


TaxGroup = tuple[Decimal, bool]  # VAT rate, and whether the prices include it.


class Taxed(NamedTuple):
    """Charges of one group: their sum in the price list's own terms, and the base and VAT made of it."""

    listed: Money
    base: Money
    vat: Money


class InvoiceRecord(msgspec.Struct):
    """The rest of an invoice after its credit notes, and its subject."""

    left: dict[TaxGroup, Taxed]
    subject: Subject | None = None


class BillingHistory(msgspec.Struct):
    """Everything ever charged and invoiced on one account; loaded only when the past changes.

    `keys` are those of the charges of each subscription, in order. `corrected_by` names, by credit note, the invoice
    that it corrects. `usage` is what was recorded, without what was `withdrawn`.
    """

    KINDS: ClassVar = (
        ChargesPosted, UsageRecorded, UsageRated, UsageWithdrawn, InvoiceIssued, CreditNoteIssued,
    )  # fmt: skip

    charges: dict[str, PostedCharge] = {}
    keys: dict[str, list[str]] = {}
    invoices: dict[str, InvoiceRecord] = {}
    corrected_by: dict[str, str] = {}
    usage: dict[str, list[UsageEntry]] = {}
    withdrawn: dict[str, list[UsageEntry]] = {}

    def apply(self, fact: Event) -> None:
        """Fold one event of this area."""
        match fact:
            case ChargesPosted():
                for charge in fact.charges:
                    self._post(charge)
            case UsageRecorded():
                self.usage.setdefault(fact.subscription, []).extend(entries_of(fact))
            case UsageRated():
                gone = replaced_by(self.usage.get(fact.subscription, ()), fact)
                self.withdrawn.setdefault(fact.subscription, []).extend(gone)
                self.usage = with_rated(self.usage, fact)
            case UsageWithdrawn():
                self.usage = without_entry(self.usage, fact)
                self.withdrawn.setdefault(fact.subscription, []).append(entry_of(fact))
            case InvoiceIssued():
                self.invoices[fact.number] = InvoiceRecord(self._put_on_document(fact), fact.subject)
            case CreditNoteIssued():
                self.corrected_by[fact.number] = fact.corrects
                left = self.invoices[fact.corrects].left
                for group, taken in self._put_on_document(fact).items():
                    listed, base, vat = left[group]
                    left[group] = Taxed(listed + taken.listed, base + taken.base, vat + taken.vat)

    def _post(self, charge: Charge) -> None:
        key = charge.key
        if key not in self.charges:
            self.keys.setdefault(charge.subscription, []).append(key)
        self.charges[key] = PostedCharge(charge)

    def with_charge(self, charge: Charge) -> BillingHistory:
        """The history as it would be with one more charge; this one stays as it is."""
        code = charge.subscription
        keys = {**self.keys, code: list(self.keys.get(code, ()))}
        planned = msgspec.structs.replace(self, charges=dict(self.charges), keys=keys)
        planned._post(charge)
        return planned

    def _put_on_document(self, fact: DocumentEvent) -> dict[TaxGroup, Taxed]:
        nothing = zero(fact.gross.currency)
        vat_left = {tax.rate: tax.vat for tax in fact.taxes}
        sums: dict[TaxGroup, Taxed] = {}
        for line in fact.lines:
            charge = self.charges[line.charge].charge
            self.charges[line.charge] = PostedCharge(charge, fact.number)
            group = tax_group(charge)
            vat_in_it = charge.amount - line.net if charge.includes_vat else nothing
            listed, base, vat = sums.get(group, (nothing, nothing, nothing))
            sums[group] = Taxed(listed + charge.amount, base + line.net, vat + vat_in_it)
            vat_left[charge.vat_rate] = vat_left[charge.vat_rate] - vat_in_it
        return {
            (rate, includes_vat): taxed if includes_vat else taxed._replace(vat=vat_left[rate])
            for (rate, includes_vat), taxed in sums.items()
        }

    def posted(self, key: str) -> PostedCharge:
        """The posted charge with this key, or `NotFound`."""
        try:
            return self.charges[key]
        except KeyError:
            raise NotFound("the account has no such charge", field="charge", value=key) from None

    def ever_used(self, subscription: str) -> list[UsageEntry]:
        """All recorded usage of a subscription, withdrawn or not."""
        return [*self.usage.get(subscription, ()), *self.withdrawn.get(subscription, ())]

    def posted_for(self, subscription: str) -> list[PostedCharge]:
        """All posted charges of a subscription, in order."""
        return [self.charges[key] for key in self.keys.get(subscription, ())]


def tax_group(charge: Charge) -> TaxGroup:
    """The charges that are summed and taxed together."""
    return charge.vat_rate, charge.includes_vat


# --- decisions


def invoice_amounts(charges: Sequence[Charge], subject: Subject | None = None, *, is_postpaid: bool = False) -> Amounts:
    """Lines and taxes of an invoice; lines stand in the order of the charges."""
    amounts = _amounts(charges, None, subject)
    return msgspec.structs.replace(amounts, is_postpaid=True) if is_postpaid else amounts


def credit_amounts(charges: Sequence[Charge], invoice: InvoiceRecord) -> Amounts:
    """Lines and taxes of a credit note for an invoice; the last one of a rate takes what is left of it."""
    return _amounts(charges, invoice.left, invoice.subject)


def _amounts(charges: Sequence[Charge], left: Mapping[TaxGroup, Taxed] | None, subject: Subject | None) -> Amounts:
    by_rate: dict[TaxGroup, list[Charge]] = defaultdict(list)
    for charge in charges:
        by_rate[tax_group(charge)].append(charge)
    nets: dict[int, Money] = {}
    taxes: dict[Decimal, TaxSummaryLine] = {}
    for (rate, includes_vat), members in by_rate.items():
        listed = total([charge.amount for charge in members], members[0].amount.currency)
        tax = _tax(rate, listed, includes_vat)
        if left is not None:
            tax = _within(left[rate, includes_vat], tax, listed, includes_vat)
        for charge, net in zip(members, _nets(members, listed, tax.base, (rate, includes_vat)), strict=True):
            nets[id(charge)] = net
        taxes[rate] = _sum(taxes[rate], tax) if rate in taxes else tax
    summary = tuple(taxes[rate] for rate in sorted(taxes))
    lines = tuple([InvoiceLine(charge.key, nets[id(charge)]) for charge in charges])
    gross = total([tax.base + tax.vat for tax in summary], charges[0].amount.currency)
    last_on = max(charge.to_on for charge in charges) - ONE_DAY
    return Amounts(lines, last_on, summary, gross, subject)


def tax_point_on(invoice: Amounts, issued_on: date) -> date:
    """The tax point of an invoice that is issued on a day."""
    return min(invoice.last_on, issued_on)


def _tax(rate: Decimal, listed: Money, includes_vat: bool) -> TaxSummaryLine:
    """The base and tax of one rate, from the sum of its lines in the price list's own terms."""
    if not rate:
        return TaxSummaryLine(rate=rate, base=listed, vat=zero(listed.currency))
    if includes_vat:
        vat = rounded(Fraction(listed.amount) * Fraction(rate) / Fraction(100 + rate), listed.currency)
        return TaxSummaryLine(rate=rate, base=listed - vat, vat=vat)
    return TaxSummaryLine(rate=rate, base=listed, vat=rounded(listed.amount * rate / 100, listed.currency))


def gross_of(listed: Money, group: TaxGroup) -> Money:
    """The gross amount of the lines of one group, from their sum in the price list's own terms."""
    rate, includes_vat = group
    tax = _tax(rate, listed, includes_vat)
    return tax.base + tax.vat


def _within(left: Taxed, tax: TaxSummaryLine, credited: Money, includes_vat: bool) -> TaxSummaryLine:
    """The tax of a credit, limited to the rest of its invoice; exactly the rest if it takes back all of it."""
    vat = -left.vat
    if left.listed + credited != zero(credited.currency):
        vat = max(vat, tax.vat)
        if includes_vat:
            vat = min(vat, left.base + credited)
    return TaxSummaryLine(rate=tax.rate, base=credited - vat if includes_vat else credited, vat=vat)


def _nets(charges: Sequence[Charge], listed: Money, base: Money, group: TaxGroup) -> list[Money]:
    """The lines without VAT; a discount among prices with VAT takes its part of the base off."""
    rate, includes_vat = group
    if not includes_vat:
        return [charge.amount for charge in charges]
    part = Fraction(base.amount) / Fraction(listed.amount) if listed.amount else Fraction(100) / Fraction(100 + rate)
    return rounded_to_sum([Fraction(charge.amount.amount) * part for charge in charges], base)


def _sum(first: TaxSummaryLine, second: TaxSummaryLine) -> TaxSummaryLine:
    return TaxSummaryLine(rate=first.rate, base=first.base + second.base, vat=first.vat + second.vat)
