"""CAMT messages: signs, batches, references, and what is refused."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.banks.camt import read_camt
from adapters.banks.refusals import Unreadable
from adapters.banks.statements import read_statement_file
from billing_core.bank_statements.statement import Movement, StatementEnd, StatementStart
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from tests.adapters.banks.camt_text import Entry, balance, message, payment, statement


def read(content: bytes) -> list[StatementStart | Movement | StatementEnd]:
    return list(read_camt(io.BytesIO(content)))


def movements(content: bytes) -> list[Movement]:
    return [part for part in read(content) if isinstance(part, Movement)]


def one(entry: Entry) -> Movement:
    (found,) = movements(message(statement([entry])))
    return found


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def refusal(content: bytes) -> tuple[int, str]:
    with pytest.raises(Unreadable) as caught:
        read(content)
    return caught.value.line, caught.value.reason


def test_a_statement_has_its_head_its_movements_and_its_end():
    head = balance("OPBD", "10.00") + balance("CLBD", "-2.50")
    start, came, went, end = read(message(statement([Entry(amount="7.50"), Entry(amount="-20.00")], head)))

    assert start == StatementStart(
        account="CZ6508000000192000145399", currency="EUR", number="17", opening=euro("10.00"), closing=euro("-2.50")
    )
    assert isinstance(came, Movement) and isinstance(went, Movement)
    assert (came.line, came.amount, came.booked_on) == (1, euro("7.50"), date(2026, 3, 2))
    assert (went.line, went.amount) == (2, euro("-20.00"))
    assert end == StatementEnd(closing=euro("-2.50"))


@pytest.mark.parametrize("piece", [1, 7, 1_000])
def test_it_does_not_matter_where_reading_cuts_a_file(piece: int):
    """Also if the parser keeps the end of a file until it knows that nothing follows."""
    content = message(statement([Entry(amount="7.50", parts=payment("A" * 3_000)), Entry(amount="-20.00")]))

    class InPieces(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(piece)

    assert list(read_camt(InPieces(content))) == read(content)


@pytest.mark.parametrize("version", [2, 3, 4, 5, 6, 7, 8])
def test_every_version_is_read_alike(version: int):
    (found,) = movements(message(statement([Entry(amount="7.50")], version=version), version=version))

    assert found.amount == euro("7.50")


def test_a_reversed_credit_is_a_debit_by_its_own_flag():
    found = one(Entry(amount="-5.00", is_reversal=True))

    assert (found.amount, found.is_reversal) == (euro("-5.00"), True)


def test_a_batch_whose_parts_sum_to_the_entry_gives_a_movement_each():
    parts = payment("Anna", more='<Amt Ccy="EUR">3.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>') + payment(
        "Petr", more='<AmtDtls><TxAmt><Amt Ccy="EUR">4.50</Amt></TxAmt></AmtDtls>'
    )
    first, second, third = movements(message(statement([Entry(amount="7.50", parts=parts), Entry(amount="1.00")])))

    assert (first.line, first.amount, first.counterparty, first.reference) == (1, euro("3.00"), "Anna", "REF1/1")
    assert (second.line, second.amount, second.counterparty, second.reference) == (2, euro("4.50"), "Petr", "REF1/2")
    assert (third.line, third.amount) == (3, euro("1.00"))


def test_a_reference_that_the_bank_repeats_in_every_part_tells_none_from_the_others():
    same = "<Refs><AcctSvcrRef>B7</AcctSvcrRef></Refs>"
    parts = "".join(
        f'<TxDtls>{same}<Amt Ccy="EUR">3.00</Amt><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>' for text in "ab"
    )
    found = movements(message(statement([Entry(amount="6.00", reference="B7", parts=parts)])))

    assert [(each.reference, each.message) for each in found] == [("B7/1", "a"), ("B7/2", "b")]


def test_a_bank_that_says_it_has_no_reference_has_none():
    assert one(Entry(amount="5.00", reference="NONREF")).reference == ""


def test_a_batch_whose_parts_do_not_sum_to_the_entry_stays_one_movement_of_nobody():
    parts = payment("Anna", more='<Amt Ccy="EUR">3.00</Amt>') + payment("Petr", more='<Amt Ccy="EUR">4.00</Amt>')
    found = one(Entry(amount="7.50", parts=parts))

    assert (found.amount, found.counterparty, found.reference) == (euro("7.50"), "", "REF1")


@pytest.mark.parametrize(
    ("part", "variable"),
    [
        (payment(end_to_end="/VS2026000017/SS5/KS0308"), "2026000017"),
        (payment(end_to_end="0000000042"), "42"),
        (payment(wrote="internet VS: 0017 dekuji"), "17"),
        (payment(wrote="vs 17 a VS 18"), ""),
        (payment(end_to_end="NOTPROVIDED", wrote="17"), ""),
        ("<TxDtls><RmtInf><Strd><CdtrRefInf><Ref>VS:99</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>", "99"),
    ],
)
def test_the_variable_symbol_is_found_where_banks_hide_it(part: str, variable: str):
    assert one(Entry(amount="7.50", parts=part)).symbols.variable == variable


def test_a_number_alone_is_a_symbol_only_on_a_czech_or_slovak_account():
    content = message(
        statement([Entry(amount="1.00", parts=payment(end_to_end="42"))], account="DE02120300000000202051")
    )

    assert [each.symbols.variable for each in movements(content)] == [""]


def test_a_return_keeps_its_reason_and_the_reference_of_what_came_back():
    part = payment(end_to_end="DD-2026-17").replace("</TxDtls>", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>")
    found = one(Entry(amount="-12.00", parts=part))

    assert (found.kind, found.return_reason, found.symbols.end_to_end) == ("return", "AC04", "DD-2026-17")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("<Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>", "payment"),
        ("<Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn>", "return"),
        ("<Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>ESDD</SubFmlyCd></Fmly></Domn>", "direct-debit"),
        ("<Domn><Cd>ACMT</Cd><Fmly><Cd>MDOP</Cd><SubFmlyCd>CHRG</SubFmlyCd></Fmly></Domn>", "fee"),
        ("<Prtry><Cd>NTRF+166+9310</Cd></Prtry>", "payment"),
        ("<Prtry><Cd>544</Cd></Prtry>", "unknown"),
    ],
)
def test_the_code_of_the_bank_says_the_kind(code: str, kind: str):
    assert one(Entry(amount="1.00", code=f"<BkTxCd>{code}</BkTxCd>")).kind == kind


def test_what_is_not_booked_yet_is_passed_over():
    assert movements(message(statement([Entry(amount="1.00", state="PDNG")]))) == []


def test_zeros_beyond_the_currency_say_nothing_and_other_decimals_are_refused_with_the_line():
    assert one(Entry(amount="8.85000")).amount == euro("8.85")
    line, reason = refusal(message(statement([Entry(amount="1.00"), Entry(amount="8.85001")])))
    assert (line, "entry 2" in reason, "8.85001" in reason, "more decimals than EUR" in reason) == (4, True, True, True)


def test_another_currency_than_the_accounts_is_refused():
    assert "another currency" in refusal(message(statement([Entry(amount="1.00", currency="USD")])))[1]
    assert "another currency" in refusal(message(statement([], balance("CLBD", "1.00", "USD"))))[1]


def test_a_summary_that_counts_other_entries_is_refused():
    summary = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"

    assert (
        "counts 2 entries, but the file has 1"
        in refusal(message(statement([Entry(amount="1.00")], summary=summary)))[1]
    )


def test_a_document_type_is_refused_whatever_it_declares():
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
    assert "DOCTYPE" in refusal(message(statement([Entry(amount="1.00")]), before=bomb))[1]
    file = '<!DOCTYPE d SYSTEM "file:///etc/passwd">\n'
    assert "DOCTYPE" in refusal(message(statement([Entry(amount="1.00")]), before=file))[1]


def test_deep_nesting_is_refused():
    deep = "<x>" * 10_000 + "</x>" * 10_000
    assert "well-formed" in refusal(message(statement([Entry(amount="1.00", parts=deep)])))[1]


@pytest.mark.parametrize("version", [1, 14])
def test_an_unknown_version_is_refused(version: int):
    assert "version" in refusal(message(statement([], balance("OPBD", "1.00")), version=version))[1]


def test_the_error_names_file_line_and_reason(tmp_path: Path):
    file = tmp_path / "march.xml"
    file.write_bytes(message(statement([Entry(amount="x")])))

    with pytest.raises(InvalidValue, match=r"march\.xml.*line 4: entry 1.*is not a number.*nothing of the file"):
        list(read_statement_file(file))


CENTS = st.integers(-(10**11), 10**11).filter(bool).map(lambda cents: f"{Decimal(cents) / 100:.2f}")
NAMES = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=20)


@given(st.lists(st.tuples(CENTS, NAMES), max_size=8), st.integers(2, 8))
def test_what_is_written_is_read(rows: list[tuple[str, str]], version: int):
    entries = [Entry(amount=amount, parts=payment("A", wrote=text)) for amount, text in rows]
    found = movements(message(statement(entries, version=version), version=version))

    assert [(each.amount, each.message) for each in found] == [
        (euro(amount), " ".join(text.split("\n")).strip()) for amount, text in rows
    ]


@given(st.data())
def test_a_cut_file_is_refused(data: st.DataObject):
    whole = message(statement([Entry(amount="1.00", parts=payment("Žofie"))] * 3))
    cut = data.draw(st.integers(0, len(whole.rstrip(b">")) - 1))
    with pytest.raises(Unreadable):
        read(whole[:cut])
