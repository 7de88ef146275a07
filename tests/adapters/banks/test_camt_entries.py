"""Entries that are read by their texts say what the XML parser says, or are left to it."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.banks.camt import read_camt, read_pieces
from adapters.banks.camt_entries import Cut, EntryTexts, as_paths
from adapters.banks.camt_fields import ENTRY, ENTRY_AMOUNTS, PART, PART_AMOUNTS
from adapters.banks.refusals import Unreadable
from billing_core.bank_statements.statement import Movement, StatementPart
from tests.adapters.banks.camt_text import Entry, balance, entry_text, message, payment, statement

BEFORE, AFTER = message(statement([])).decode().split("</Stmt>", 1)


def written(entries: Sequence[str]) -> bytes:
    return f"{BEFORE}{''.join(entries)}</Stmt>{AFTER}".encode()


def read(content: bytes) -> list[StatementPart] | tuple[int, str]:
    try:
        return list(read_camt(io.BytesIO(content)))
    except Unreadable as error:
        return error.line, error.reason


def by_the_parser(content: bytes) -> list[StatementPart] | tuple[int, str]:
    """What is read if no entry is cut out: a tag with a space in it is not plain."""
    return read(content.replace(b"<Ntry>", b"<Ntry >"))


def count_of_cut(content: bytes) -> int:
    """How many entries never reach the parser."""
    cut = Cut(io.BytesIO(content), entry_texts())
    list(read_pieces(cut))
    return cut.cut_out


def entry_texts() -> EntryTexts:
    return EntryTexts(as_paths(ENTRY, ENTRY_AMOUNTS), as_paths(PART, PART_AMOUNTS))


USUAL = entry_text(Entry(amount="7.50", parts=payment("Anna", "VS 17", "E1")), 8)
TEXTS = st.text(st.sampled_from("aZ0ÄЖ語 \n\r\t]>'\"/&<-!x�\x01"), max_size=12)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.sampled_from(["", "\n", " \r\n", "<!-- x -->", "<?x y?>"])), max_size=6))
def test_whatever_stands_in_entries_is_read_as_the_parser_reads_it(drawn: list[tuple[str, str, str]]):
    entries = [USUAL]
    for raw, wrote, between in drawn:
        entry = entry_text(Entry(amount="1.00", parts=payment("Anna", wrote, "E2")), 8)
        entries += [between, entry.replace("REF1", raw, 1)]
    content = written(entries)
    assert read(content) == by_the_parser(content)


@pytest.mark.parametrize(
    "entry",
    [
        USUAL.replace("<AcctSvcrRef>REF1</AcctSvcrRef>", "<AcctSvcrRef/>"),
        USUAL.replace("REF1", "a>b"), USUAL.replace("REF1", "a&amp;b"), USUAL.replace("REF1", "<![CDATA[a<b]]>"),
        USUAL.replace("REF1", "a]]&gt;b"), USUAL.replace("REF1", "<!-- REF2 -->REF1"), USUAL.replace("REF1", "a\r\nb"),
        USUAL.replace("<RmtInf>", "<RmtInf><Ustrd>first</Ustrd>"), USUAL.replace("<Ntry>", "<Ntry >"),
        USUAL.replace('Ccy="EUR"', 'Ccy = "EUR"'), USUAL.replace('Ccy="EUR"', "Ccy='EUR'"),
        USUAL.replace('Ccy="EUR"', 'Ccy="USD"'), USUAL.replace("7.50", "-7.50"), USUAL.replace("BOOK", "PDNG"),
        USUAL.replace("<NtryDtls>", "<NtryDtls><Btch><NbOfTxs>1</NbOfTxs></Btch>"),
        USUAL.replace("<RmtInf>", "<RmtInf><x:a xmlns:x='urn:x'>b</x:a>"),
        USUAL.replace("</RmtInf>", ""), USUAL.replace("</Sts>", "</Stz>"), USUAL.replace("<Sts>", "<Sts>\x01"),
        USUAL.replace("<Sts>", "<Sts/>"), USUAL.replace("REF1", "x>/AcctSvcrRef<y<z>"), USUAL.replace("REF1", "￿"),
        USUAL.replace("<TxDtls>", "<TxDtls><Amt Ccy='EUR'>2.00</Amt>", 1),
    ],
)  # fmt: skip
def test_an_entry_of_any_form_is_read_or_refused_as_by_the_parser(entry: str):
    content = written([USUAL, "\n", USUAL, "\n", entry, "\n", USUAL])
    assert read(content) == by_the_parser(content)


def test_what_stands_in_a_comment_is_no_entry():
    content = written([USUAL, "<!--", USUAL, USUAL, "-->", USUAL])
    found = read(content)
    assert isinstance(found, list)
    assert sum(isinstance(part, Movement) for part in found) == 2
    assert found == by_the_parser(content)


def test_all_but_the_first_entry_of_each_statement_are_cut_out_and_lines_are_counted_right():
    plain = "\n".join([USUAL] * 5)
    content = message(statement([], balance("OPBD", "1.00")) + statement([])).decode()
    content = content.replace("</Stmt>", f"{plain}</Stmt>")
    assert count_of_cut(content.encode()) == 8

    wrong = "\n".join([*[USUAL] * 3, USUAL.replace("7.50", "seven")])
    refused = read(content.replace("</Stmt>", f"\n{wrong}</Stmt>", 1).encode())
    assert isinstance(refused, tuple)
    assert refused == by_the_parser(content.replace("</Stmt>", f"\n{wrong}</Stmt>", 1).encode())
    assert refused[0] == content[: content.index("</Stmt>")].count("\n") + 5


class Piecemeal(io.BytesIO):
    """A file of which a few bytes come at once."""

    at_once = 1

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self.at_once)


@pytest.mark.parametrize("at_once", [1, 7, 100, 1_000])
def test_a_file_that_comes_in_pieces_is_read_alike(at_once: int):
    content = written(["\n", *[USUAL] * 4])
    file = Piecemeal(content)
    file.at_once = at_once
    assert list(read_camt(file)) == by_the_parser(content)


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-2", "windows-1250"])
def test_a_file_in_another_encoding_is_the_parsers(encoding: str):
    entry = USUAL.replace("Anna", "Ždár")
    text = written([entry, entry]).decode().replace("UTF-8", encoding)
    content = text.encode(encoding)
    found = read(content)
    assert isinstance(found, list)
    assert count_of_cut(content) == 0
    assert {part.counterparty for part in found if isinstance(part, Movement)} == {"Ždár"}


def test_an_entry_whose_tags_do_not_fit_is_not_plain():
    reader = entry_texts()
    assert reader.read(USUAL.encode()) is not None
    for wrong in ("<Ntry><a></b></Ntry>", "<Ntry></Ntry><x>", "<Ntry><TxDtls></TxDtls></Ntry>", "<Ntry></Ntry></Ntry>"):
        assert reader.read(wrong.encode()) is None
