"""OFX in both its forms, and what is refused."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.banks.ofx import read_ofx
from adapters.banks.refusals import Unreadable
from adapters.banks.statements import format_of
from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart
from billing_core.kernel.money import Money

SGML_HEAD = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:UTF-8\nCHARSET:NONE\n\n"
XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n'


def leaf(name: str, value: str, is_xml: bool) -> str:
    return f"<{name}>{escape(value)}" + (f"</{name}>" if is_xml else "") + "\n"


def movement(amount: str, memo: str = "", is_xml: bool = False, more: str = "") -> str:
    values = [("TRNTYPE", "XFER"), ("DTPOSTED", "20260302120000.000[+1:CET]"), ("TRNAMT", amount), ("FITID", "F1"),
              ("NAME", "Anna & Co"), ("MEMO", memo)]  # fmt: skip
    return "<STMTTRN>\n" + "".join(leaf(name, value, is_xml) for name, value in values) + more + "</STMTTRN>\n"


def document(*movements: str, is_xml: bool = False, currency: str = "EUR") -> str:
    return (
        (XML_HEAD if is_xml else SGML_HEAD)
        + "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>\n"
        + leaf("CURDEF", currency, is_xml)
        + f"<BANKACCTFROM>{leaf('BANKID', '2010', is_xml)}{leaf('ACCTID', '2900000001', is_xml)}</BANKACCTFROM>\n"
        + f"<BANKTRANLIST>{leaf('DTSTART', '20260301', is_xml)}{leaf('DTEND', '20260331', is_xml)}"
        + "".join(movements)
        + f"</BANKTRANLIST><LEDGERBAL>{leaf('BALAMT', '5.5', is_xml)}{leaf('DTASOF', '20260331', is_xml)}</LEDGERBAL>\n"
        + "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )


def read(text: str) -> list[StatementPart]:
    return list(read_ofx(io.BytesIO(text.encode())))


@pytest.mark.parametrize("is_xml", [False, True])
def test_both_forms_are_read_alike(is_xml: bool):
    text = document(movement("+12,5", "VS 17", is_xml), movement("-2.00", "", is_xml), is_xml=is_xml)
    start, came, went, end = read(text)

    assert format_of(text.encode()) == "ofx"
    assert start == StatementStart(
        account="2900000001/2010", currency="EUR", from_on=date(2026, 3, 1), to_on=date(2026, 3, 31)
    )
    assert isinstance(came, Movement) and isinstance(went, Movement)
    assert (came.amount, came.booked_on, came.kind) == (Money(Decimal("12.50"), "EUR"), date(2026, 3, 2), "payment")
    assert (came.reference, came.counterparty, came.symbols.variable) == ("F1", "Anna & Co", "17")
    assert (went.amount, went.message, went.line) == (Money(Decimal("-2.00"), "EUR"), "", 2)
    assert end == StatementEnd(closing=Money(Decimal("5.50"), "EUR"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (document(movement("12.505")), "more decimals than EUR"),
        (document(movement("x")), "is not a number"),
        (document(movement("1", more="<CURRENCY><CURSYM>USD</CURRENCY>")), "another currency"),
        (document(movement("1").replace("20260302", "20260231")), "is not a date that exists"),
        (document("<STMTTRN>" + movement("1")), "within another"),
        (document(movement("1")).replace("</OFX>", ""), "cut off"),
        (document(movement("1")).replace("<CURDEF>EUR", ""), "names no currency"),
        (document(movement("1")).replace("<OFX>", '<!DOCTYPE OFX [<!ENTITY a "b">]><OFX>'), "declares"),
        (SGML_HEAD + "<OFX>" + "<A>" * 50, "nested too deeply"),
        (SGML_HEAD + "<OFX></OFX>", "no statement"),
        (SGML_HEAD, "no element OFX"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, reason: str):
    with pytest.raises(Unreadable) as caught:
        read(text)

    assert reason in caught.value.reason


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=20)


@given(st.lists(st.tuples(st.integers(-(10**11), 10**11), TEXTS), max_size=6), st.booleans())
def test_what_is_written_is_read(rows: list[tuple[int, str]], is_xml: bool):
    text = document(*(movement(f"{Decimal(cents) / 100:.2f}", memo, is_xml) for cents, memo in rows), is_xml=is_xml)

    assert [
        (each.amount.amount, each.message) for each in read(text) if isinstance(each, Movement)
    ] == [(Decimal(cents) / 100, memo) for cents, memo in rows]  # fmt: skip


@given(st.data())
def test_a_cut_file_is_refused(data: st.DataObject):
    text = document(movement("1"), movement("2"))
    with pytest.raises(Unreadable):
        read(text[: data.draw(st.integers(0, len(text) - len("</OFX>\n")))])
