"""Which charges become credits of which invoice: those that take back what stands on one, and discounts learnt late."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from billing_core.billing.charges import Charge, ChargesPosted
from billing_core.billing.credited import credits_and_lines
from billing_core.billing.invoices import BillingHistory, CreditNoteIssued, InvoiceIssued, InvoiceLine
from billing_core.documents import TaxSummaryLine
from billing_core.money import Money
from billing_core.parties import PartyVersion

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
ON = date(2026, 6, 20)


def charge(amount: str, component: str = "fee", kind: str = "recurring", **details: object) -> Charge:
    fields: dict[str, object] = {
        "subscription": "S1", "component": component, "description": component, "tariff": "net", "kind": kind,
        "from_on": JUNE, "to_on": JULY, "amount": Money(Decimal(amount), "EUR"), "unit_price": Decimal(300), "days": 30,
        "period_days": 30, "vat_rate": Decimal(0),
    }  # fmt: skip
    return Charge(**(fields | details))  # type: ignore[arg-type]


FEE = charge("300.00")
DISCOUNT = charge("-30.00", "loyal", "discount", of="fee")


def history(*notes: Charge) -> BillingHistory:
    """The fee on invoice 1; these credits on credit note 2, which corrects it."""
    known = BillingHistory()
    known.apply(ChargesPosted(effective_on=JUNE, charges=(FEE, *notes), reached={}))
    document = {
        "effective_on": JUNE, "seller": PartyVersion("north", 1), "customer": PartyVersion("C1", 1),
    }  # fmt: skip
    known.apply(InvoiceIssued(**document, number="1", due_on=JULY, **_content(FEE)))  # type: ignore[arg-type]
    if notes:
        known.apply(CreditNoteIssued(**document, number="2", corrects="1", **_content(*notes)))  # type: ignore[arg-type]
    return known


def _content(*charges: Charge) -> dict[str, object]:
    base = sum((entry.amount for entry in charges), Money(Decimal(0), "EUR"))
    tax = TaxSummaryLine(rate=Decimal(0), base=base, vat=base - base)
    return {"lines": tuple(InvoiceLine(entry.key, entry.amount) for entry in charges), "taxes": (tax,), "gross": base}


def back(of: Charge, amount: str) -> Charge:
    return msgspec.structs.replace(of, amount=Money(Decimal(amount), "EUR"), corrects=of.key, revision=1)


def test_what_is_taken_back_belongs_to_the_invoice_on_which_it_stands():
    taken = back(FEE, "-200.00")
    assert credits_and_lines([taken, charge("200.00", "tv")], history()) == ({"1": [taken]}, [charge("200.00", "tv")])


def test_a_discount_learnt_late_belongs_to_the_invoice_of_its_fee():
    assert credits_and_lines([DISCOUNT], history()) == ({"1": [DISCOUNT]}, [])
    other = charge("-30.00", "loyal", "discount", of="tv")
    assert credits_and_lines([other], history()) == ({}, [other])
    later = charge("-30.00", "loyal", "discount", of="fee", from_on=JULY, to_on=date(2026, 8, 1))
    assert credits_and_lines([later], history()) == ({}, [later])


def test_a_discount_on_a_credit_note_is_taken_back_by_a_charge():
    again = back(DISCOUNT, "30.00")
    assert credits_and_lines([again], history(DISCOUNT)) == ({}, [again])


def test_with_its_fee_a_discount_is_netted_on_the_credit_note_of_the_same_invoice():
    both = [back(FEE, "-300.00"), back(DISCOUNT, "30.00")]
    assert credits_and_lines(both, history(DISCOUNT)) == ({"1": both}, [])


def test_what_costs_nothing_stands_on_no_document_and_new_charges_have_none():
    assert credits_and_lines([charge("0.00"), DISCOUNT], None) == ({}, [DISCOUNT])
