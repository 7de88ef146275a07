"""ABO/GPC: fields of fixed width, codes by profile, encodings, and what is refused."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.banks.abo import read_abo
from adapters.banks.refusals import Unreadable
from adapters.files.bank_profile import BankProfile
from adapters.files.profile_files import sent_profile
from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart
from billing_core.kernel.money import Money


class Row(msgspec.Struct, frozen=True, kw_only=True):
    hellers: int = 39900
    code: str = "2"
    variable: int = 2026000017
    counter: str = "0000192000145399"
    bank: str = "0800"
    document: int = 77
    name: str = "NOVAKOVA JANA"
    data: str = "1101"
    on: str = "020326"
    own: str = "0000002900000001"


def head(opening: int = 0, closing: int = 0, turnovers: tuple[int, int] = (0, 0)) -> str:
    """A head; turnovers are those of debits and of credits."""
    debits, credits = (f"{turnover:014}+" for turnover in turnovers)
    balances = "".join(f"{abs(hellers):014}{'-' if hellers < 0 else '+'}" for hellers in (opening, closing))
    return f"0740000002900000001{'FIRMA':<20}010326{balances}{debits}{credits}017020326{'':14}\r\n"


def row(each: Row) -> str:
    constant = f"00{each.bank}0308"
    return (
        f"075{each.own}{each.counter}{each.document:013}{each.hellers:012}{each.code}{each.variable:010}{constant}"
        f"{0:010}{each.on}{each.name:<20}0{each.data}{each.on}\r\n"
    )


def read(text: str, profile: BankProfile | None = None, encoding: str = "cp1250") -> list[StatementPart]:
    return list(read_abo(io.BytesIO(text.encode(encoding)), profile))


def movements(text: str, profile: BankProfile | None = None, encoding: str = "cp1250") -> list[Movement]:
    return [part for part in read(text, profile, encoding) if isinstance(part, Movement)]


def crowns(amount: str) -> Money:
    return Money(Decimal(amount), "CZK")


def test_a_statement_has_its_head_its_movements_and_its_end():
    start, came, went, end = read(
        head(10000, 49800, (100, 39900)) + row(Row()) + row(Row(hellers=100, code="1", variable=0))
    )

    assert start == StatementStart(
        account="2900000001", currency="CZK", number="017", from_on=date(2026, 3, 1), to_on=date(2026, 3, 2),
        opening=crowns("100.00"), closing=crowns("498.00"),
    )  # fmt: skip
    assert isinstance(came, Movement) and isinstance(went, Movement)
    assert (came.amount, came.booked_on, came.reference) == (crowns("399.00"), date(2026, 3, 2), "77")
    assert (came.symbols.variable, came.symbols.constant, came.symbols.specific) == ("2026000017", "308", "")
    assert (came.counterparty, came.counterparty_account) == ("NOVAKOVA JANA", "19-2000145399/0800")
    assert (went.line, went.amount, went.symbols.variable) == (2, crowns("-1.00"), "")
    assert end == StatementEnd(closing=crowns("498.00"), credits=crowns("399.00"), debits=crowns("1.00"))


@pytest.mark.parametrize(("code", "amount"), [("1", "-3.99"), ("2", "3.99"), ("4", "3.99"), ("5", "-3.99")])
def test_the_posting_code_says_the_sign(code: str, amount: str):
    (found,) = movements(head() + row(Row(hellers=399, code=code)))

    assert (found.amount, found.is_reversal) == (crowns(amount), code in "45")


def test_a_profile_says_other_codes_and_another_order_of_digits():
    other = sent_profile(
        BankProfile,
        "name: other\nabo:\n  codes: {'1': debit, '2': credit, '3': debit-reversal, '4': credit-reversal}\n"
        "  account_digits: [2, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]\n",
    )
    (found,) = movements(head() + row(Row(code="4", counter="1000000000000005")), other)

    assert (found.amount, found.counterparty_account) == (crowns("-399.00"), "10000-5/0800")


def test_lines_of_text_belong_to_the_movement_above_them():
    text = (
        head() + row(Row(document=0)) + f"076{'ID-998':<26}020326platba\r\n078za internet\r\n079brezen\r\n" + row(Row())
    )
    first, second = movements(text)

    assert (first.reference, first.message) == ("ID-998", "platba za internet brezen")
    assert (second.reference, second.message) == ("77", "")


def test_a_long_record_has_a_message():
    long_row = row(Row()).rstrip("\r\n") + f"{'za internet':<35}{'brezen':<35}{'':70}{'pro platce':<35}REF\r\n"

    assert movements(head() + long_row)[0].message == "za internet brezen"


@pytest.mark.parametrize("encoding", ["cp1250", "cp852", "utf-8"])
def test_the_encoding_is_known_by_its_letters(encoding: str):
    assert movements(head() + row(Row(name="ŽIŽKOVÁ ŘEHOŘ")), encoding=encoding)[0].counterparty == "ŽIŽKOVÁ ŘEHOŘ"


def test_an_account_in_another_currency_says_so():
    assert movements(head() + row(Row(data="0978")))[0].amount.currency == "EUR"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("075short\n", 1, "before the head"),
        (head() + "075short\n", 2, "no movement"),
        (head() + row(Row())[:100] + "\n", 2, "no movement"),
        (head() + row(Row(code="7")), 2, "posting code 7"),
        (head() + row(Row(own="0000000000000001")), 2, "another account"),
        (head() + row(Row(on="310226")), 2, "does not exist"),
        (head() + row(Row(on="020382")), 2, "more than a year"),
        (head() + row(Row(data="0978")) + row(Row(data="0203")), 3, "in CZK"),
        (head() + "999unknown\n", 2, "no record of ABO"),
        ("074\n", 1, "no head"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int, reason: str):
    with pytest.raises(Unreadable) as caught:
        read(text)

    assert (caught.value.line, reason in caught.value.reason) == (line, True), caught.value.reason


ROWS = st.builds(
    Row, hellers=st.integers(0, 10**12 - 1), code=st.sampled_from("1245"), variable=st.integers(0, 10**10 - 1),
    document=st.integers(1, 10**13 - 1), name=st.text("ABCŽŘčýáö ", max_size=20), bank=st.just("0800"),
)  # fmt: skip


@given(st.lists(ROWS, max_size=8), st.integers(-(10**13), 10**13))
def test_what_is_written_is_read(rows: list[Row], opening: int):
    start, *found, _ = read(head(opening) + "".join(map(row, rows)))
    signs = {"1": -1, "2": 1, "4": 1, "5": -1}

    assert isinstance(start, StatementStart) and start.opening == Money(Decimal(opening) / 100, "CZK")
    assert [
        (each.amount.amount * 100, each.symbols.variable, each.reference, each.counterparty)
        for each in found
        if isinstance(each, Movement)
    ] == [
        (Decimal(signs[each.code] * each.hellers), str(each.variable or ""), str(each.document), each.name.strip())
        for each in rows
    ]


@given(st.integers(3, 127))
def test_a_line_that_is_cut_is_refused(length: int):
    with pytest.raises(Unreadable):
        read(head() + row(Row())[:length])
