"""Reads ABO/GPC, the statement of Czech and Slovak banks: a head, its movements, and lines of text below them.

Posting codes of reversals and the order of an account's digits differ between banks: a bank profile says them
(`abo` of `adapters/files/bank_profile.py`). The text is in the encoding of Windows for Central Europe or, at older
banks, of DOS: the one in which more of its bytes are Czech letters, unless a profile names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from adapters.banks.abo_records import Head, Record, head_in, money_of, record_in
from adapters.banks.refusals import Unreadable, shown
from adapters.files.bank_profile import AboForm, BankProfile
from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart, Symbols

CZECH_LETTERS = "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽäľĺôŕÄĽĹÔŔ"
ENCODINGS = ("cp1250", "cp852")
FIRST_BYTES = 1 << 20
# The id of the movement at the bank, before the day and the comment of record 076.
TRANSACTION_ID = slice(3, 29)
COMMENT = slice(35, None)


def read_abo(file: BinaryIO, profile: BankProfile | None = None) -> Iterator[StatementPart]:
    """The statements of a file, or `Unreadable`."""
    form = (profile and profile.abo) or AboForm()
    head: Head | None = None
    reader = _Statement(form)
    for line, text in _lines(file, _named_encoding(profile)):
        kind = text[:3]
        if kind == "074":
            if head is not None:
                yield from reader.end()
            head = head_in(line, text, form)
            reader.begin(head)
        elif head is None:
            raise Unreadable(line, f"stands before the head of a statement (record 074): {shown(text)}")
        elif kind == "075":
            yield from reader.movement(record_in(line, text, head, form))
        elif kind in ("076", "077", "078", "079"):
            reader.add_text(kind, text)
        else:
            raise Unreadable(line, f"is no record of ABO, 074 to 079: {shown(text)}")
    if head is None:
        raise Unreadable(0, "has no head of a statement (record 074)")
    yield from reader.end()


def _named_encoding(profile: BankProfile | None) -> str:
    """The encoding of a profile; UTF-8 is what a profile says that names none."""
    return profile.encoding if profile is not None and profile.encoding != "utf-8" else ""


def _lines(file: BinaryIO, encoding: str) -> Iterator[tuple[int, str]]:
    """The lines that are not empty."""
    known = encoding or _encoding(file.read(FIRST_BYTES))
    file.seek(0)
    for number, line in enumerate(file, start=1):
        text = line.decode(known, errors="replace").rstrip("\r\n\x1a")
        if text.strip():
            yield number, text


def _encoding(first: bytes) -> str:
    """UTF-8 if it is that, else the encoding in which more of the bytes beyond ASCII are Czech letters."""
    try:
        first.decode()
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            beyond = bytes(byte for byte in first if byte > 127)
            return max(ENCODINGS, key=lambda name: sum(map(beyond.count, CZECH_LETTERS.encode(name))))
    return "utf-8"


class _Statement:
    """The statement that is being read. A movement is said when the next begins: lines of text may follow it.

    The head waits for the first movement, which may say the currency.
    """

    def __init__(self, form: AboForm) -> None:
        self._form = form

    def begin(self, head: Head) -> None:
        self._head = head
        self._currency = ""
        self._last: Record | None = None
        self._number = 0
        self._has_reversal = False

    def movement(self, record: Record) -> Iterator[StatementPart]:
        if not self._currency:
            self._currency = record.currency or self._form.currency
            yield self._start()
        elif record.currency not in ("", self._currency):
            raise Unreadable(record.line, f"is in {record.currency}, but its statement in {self._currency}")
        yield from self._said()
        self._last = record
        self._has_reversal = self._has_reversal or record.is_reversal

    def add_text(self, kind: str, text: str) -> None:
        """A line below a movement; one below the head is the bank's own text."""
        if self._last is None:
            return
        added = text[COMMENT] if kind == "076" else text[3:]
        message = " ".join(f"{self._last.message} {added}".split())
        document = self._last.document or (text[TRANSACTION_ID].strip() if kind == "076" else "")
        self._last = self._last._replace(message=message, document=document)

    def end(self) -> Iterator[StatementPart]:
        if not self._currency:
            self._currency = self._form.currency
            yield self._start()
        yield from self._said()
        head = self._head
        credits = debits = None
        if not self._has_reversal:  # Banks differ in the side on which they sum a reversal.
            credits = money_of(head.line, head.credits, self._currency)
            debits = money_of(head.line, head.debits, self._currency)
        yield StatementEnd(
            closing=money_of(head.line, head.closing, self._currency), credits=credits, debits=debits
        )  # fmt: skip

    def _start(self) -> StatementStart:
        head, currency = self._head, self._currency
        return StatementStart(
            account=head.account,
            currency=currency,
            number=head.number,
            from_on=head.from_on,
            to_on=head.to_on,
            opening=money_of(head.line, head.opening, currency),
            closing=money_of(head.line, head.closing, currency),
        )

    def _said(self) -> Iterator[Movement]:
        record, self._last = self._last, None
        if record is not None:
            self._number += 1
            yield _movement(self._number, record, self._currency)


def _movement(number: int, record: Record, currency: str) -> Movement:
    return Movement(
        line=number,
        booked_on=record.booked_on,
        value_on=record.value_on,
        amount=money_of(record.line, record.hellers, currency),
        is_reversal=record.is_reversal,
        code=record.code,
        reference=record.document,
        symbols=Symbols(variable=record.variable, constant=record.constant, specific=record.specific),
        counterparty=record.name,
        counterparty_account=record.counter_account,
        message=record.message,
    )
