"""What the payment code says, against the worked examples that the two standards print."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
import segno
import segno.helpers

from adapters.documents.payment_qr import is_payable, payment_payload, qr_modules
from billing_core.invoicing.documents import BankDetails, Document, DocumentParty
from billing_core.kernel.money import Money

# EPC069-12, the example of the Red Cross of Belgium, and SPAYD 1.0, the example of a payment for goods.
EPC_EXAMPLE = (
    "BCD\n002\n1\nSCT\nBPOTBEB1\nRed Cross of Belgium\nBE72000000001616\nEUR1\nCHAR\n\nUrgency fund\nSample EPC QR code"
)
SPAYD_EXAMPLE = (
    "SPD*1.0*ACC:CZ5855000000001265098001+RZBCCZPP*AM:480.50*CC:CZK"
    "*RF:7004139146*X-VS:1234567890*DT:20120524*MSG:PLATBA ZA ZBOZI"
)

EPC_ELEMENTS = (
    "service tag", "version", "character set", "identification", "BIC", "name", "IBAN", "amount", "purpose",
    "structured reference", "unstructured reference", "information",
)  # fmt: skip


def payload_of(document: Document) -> str:
    payload = payment_payload(document)
    assert payload is not None
    return payload


def epc_elements(payload: str) -> dict[str, str]:
    lines = payload.split("\n")
    return dict(zip(EPC_ELEMENTS, lines + [""] * (len(EPC_ELEMENTS) - len(lines)), strict=True))


def spayd_attributes(payload: str) -> dict[str, str]:
    header, version, *attributes = payload.split("*")
    assert (header, version) == ("SPD", "1.0")
    return dict(attribute.split(":", 1) for attribute in attributes)


@pytest.fixture
def red_cross(make_document, make_line):
    return make_document(
        seller=DocumentParty(name="Red Cross of Belgium"),
        bank=BankDetails(iban="BE72000000001616", bic="BPOTBEB1"),
        gross=Money(Decimal("1.00"), "EUR"),
        payment_reference="Urgency fund",
    )


@pytest.fixture
def goods(make_document, make_line):
    return make_document(
        make_line(currency="CZK"),
        number="PLATBA ZA ZBOZI",
        payment_reference="1234567890",
        due_on=date(2012, 5, 24),
        gross=Money(Decimal("480.50"), "CZK"),
    )


def test_a_euro_invoice_says_what_the_epc_example_says(red_cross):
    said, example = epc_elements(payload_of(red_cross)), epc_elements(EPC_EXAMPLE)
    assert Decimal(said.pop("amount").removeprefix("EUR")) == Decimal(example.pop("amount").removeprefix("EUR"))
    # An invoice has no purpose code and no message from the payee; everything else is as in the example.
    assert (said.pop("purpose"), said.pop("information")) == ("", "")
    assert said == {name: value for name, value in example.items() if name not in {"purpose", "information"}}


def test_a_creditor_reference_goes_into_the_structured_element(red_cross):
    document = msgspec.structs.replace(red_cross, payment_reference="RF18 5390 0754 7034")
    said = epc_elements(payload_of(document))
    assert said["structured reference"] == "RF18539007547034"
    assert said["unstructured reference"] == ""


def test_a_creditor_reference_with_a_wrong_check_number_is_only_a_text(red_cross):
    document = msgspec.structs.replace(red_cross, payment_reference="RF19539007547034")
    said = epc_elements(payload_of(document))
    assert said["structured reference"] == ""
    assert said["unstructured reference"] == "RF19539007547034"


def test_the_euro_code_is_the_one_that_the_library_for_qr_codes_makes(red_cross):
    document = msgspec.structs.replace(red_cross, gross=Money(Decimal("123.45"), "EUR"))
    payload = payload_of(document)
    theirs = segno.helpers.make_epc_qr(
        "Red Cross of Belgium", "BE72000000001616", Decimal("123.45"), "Urgency fund", bic="BPOTBEB1", encoding=1
    )
    ours = segno.make_qr(payload, error="m", boost_error=False, mask=theirs.mask)
    assert ours.matrix == theirs.matrix


def test_a_name_cannot_add_a_line_and_is_cut_to_seventy_characters(red_cross):
    seller = DocumentParty(name="Red Cross\nBE00000000000000 " + "x" * 80)
    said = epc_elements(payload_of(msgspec.structs.replace(red_cross, seller=seller)))
    assert said["name"].startswith("Red Cross BE00000000000000 x")
    assert len(said["name"]) == 70
    assert said["IBAN"] == "BE72000000001616"


def test_a_crown_invoice_says_what_the_spayd_example_says(goods):
    said, example = spayd_attributes(payload_of(goods)), spayd_attributes(SPAYD_EXAMPLE)
    example.pop("RF")  # a number for the payee's own use, which an invoice has not
    assert said.pop("RN") == "RYCHLA SIT S.R.O."
    assert said == example


def test_the_spayd_account_stands_alone_without_a_bic(goods):
    document = msgspec.structs.replace(goods, bank=BankDetails(iban="CZ5855000000001265098001"))
    assert spayd_attributes(payload_of(document))["ACC"] == "CZ5855000000001265098001"


def test_a_reference_that_is_no_variable_symbol_is_the_message_letter_for_letter(goods):
    document = msgspec.structs.replace(goods, payment_reference="Smlouva 7*X-VS:666 č. 100%")
    said = spayd_attributes(payload_of(document))
    assert "X-VS" not in said
    assert said["MSG"] == "Smlouva 7%2AX-VS:666 %C4%8D. 100%25"


def test_eleven_digits_are_no_variable_symbol(goods):
    said = spayd_attributes(payload_of(msgspec.structs.replace(goods, payment_reference="12345678901")))
    assert said["MSG"] == "12345678901"
    assert "X-VS" not in said


def test_the_spayd_code_is_packed_in_the_alphanumeric_mode(goods):
    assert segno.make_qr(payload_of(goods), encoding="utf-8").mode == "alphanumeric"


def test_other_currencies_say_the_same_facts_as_text(make_document, make_line):
    document = make_document(make_line(currency="USD", vat_rate=Decimal(0)), payment_reference="7590-VHVEG")
    assert payload_of(document) == (
        "Account: CZ5855000000001265098001\nBIC: RZBCCZPP\nAmount: 450.00 USD\nReference: 7590-VHVEG"
    )


@pytest.mark.parametrize("currency", ["EUR", "CZK", "USD"])
@pytest.mark.parametrize(
    "given",
    [{"bank": None}, {"kind": "credit-note"}, {"gross": "0.00"}, {"gross": "-10.00"}],
    ids=["no bank account", "credit note", "nothing to pay", "in the buyer's favour"],
)
def test_no_code_where_nothing_can_or_must_be_paid(make_document, make_line, currency, given):
    if "gross" in given:
        given = {"gross": Money(Decimal(given["gross"]), currency)}
    document = make_document(make_line(currency=currency), **given)
    assert payment_payload(document) is None
    assert is_payable(document) == (given == {"bank": None})


@pytest.mark.parametrize(
    ("currency", "given"),
    [
        ("EUR", {"gross": Money(Decimal("1000000000.00"), "EUR")}),
        ("EUR", {"payment_reference": "x" * 141}),
        ("EUR", {"payment_reference": "ա" * 140, "seller": DocumentParty(name="ա" * 70)}),
        ("CZK", {"gross": Money(Decimal("10000000.00"), "CZK")}),
        ("CZK", {"payment_reference": "x" * 61}),
        ("USD", {"payment_reference": "x" * 331}),
    ],
)
def test_no_code_where_the_standard_cannot_say_it(make_document, make_line, currency, given):
    assert payment_payload(make_document(make_line(currency=currency), **given)) is None


def test_the_modules_are_those_of_a_code_with_error_correction_m():
    modules = qr_modules("x" * 100)
    assert len(modules) == 41  # version 6: 106 bytes at level M
    assert bytes(modules[0][:8]) == bytes([1, 1, 1, 1, 1, 1, 1, 0])
    assert qr_modules("x" * 100) == modules
