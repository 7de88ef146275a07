"""Which charges become credits of which invoice: those that take back what stands on one, and discounts learnt late."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from billing_core.charging.charges import Charge, ChargesPosted, explain
from billing_core.invoicing.credit_placement import Credits, Placed, placed
from billing_core.invoicing.documents import TaxSummaryLine
from billing_core.invoicing.invoices import BillingHistory, CreditNoteIssued, InvoiceIssued, InvoiceLine
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.kernel.phrases import phrase
from billing_core.parties.versions import PartyVersion
from tests.billing_core.books import audit
from tests.billing_core.price_lists import fee, off, tariff
from tests.billing_core.subscriber import Subscriber, told

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
ON = date(2026, 6, 20)


def charge(amount: str, component: str = "fee", kind: str = "recurring", **details: object) -> Charge:
    fields: dict[str, object] = {
        "subscription": "S1", "component": component, "description": component, "tariff": "net", "kind": kind,
        "from_on": JUNE, "to_on": JULY, "amount": Money(Decimal(amount), "EUR"), "unit_price": Decimal(300),
        "vat_rate": Decimal(0),
    }  # fmt: skip
    return Charge(**(fields | details))  # type: ignore[arg-type]


FEE = charge("300.00")
DISCOUNT = charge("-30.00", "loyal", "discount", of="fee", steps=(phrase("off", phrase("percent", 10), "300.00 EUR"),))


def history(*notes: Charge) -> BillingHistory:
    """The fee on invoice 1; these credits on credit note 2, which corrects it."""
    known = invoiced(FEE)
    if notes:
        known.apply(ChargesPosted(effective_on=JUNE, charges=notes, billed_through={}))
        known.apply(CreditNoteIssued(number="2", corrects="1", **_content(*notes)))  # type: ignore[arg-type]
    return known


def invoiced(*charges: Charge) -> BillingHistory:
    """Each charge on an invoice of its own: 1, 2 ..."""
    known = BillingHistory()
    for number, entry in enumerate(charges, 1):
        known.apply(ChargesPosted(effective_on=JUNE, charges=(entry,), billed_through={}))
        known.apply(InvoiceIssued(number=str(number), due_on=JULY, **_content(entry)))  # type: ignore[arg-type]
    return known


def _content(*charges: Charge) -> dict[str, object]:
    base = sum((entry.amount for entry in charges), Money(Decimal(0), "EUR"))
    tax = TaxSummaryLine(rate=Decimal(0), base=base, vat=base - base)
    return {
        "effective_on": JUNE, "tax_point_on": JUNE, "seller": PartyVersion("north", 1),
        "customer": PartyVersion("C1", 1), "taxes": (tax,),
        "lines": tuple(InvoiceLine(entry.key, entry.amount) for entry in charges), "gross": base,
    }  # fmt: skip


def credits_and_lines(charges: list[Charge], history: BillingHistory | None) -> tuple[Credits, list[Charge]]:
    """Where charges belong that none is waiting beside."""
    found = placed(charges, (), history)
    return found.credits, found.lines


def back(of: Charge, amount: str) -> Charge:
    return msgspec.structs.replace(of, amount=Money(Decimal(amount), "EUR"), corrects=of.key, revision=1)


def test_what_is_taken_back_belongs_to_the_invoice_on_which_it_stands():
    taken = back(FEE, "-200.00")
    assert credits_and_lines([taken, charge("200.00", "tv")], history()) == ({"1": [taken]}, [charge("200.00", "tv")])


def test_a_discount_learnt_late_belongs_to_the_invoice_of_its_fee():
    assert credits_and_lines([DISCOUNT], history()) == ({"1": [DISCOUNT]}, [])


def test_a_discount_on_what_is_on_no_invoice_yet_stands_beside_it():
    tv, other = charge("40.00", "tv"), charge("-30.00", "loyal", "discount", of="tv")
    assert credits_and_lines([tv, other], history()) == ({}, [tv, other])
    assert placed([other], [tv], history()) == Placed([other], {}, [other])
    later = charge("-30.00", "loyal", "discount", of="fee", from_on=JULY, to_on=date(2026, 8, 1))
    assert placed([later], [charge("40.00", "fee", from_on=JULY, to_on=date(2026, 8, 1))], history()).lines == [later]


def test_no_rate_of_a_new_invoice_comes_to_less_than_nothing():
    """30.00 off where 10.00 are charged: 20.00 belong to an invoice that has something left."""
    tv, other = (
        charge("10.00", "tv"),
        charge("-30.00", "loyal", "discount", of="tv", steps=(phrase("off", "30.00 EUR", "10.00 EUR"),)),
    )

    found = placed([tv, other], (), history())

    assert [str(credit.amount) for credit in found.credits["1"]] == ["-20.00 EUR"]
    assert [str(line.amount) for line in found.lines] == ["10.00 EUR", "-10.00 EUR"]
    assert explain(found.credits["1"][0]) == "-20.00 EUR of -30.00 EUR in all, price list net"
    other_rate = charge("10.00", "tv", vat_rate=Decimal(21))
    assert credits_and_lines([other_rate, other], history()) == ({"1": [other]}, [other_rate])


def test_what_no_invoice_has_left_waits():
    other = charge("-30.00", "loyal", "discount", of="tv", vat_rate=Decimal(21))
    assert credits_and_lines([other], history()) == ({}, [other])


def test_a_credit_that_is_parted_keeps_its_days_and_what_goes_elsewhere_has_none():
    taken = back(FEE, "-300.00")

    found = placed([taken], (), history(DISCOUNT))

    (kept,), (rest,) = found.credits["1"], found.lines
    assert found.charges == [kept, rest]
    assert (kept.key, str(kept.amount), kept.to_on) == (taken.key, "-270.00 EUR", JULY)
    assert explain(kept) == "credit: 1 month at 300 EUR; -30.00 EUR of it on another document, price list net"
    assert (rest.key, str(rest.amount), rest.span.days) == ("S1/fee/2026-06-01/2026-06-01/0", "-30.00 EUR", 0)
    assert (rest.corrects, rest.whole_period) == (FEE.key, FEE.whole_period)
    assert explain(rest) == "credit: -30.00 EUR of -300.00 EUR in all, price list net"


def test_what_goes_beyond_its_invoice_belongs_to_one_of_the_same_period_and_then_to_the_newest():
    """Of 350.00, 300.00 are on invoice 1 and 10.00 on invoice 2, of the same month; 15.00 and 25.00 are elsewhere."""
    more = msgspec.structs.replace(FEE, amount=Money(Decimal("10.00"), "EUR"), revision=1)
    known = invoiced(FEE, more, charge("90.00", "radio"), charge("15.00", "tv"))

    found = placed([msgspec.structs.replace(back(FEE, "-350.00"), revision=2)], (), known)

    amounts = {number: [str(credit.amount) for credit in credits] for number, credits in found.credits.items()}
    assert amounts == {"1": ["-300.00 EUR"], "2": ["-10.00 EUR"], "4": ["-15.00 EUR"], "3": ["-25.00 EUR"]}
    assert found.lines == []
    parts = [charge.key for charge in found.charges]
    assert len(parts) == len(set(parts)) == 4
    again = placed([msgspec.structs.replace(back(FEE, "-320.00"), revision=2)], (), known)
    assert list(again.credits) == ["1", "2", "4"], "another decision begins with all that the invoices have left"


def test_a_discount_on_a_credit_note_is_taken_back_by_a_charge():
    again = back(DISCOUNT, "30.00")
    assert credits_and_lines([again], history(DISCOUNT)) == ({}, [again])


def test_with_its_fee_a_discount_is_netted_on_the_credit_note_of_the_same_invoice():
    both = [back(FEE, "-300.00"), back(DISCOUNT, "30.00")]
    assert credits_and_lines(both, history(DISCOUNT)) == ({"1": both}, [])


def test_what_costs_nothing_stands_on_no_document_and_new_charges_have_none():
    assert credits_and_lines([charge("0.00"), DISCOUNT], None) == ({}, [DISCOUNT])


# --- stories


def subscribed() -> Subscriber:
    """300.00 a month since May, billed on the first of June."""
    subscriber = Subscriber(tariff("net", fee("300.00", vat="20")))
    subscriber.activate("net", "2026-05-01")
    subscriber.bill("2026-05-01")
    subscriber.bill("2026-06-01")
    return subscriber


def documents(facts: list[Event]) -> list[str]:
    return [line for line in told(facts) if line.startswith(("invoice", "credit note"))]


def test_a_fee_of_which_a_discount_came_and_went_is_taken_back_on_both_invoices():
    """10 % are credited and charged again, so invoice 1002 has 270.00 left and 1003 has 30.00."""
    subscriber = subscribed()
    subscriber.grant(off("10", code="won"), "2026-06-01")
    assert documents(subscriber.bill("2026-06-02")) == ["credit note 5001 for 1002: -30.00 + VAT -6.00 = -36.00"]
    subscriber.cancel("grant-discount", "2026-06-01")
    assert documents(subscriber.bill("2026-06-03")) == ["invoice 1003: 30.00 + VAT 6.00 = 36.00, due 17 Jun"]

    subscriber.terminate("2026-06-01")

    assert documents(subscriber.bill("2026-06-04")) == [
        "credit note 5002 for 1002: -270.00 + VAT -54.00 = -324.00",
        "credit note 5003 for 1003: -30.00 + VAT -6.00 = -36.00",
    ]
    assert (subscriber.balance, subscriber.account.pending) == ("-360.00", []), "May is owed"
    audit(subscriber)
    subscriber.cancel("terminate", "2026-06-01")
    assert documents(subscriber.bill("2026-06-05")) == ["invoice 1004: 300.00 + VAT 60.00 = 360.00, due 19 Jun"]
    audit(subscriber)


def test_a_discount_of_the_invoice_that_is_ended_leaves_the_fee_on_two_invoices():
    subscriber = Subscriber(tariff("net", fee("300.00", vat="20")))
    subscriber.activate("net", "2026-05-01")
    subscriber.grant(off("10", code="won"), "2026-05-01")
    subscriber.bill("2026-05-01")
    subscriber.cancel("grant-discount", "2026-05-01")
    assert documents(subscriber.bill("2026-05-03")) == ["invoice 1002: 30.00 + VAT 6.00 = 36.00, due 17 May"]

    subscriber.terminate("2026-05-01")

    assert documents(subscriber.bill("2026-05-04")) == [
        "credit note 5001 for 1001: -270.00 + VAT -54.00 = -324.00",
        "credit note 5002 for 1002: -30.00 + VAT -6.00 = -36.00",
    ]
    assert subscriber.balance == "0.00"
    audit(subscriber)


def test_a_discount_learnt_late_is_taken_of_all_invoices_of_its_fee():
    """Two units from 11 June on: of 1002 there are 100.00 left, 1003 has 400.00. All of it is then free."""
    subscriber = subscribed()
    subscriber.change_quantity("2", "2026-06-11")
    assert documents(subscriber.bill("2026-06-12")) == [
        "credit note 5001 for 1002: -200.00 + VAT -40.00 = -240.00",
        "invoice 1003: 400.00 + VAT 80.00 = 480.00, due 26 Jun",
    ]
    subscriber.grant(off("100", code="won"), "2026-06-01")

    assert documents(subscriber.bill("2026-06-13")) == [
        "credit note 5002 for 1002: -100.00 + VAT -20.00 = -120.00",
        "credit note 5003 for 1003: -400.00 + VAT -80.00 = -480.00",
    ]
    audit(subscriber)


def test_a_discount_learnt_with_a_new_fee_takes_no_more_of_the_new_invoice_than_the_fee():
    """All free since the 1st, two units from the 11th on; television at another rate is on the same invoice."""
    subscriber = Subscriber(tariff("net", fee("300.00", vat="20")), tariff("tv", fee("20.00", vat="10")))
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.change_quantity("2", "2026-06-11")
    subscriber.grant(off("100", code="won"), "2026-06-01")
    subscriber.activate("tv", "2026-06-01", "S2")

    facts = subscriber.bill("2026-06-12")

    assert documents(facts) == [
        "credit note 5001 for 1001: -300.00 + VAT -60.00 = -360.00",
        "invoice 1002: 20.00 + VAT 2.00 = 22.00, due 26 Jun",
    ]
    (invoice,) = [fact for fact in facts if isinstance(fact, InvoiceIssued)]
    assert [f"{tax.rate}: {tax.base}" for tax in invoice.taxes] == ["10: 20.00 EUR", "20: 0.00 EUR"]
    audit(subscriber)


def test_lines_stand_in_the_order_of_the_charges():
    charges = [charge("5.00", "a", vat_rate=Decimal(rate)) for rate in (0, 21, 0)]
    numbered = [msgspec.structs.replace(entry, revision=number) for number, entry in enumerate(charges)]

    assert credits_and_lines(numbered, history()) == ({}, numbered)
