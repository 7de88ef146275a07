"""How a document words its title, periods, amounts and what is to be done."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from adapters.documents.texts import render_text, texts
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money


def test_a_period_is_printed_with_its_last_day():
    assert texts("en").period(date(2026, 3, 1), date(2026, 4, 1)) == "1–31 Mar 2026"
    assert texts("en").period(date(2026, 3, 15), date(2026, 4, 15)) == "15 Mar – 14 Apr 2026"
    assert texts("en").period(date(2025, 12, 15), date(2026, 1, 15)) == "15 Dec 2025 – 14 Jan 2026"
    assert texts("en").period(date(2026, 2, 28), date(2026, 3, 1)) == "28 Feb 2026"
    assert texts("en").period(date(2026, 3, 3), date(2026, 3, 3)) == "3 Mar 2026"


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("1234567.50", "EUR", "1,234,567.50"),
        ("0.00", "EUR", "0.00"),
        ("-24.34", "CZK", "−24.34"),
        ("1500", "JPY", "1,500"),
        ("1.250", "KWD", "1.250"),
        ("99.95", "RSD", "99.95"),
        ("0.05", "AMD", "0.05"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(amount, currency, written):
    money = Money(Decimal(amount), currency)
    assert texts("en").number(money) == written
    assert texts("en").money(money) == f"{written}\u00a0{currency}"


def test_a_rate_is_written_without_needless_zeros():
    assert [texts("en").rate(Decimal(rate)) for rate in ("21", "21.00", "5.5", "0")] == ["21%", "21%", "5.5%", "0%"]


def test_an_invoice_says_what_to_pay_until_when(make_document):
    document = make_document()
    assert texts("en").title(document) == "Invoice 2026000123"
    assert texts("en").total(document) == "Total due"
    assert texts("en").settlement(document) == "Please pay 544.50\u00a0EUR by 15 Apr 2026."


def test_a_credit_note_says_that_it_is_credited(make_document, make_line):
    document = make_document(make_line(net="-100.00"), kind="credit-note", number="CN-7", corrects="2026000123")
    assert texts("en").title(document) == "Credit note CN-7"
    assert texts("en").total(document) == "To be credited"
    assert texts("en").settlement(document).startswith("We credit 121.00\u00a0EUR to your account A-1004711.")


def test_an_invoice_of_nothing_or_less_asks_for_nothing(make_document, make_line):
    free, refund = make_document(make_line(net="0.00")), make_document(make_line(net="-100.00"))
    assert texts("en").settlement(free) == "There is nothing to pay for this invoice."
    assert texts("en").total(refund) == "In your favour"
    assert texts("en").settlement(refund).startswith("121.00\u00a0EUR is credited to your account A-1004711.")


def test_a_credit_does_not_say_that_nothing_is_to_pay_for_the_account_may_owe_more(make_document, make_line):
    note = make_document(make_line(net="-100.00"), kind="credit-note", corrects="2026000123")
    for document in (note, make_document(make_line(net="-100.00"))):
        assert "to pay" not in texts("en").settlement(document)


def test_a_paid_invoice_asks_for_no_money_and_a_part_of_one_for_the_rest(make_document):
    document = make_document()
    paid = msgspec.structs.replace(document, settled=document.gross)
    assert texts("en").settlement(paid) == "This invoice is settled. Nothing is to be paid for it."
    assert "Due date" not in render_text(paid) and "IBAN" not in render_text(paid)
    in_part = msgspec.structs.replace(document, settled=Money(Decimal("100.00"), "EUR"))
    assert texts("en").settlement(in_part) == "Please pay 444.50\u00a0EUR by 15 Apr 2026."
    settled = [("Paid or credited", "100.00\u00a0EUR"), ("Still to pay", "444.50\u00a0EUR")]
    assert texts("en").settled(in_part) == settled
    assert texts("en").total(in_part) == "Total"


def test_a_name_is_never_read_as_a_template(make_document):
    document = make_document()
    named = type(document.seller)(name="{{ 7 * 7 }} {% raise %}")
    assert texts("en").footer(make_document(seller=named)) == "{{ 7 * 7 }} {% raise %}"


def test_the_plain_text_shows_the_whole_document(make_document, make_line):
    document = make_document(make_line(), make_line("Television", "50.00", vat_rate=Decimal(12)))
    text = render_text(document)
    for shown in (
        "Invoice 2026000123", "15 Apr 2026", "Rychlá Síť, s.r.o.", "IČO 27082440", "Иван Петров", "Television",
        "1–31 Mar 2026, VAT 12%", "450.00 EUR a month, 1 whole period", "600.50\u00a0EUR",
        "CZ5855000000001265098001",
    ):  # fmt: skip
        assert shown in text
    assert "COPY" not in text
    assert "COPY" in render_text(document, copy=True)


def test_the_plain_text_of_a_credit_note_names_the_invoice_and_asks_for_no_payment(make_document, make_line):
    document = make_document(make_line(net="-100.00"), kind="credit-note", number="CN-7", corrects="2026000123")
    text = render_text(document)
    assert "Corrects invoice    2026000123" in text
    assert "Due date" not in text
    assert "CZ5855000000001265098001" not in text


def test_an_unknown_language_is_named():
    with pytest.raises(NotFound, match="'xx'"):
        texts("xx")


def test_a_document_about_one_service_or_address_says_so(make_document):
    service = make_document(service="cottage", service_name="Internet 250")
    assert "Service             Internet 250 (cottage)" in render_text(service)
    assert "Service address     RIGA-7" in render_text(make_document(address="RIGA-7"))
    assert "Service" not in render_text(make_document())
