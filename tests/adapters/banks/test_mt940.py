"""MT940: signs, days, details of several banks, and what is refused."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.banks.refusals import Unreadable
from adapters.banks.swift import read_mt940
from adapters.banks.swift_details import Details, details_of
from billing_core.bank_statements.statement import Movement, StatementStart
from billing_core.kernel.money import Money

HEAD = ":20:STARTUMS\n:25:10020030/1234567\n:28C:5/1\n:60F:C260301EUR100,00\n"
END = ":62F:C260302EUR100,00\n-\n"


def movements(body: str, end: str = END) -> list[Movement]:
    return [part for part in read_mt940(io.BytesIO((HEAD + body + end).encode())) if isinstance(part, Movement)]


def refusal(text: str) -> tuple[int, str]:
    with pytest.raises(Unreadable) as caught:
        list(read_mt940(io.BytesIO(text.encode())))
    return caught.value.line, caught.value.reason


@pytest.mark.parametrize(
    ("mark", "amount", "is_reversal"),
    [
        ("C", "12.50", False),
        ("D", "-12.50", False),
        ("RC", "-12.50", True),
        ("RD", "12.50", True),
        ("CR", "12.50", False),
    ],
)
def test_the_mark_says_the_sign_and_a_reversed_credit_is_a_debit(mark: str, amount: str, is_reversal: bool):
    (found,) = movements(f":61:2603020302{mark}12,5NTRFNONREF//B1\n")

    assert (found.amount, found.is_reversal) == (Money(Decimal(amount), "EUR"), is_reversal)


def test_a_movement_has_the_days_the_references_and_the_kind():
    (found,) = movements(":61:2512310102C7,NDDTMY-REF//BANK-77\n:86:105?00X?20EREF+DD-9?21MREF+M1?22SVWZ+INV 17"
                         "?31DE42?32ANNA?33 OZOLA\n")  # fmt: skip

    assert (found.value_on, found.booked_on) == (date(2025, 12, 31), date(2026, 1, 2))
    assert (found.reference, found.kind, found.code) == ("BANK-77", "direct-debit", "NDDT+105")
    assert (found.symbols.end_to_end, found.symbols.mandate, found.symbols.instruction) == ("DD-9", "M1", "MY-REF")
    assert (found.counterparty, found.counterparty_account) == ("ANNA OZOLA", "DE42")
    assert found.message == "INV 17"


def test_a_czech_detail_names_its_symbols():
    (found,) = movements(
        ":61:2603020302C399,NTRFNONREF//1\n:86:020?00PRICHOZI UHRADA?20VS:2026000017?21SS:0?22KS:0308\n"
    )

    assert (found.symbols.variable, found.symbols.specific, found.symbols.constant) == ("2026000017", "", "308")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/EREF/47/NAME/JOHN DOE/REMI/INV 17/IBAN/NL91ABNA0417164300",
         Details(message="INV 17", name="JOHN DOE", account="NL91ABNA0417164300", end_to_end="47")),
        ("/CNTP/NL08ABNA9999999999/ABNANL2A/name it///REMI/USTD//INV 17/",
         Details(message="USTD//INV 17", name="name it", account="NL08ABNA9999999999")),
        ("911 T; Z RACH.:\n56114010810000267002001001; OD: JAN\nNOWAK; TYT.: NR 17; TNR: 1791.01",
         Details(message="NR 17", name="JAN NOWAK", account="PL56114010810000267002001001", bank_reference="1791.01")),
        ("NL47INGB9999999999 anna\n\nfor 17", Details(message="for 17", name="anna", account="NL47INGB9999999999")),
        ("just\ntext", Details(message="just text")),
    ],
)  # fmt: skip
def test_details_are_read_in_the_form_of_their_bank(text: str, expected: Details):
    assert details_of(text) == expected


def test_several_statements_of_a_file_are_kept_apart():
    text = HEAD + ":61:2603020302C1,NTRF\n" + END + HEAD.replace("1234567", "7654321") + END
    starts = [part for part in read_mt940(io.BytesIO(text.encode())) if isinstance(part, StatementStart)]

    assert [each.account for each in starts] == ["10020030/1234567", "10020030/7654321"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (HEAD.replace(":25:10020030/1234567\n", "") + END, 1, "without an account"),
        (HEAD, 4, "without a closing balance"),
        (HEAD.replace(":60F:C260301EUR100,00\n", "") + END, 4, "without an opening balance"),
        (HEAD + END + ":61:2603020302C1,NTRF\n", 7, "after the closing balance"),
        (HEAD + ":61:2603020302X1,NTRF\n" + END, 5, "is no movement"),
        (HEAD + ":61:2603020302C1234567890123456,00NTRF\n" + END, 5, "below 10"),
        (HEAD + ":61:2603020302C1,005NTRF\n" + END, 5, "more decimals than EUR"),
        (HEAD + ":61:2603020302C1NTRF\n" + END, 5, "one comma"),
        (HEAD + ":61:2613020302C1,NTRF\n" + END, 5, "is no movement"),
        (HEAD + ":62F:C260302USD1,00\n", 5, "closes in USD"),
        (HEAD.replace("EUR", "XXQ") + END, 4, "unknown currency"),
        ("nothing\n", 0, "no field 20"),
        (HEAD + "\0" + END, 5, "no text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int, reason: str):
    found = refusal(text)

    assert (found[0], reason in found[1]) == (line, True), found


@given(st.lists(st.tuples(st.integers(1, 10**11), st.sampled_from(["C", "D", "RC", "RD"])), max_size=6))
def test_what_is_written_is_read(rows: list[tuple[int, str]]):
    body = "".join(f":61:2603020302{mark}{cents // 100},{cents % 100:02}NTRFNONREF\n" for cents, mark in rows)
    signs = {"C": 1, "RD": 1, "D": -1, "RC": -1}

    assert [each.amount.amount for each in movements(body)] == [
        signs[mark] * Decimal(cents) / 100 for cents, mark in rows
    ]


@given(st.integers(0, 300))
def test_a_statement_that_is_cut_before_its_closing_balance_is_refused(cut: int):
    text = HEAD + ":61:2603020302C1,00NTRFNONREF//B1\n:86:020?00X?20VS:1\n" * 5
    refusal(text[: min(cut, len(text))])
