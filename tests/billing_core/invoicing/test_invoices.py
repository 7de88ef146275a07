"""Documents: lines sum to the base, VAT is rounded once per rate, and credit notes take back exactly what was there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.invoicing.invoices import (
    Amounts,
    BillingHistory,
    CreditNoteIssued,
    InvoiceIssued,
    credit_amounts,
    invoice_amounts,
    tax_point_on,
)
from billing_core.kernel.errors import NotFound
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.parties.versions import PartyVersion
from tests.billing_core.books import audit_corrections, audit_sums
from tests.billing_core.timelines import amounts, vat_rates

ON = date(2026, 6, 1)


def charge(amount: str | Decimal, vat: str = "21", with_vat: bool = False, number: int = 0) -> Charge:
    """A charge for one day; `number` tells charges apart."""
    return Charge(
        subscription="S1",
        component="monthly",
        description="",
        tariff="net",
        kind="recurring",
        from_on=ON + timedelta(days=number),
        to_on=ON + timedelta(days=number + 1),
        amount=Money(Decimal(amount), "EUR"),
        unit_price=Decimal(amount),
        vat_rate=Decimal(vat),
        includes_vat=with_vat,
    )


def credit_of(original: Charge, amount: str | Decimal, revision: int = 1) -> Charge:
    """Part of a charge taken back."""
    return msgspec.structs.replace(
        original, amount=Money(-Decimal(amount), "EUR"), revision=revision, corrects=original.key
    )


def told(found: Amounts) -> tuple[list[str], list[str], str]:
    """Net amounts of the lines, `rate: base + VAT` of each rate, and the total."""
    return (
        [f"{line.net.amount:f}" for line in found.lines],
        [f"{tax.rate:f}: {tax.base.amount:f} + {tax.vat.amount:f}" for tax in found.taxes],
        f"{found.gross.amount:f}",
    )


def invoice(number: str, found: Amounts) -> InvoiceIssued:
    return InvoiceIssued(
        effective_on=ON,
        number=number,
        tax_point_on=ON,
        seller=PartyVersion("S", 1),
        customer=PartyVersion("C", 1),
        lines=found.lines,
        taxes=found.taxes,
        gross=found.gross,
        due_on=ON,
    )


def note(number: str, corrects: str, found: Amounts) -> CreditNoteIssued:
    return CreditNoteIssued(
        effective_on=ON,
        number=number,
        tax_point_on=ON,
        seller=PartyVersion("S", 1),
        customer=PartyVersion("C", 1),
        lines=found.lines,
        taxes=found.taxes,
        gross=found.gross,
        corrects=corrects,
    )


class Books:
    """What was charged, invoiced and credited so far."""

    def __init__(self, *charges: Charge) -> None:
        self.history = BillingHistory()
        self._record(ChargesPosted(effective_on=ON, charges=charges, billed_through={}))
        self.invoice = invoice("1001", invoice_amounts(charges))
        self._record(self.invoice)
        self.charges = {entry.key: entry for entry in charges}
        self.notes: list[CreditNoteIssued] = []

    def credit(self, *credits: Charge) -> Amounts:
        """One credit note for the given credits."""
        self._record(ChargesPosted(effective_on=ON, charges=credits, billed_through={}))
        found = credit_amounts(credits, self.history.invoices["1001"])
        self.notes.append(note(str(5001 + len(self.notes)), "1001", found))
        self._record(self.notes[-1])
        self.charges |= {entry.key: entry for entry in credits}
        return found

    def left_per_rate(self) -> dict[Decimal, tuple[Decimal, Decimal]]:
        """Base and VAT that the invoice and its credit notes sum to."""
        left: dict[Decimal, tuple[Decimal, Decimal]] = {}
        for document in (self.invoice, *self.notes):
            for tax in document.taxes:
                base, vat = left.get(tax.rate, (Decimal(0), Decimal(0)))
                left[tax.rate] = base + tax.base.amount, vat + tax.vat.amount
        return left

    def _record(self, fact: Event) -> None:
        self.history.apply(fact)


# --- invoices


def test_vat_is_taken_on_the_sum_of_the_lines_of_a_rate():
    """Three lines of 0.10 at 21 %: 0.063 on the sum is 0.06; line by line it would be 3 x 0.02."""
    found = invoice_amounts([charge("0.10", number=number) for number in range(3)])

    assert told(found) == (["0.10", "0.10", "0.10"], ["21: 0.30 + 0.06"], "0.36")


def test_each_rate_is_summed_on_its_own():
    charges = [charge("100.00", "21"), charge("50.00", "12", number=1), charge("7.00", "0", number=2),
               charge("1.00", "21", number=3)]  # fmt: skip

    assert told(invoice_amounts(charges)) == (
        ["100.00", "50.00", "7.00", "1.00"],
        ["0: 7.00 + 0.00", "12: 50.00 + 6.00", "21: 101.00 + 21.21"],
        "185.21",
    )


def test_vat_is_taken_out_of_prices_that_include_it():
    """100.00 and 50.00 with VAT 21 %: VAT 150 x 21/121 = 26.03, base 123.97, lines 82.65 and 41.32."""
    found = invoice_amounts([charge("100.00", with_vat=True), charge("50.00", with_vat=True, number=1)])

    assert told(found) == (["82.65", "41.32"], ["21: 123.97 + 26.03"], "150.00")


def test_prices_with_and_without_vat_of_one_rate_are_one_line_of_the_tax_summary():
    found = invoice_amounts([charge("100.00"), charge("121.00", with_vat=True, number=1)])

    assert told(found) == (["100.00", "100.00"], ["21: 200.00 + 42.00"], "242.00")


def test_lines_stand_in_the_order_of_the_charges_and_name_them():
    charges = [charge("1.00", "21", number=2), charge("2.00", "0", number=1), charge("3.00", "21", number=0)]

    assert [line.charge for line in invoice_amounts(charges).lines] == [entry.key for entry in charges]


def test_a_tie_of_the_vat_goes_up():
    """0.50 x 21 % = 0.105."""
    assert told(invoice_amounts([charge("0.50")])) == (["0.50"], ["21: 0.50 + 0.11"], "0.61")


# --- credit notes


def test_a_part_is_credited_like_it_was_charged():
    books = Books(charge("300.00", "20"))

    assert told(books.credit(credit_of(charge("300.00", "20"), "200.00"))) == (
        ["-200.00"],
        ["20: -200.00 + -40.00"],
        "-240.00",
    )


def test_the_last_credit_note_takes_the_rounding_remainder():
    """0.75 carries 0.16 VAT (0.1575); each 0.25 alone gives back 0.05 (0.0525), so the third gives back 0.06."""
    charges = [charge("0.25", number=number) for number in range(3)]
    books = Books(*charges)
    assert told(invoice_amounts(charges))[1] == ["21: 0.75 + 0.16"]

    notes = [told(books.credit(credit_of(entry, "0.25")))[1] for entry in charges]

    assert notes == [["21: -0.25 + -0.05"], ["21: -0.25 + -0.05"], ["21: -0.25 + -0.06"]]
    assert books.left_per_rate() == {Decimal(21): (Decimal(0), Decimal(0))}


def test_two_credits_with_vat_inside_that_do_not_divide():
    """Two charges at 21 % inside, 241.94 and 1.50, are taken back one after the other."""
    charges = [charge("241.94", with_vat=True), charge("1.50", with_vat=True, number=1)]
    books = Books(*charges)
    assert told(invoice_amounts(charges)) == (["199.95", "1.24"], ["21: 201.19 + 42.25"], "243.44")

    assert told(books.credit(credit_of(charges[0], "241.94"))) == (["-199.95"], ["21: -199.95 + -41.99"], "-241.94")
    assert told(books.credit(credit_of(charges[1], "1.50"))) == (["-1.24"], ["21: -1.24 + -0.26"], "-1.50")
    assert books.left_per_rate() == {Decimal(21): (Decimal(0), Decimal(0))}


def test_many_small_credits_never_take_back_more_than_the_invoice_has():
    """Ten lines of 0.03 with VAT inside carry 0.05 VAT on 0.25; each credit alone would give back 0.01 VAT."""
    charges = [charge("0.03", with_vat=True, number=number) for number in range(10)]
    books = Books(*charges)
    assert told(invoice_amounts(charges))[1:] == (["21: 0.25 + 0.05"], "0.30")

    notes = [told(books.credit(credit_of(entry, "0.03")))[1] for entry in charges]

    assert notes == [["21: -0.02 + -0.01"]] * 5 + [["21: -0.03 + 0.00"]] * 5
    audit_corrections(books.invoice, books.notes, books.charges)


def test_the_base_is_not_taken_back_twice_where_small_credits_round_their_vat_away():
    """Ten lines of 0.02 with VAT inside carry 0.03 VAT on 0.17; each credit alone would give back a base of 0.02."""
    charges = [charge("0.02", with_vat=True, number=number) for number in range(10)]
    books = Books(*charges)
    assert told(invoice_amounts(charges))[1:] == (["21: 0.17 + 0.03"], "0.20")

    notes = [told(books.credit(credit_of(entry, "0.02")))[1] for entry in charges]

    assert notes == [["21: -0.02 + 0.00"]] * 8 + [["21: -0.01 + -0.01"], ["21: 0.00 + -0.02"]]
    audit_corrections(books.invoice, books.notes, books.charges)


def test_many_small_credits_without_vat_inside_never_turn_into_a_debt():
    """Twenty lines of 0.03 carry 0.13 VAT; each credit alone would give back 0.01."""
    charges = [charge("0.03", number=number) for number in range(20)]
    books = Books(*charges)

    notes = [books.credit(credit_of(entry, "0.03")) for entry in charges]

    assert [found.gross.amount for found in notes] == [Decimal("-0.04")] * 13 + [Decimal("-0.03")] * 7
    audit_corrections(books.invoice, books.notes, books.charges)


def test_prices_with_and_without_vat_are_credited_apart():
    plain, inclusive = charge("10.05"), charge("10.05", with_vat=True, number=1)
    books = Books(plain, inclusive)

    books.credit(credit_of(plain, "3.35"), credit_of(inclusive, "3.35"))
    books.credit(credit_of(plain, "6.70", 2), credit_of(inclusive, "6.70", 2))

    assert books.left_per_rate() == {Decimal(21): (Decimal(0), Decimal(0))}


# --- what is on record


def test_a_charge_is_found_with_the_document_it_stands_on():
    books = Books(charge("300.00"))
    waiting = charge("10.00", number=5)
    books.history.apply(ChargesPosted(effective_on=ON, charges=(waiting,), billed_through={}))

    assert books.history.posted("S1/monthly/2026-06-01/2026-06-02/0").document == "1001"
    assert books.history.posted(waiting.key).document is None
    assert [entry.charge for entry in books.history.posted_for("S1")] == [charge("300.00"), waiting]
    assert books.history.posted_for("S2") == []


def test_a_charge_that_was_never_posted_is_not_found():
    with pytest.raises(NotFound, match="no such charge") as caught:
        Books(charge("300.00")).history.posted("S1/monthly/2026-01-01/2026-02-01/0")

    assert (caught.value.field, caught.value.value) == ("charge", "S1/monthly/2026-01-01/2026-02-01/0")


# --- whatever stands on a document


@st.composite
def invoiced(draw: st.DrawFn, most: int = 8) -> list[Charge]:
    """Charges of several rates, in prices with and without VAT."""
    number = draw(st.integers(1, most))
    largest = draw(st.sampled_from([10, 100, 100_000]))
    return [
        charge(draw(amounts(largest)), draw(vat_rates), draw(st.booleans()), number=place) for place in range(number)
    ]


@given(charges=invoiced())
def test_lines_sum_to_the_base_and_base_and_vat_to_the_total(charges: list[Charge]):
    found = invoice_amounts(charges)

    audit_sums(invoice("1", found))
    by_rate = {tax.rate: tax for tax in found.taxes}
    assert list(by_rate) == sorted({entry.vat_rate for entry in charges})
    for rate, tax in by_rate.items():
        exact = sum(exact_vat(entry) for entry in charges if entry.vat_rate == rate)
        assert abs(tax.vat.amount - exact) <= Decimal("0.01000001"), "each kind of price list is rounded once"
    inclusive = [entry for entry in charges if entry.includes_vat]
    if inclusive == charges:
        assert found.gross.amount == sum(entry.amount.amount for entry in charges), "the prices are what is paid"
    for line, entry in zip(found.lines, charges, strict=True):
        exact_net = entry.amount.amount - (exact_vat(entry) if entry.includes_vat else 0)
        assert abs(line.net.amount - exact_net) <= Decimal("0.01")


def exact_vat(entry: Charge) -> Decimal:
    divisor = 100 + entry.vat_rate if entry.includes_vat else Decimal(100)
    return entry.amount.amount * entry.vat_rate / divisor


@pytest.mark.slow
@given(charges=invoiced(), data=st.data())
@settings(max_examples=300)
def test_an_invoice_that_is_credited_bit_by_bit_sums_to_zero_per_rate(charges: list[Charge], data: st.DataObject):
    """Every charge is taken back in up to three parts, in any order, some parts together on one credit note."""
    books = Books(*charges)
    parts = data.draw(st.permutations([part for entry in charges for part in parts_of(entry, data)]))
    while parts:
        together = data.draw(st.integers(1, len(parts)))
        books.credit(*parts[:together])
        parts = parts[together:]
        audit_corrections(books.invoice, books.notes, books.charges)

    for document in books.notes:
        audit_sums(document)
        assert document.gross.amount < 0
        assert all(line.net.amount <= 0 for line in document.lines)
    assert set(books.left_per_rate().values()) == {(Decimal(0), Decimal(0))}


def parts_of(entry: Charge, data: st.DataObject) -> Sequence[Charge]:
    cents = int(entry.amount.amount * 100)
    cuts = sorted(data.draw(st.sets(st.integers(1, max(cents - 1, 1)), max_size=2)) - {cents})
    sizes = [end - start for start, end in zip([0, *cuts], [*cuts, cents], strict=True)]
    return [credit_of(entry, Decimal(size) / 100, revision) for revision, size in enumerate(sizes, start=1)]


@pytest.mark.parametrize(
    ("issued_on", "tax_point"),
    [("2026-07-01", "2026-06-03"), ("2026-06-03", "2026-06-03"), ("2026-06-02", "2026-06-02")],
    ids=["later", "on its last day", "in advance"],
)
def test_the_tax_point_is_the_last_day_of_the_lines_or_the_day_of_issue_if_that_is_earlier(
    issued_on: str, tax_point: str
):
    """Lines for 3 June and for 1 June."""
    found = invoice_amounts([charge("1.00", number=2), charge("1.00")])
    assert tax_point_on(found, date.fromisoformat(issued_on)) == date.fromisoformat(tax_point)
