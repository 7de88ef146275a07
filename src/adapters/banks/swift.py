"""Reads MT940 of SWIFT: statements of fields, one statement at a time.

A page of a statement (`60M`, `62M`) is a statement of its own here: its balances agree like those of a whole one. A
statement without account or balances, or with a movement after its closing balance, is refused: something of it is
missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from adapters.banks.kinds import kind_by_swift
from adapters.banks.refusals import Unreadable
from adapters.banks.swift_details import IBAN, Details, details_of
from adapters.banks.swift_fields import Balance, Field, Line61, balance_of, line_61, statements_in
from adapters.banks.symbols import symbols_in
from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart, Symbols

NO_REFERENCE = ("NONREF", "NOTPROVIDED", "KREF", "KREF+", "EREF", "MARF", "PREF")


def read_mt940(file: BinaryIO) -> Iterator[StatementPart]:
    """The statements of a file, or `Unreadable`."""
    found = False
    for fields in statements_in(_lines(file)):
        yield from _statement(fields)
        found = True
    if not found:
        raise Unreadable(0, "has no statement: no field 20")


def _lines(file: BinaryIO) -> Iterator[str]:
    """Lines in UTF-8, or each that is not in the encoding of Windows for Central Europe."""
    for number, line in enumerate(file, start=1):
        if b"\0" in line:
            raise Unreadable(number, "holds bytes that are no text; is it an MT940 file in UTF-8 or Windows-1250?")
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            yield line.decode("cp1250", errors="replace")


def _statement(fields: Sequence[Field]) -> Iterator[StatementPart]:
    account = _text(fields, "25")
    first, last = fields[0].line, fields[-1].line
    if not account:
        raise Unreadable(first, "is a statement without an account (field 25)")
    opening, closing = _balance(fields, "60"), _balance(fields, "62")
    if opening is None or closing is None:
        missing = "an opening balance (field 60F)" if opening is None else "a closing balance (field 62F)"
        raise Unreadable(last, f"ends a statement without {missing}; is the file cut off?")
    currency = opening.money.currency
    if closing.money.currency != currency:
        raise Unreadable(last, f"closes in {closing.money.currency} what opened in {currency}")
    yield StatementStart(
        account=account, currency=currency, number=_text(fields, "28C") or _text(fields, "28"), from_on=opening.on,
        to_on=closing.on, opening=opening.money, closing=closing.money,
    )  # fmt: skip
    yield from _movements(fields, currency)
    yield StatementEnd(closing=closing.money)


def _text(fields: Sequence[Field], tag: str) -> str:
    return next((field.text.split("\n")[0].strip() for field in fields if field.tag == tag), "")


def _balance(fields: Sequence[Field], tag: str) -> Balance | None:
    """The balance of a tag, whether of the whole statement or of a page."""
    return next((balance_of(field) for field in fields if field.tag in (f"{tag}F", f"{tag}M")), None)


def _movements(fields: Sequence[Field], currency: str) -> Iterator[Movement]:
    number, is_closed = 0, False
    for place, field in enumerate(fields):
        is_closed = is_closed or field.tag in ("62F", "62M")
        if field.tag != "61":
            continue
        if is_closed:
            raise Unreadable(field.line, "is a movement (field 61) after the closing balance of its statement")
        number += 1
        below = fields[place + 1] if place + 1 < len(fields) else None
        said = details_of(below.text) if below is not None and below.tag == "86" else Details()
        yield _movement(number, line_61(field, currency), said)


def _movement(number: int, line: Line61, said: Details) -> Movement:
    found = symbols_in([said.end_to_end, said.message, line.details])
    own = said.own_reference or _reference(line.own_reference)
    account = said.account or _iban(own) or _iban(line.details)
    return Movement(
        line=number,
        booked_on=line.booked_on,
        value_on=line.value_on,
        amount=line.amount,
        is_reversal=line.is_reversal,
        kind="return" if said.return_reason else kind_by_swift(line.code, said.german_code),
        code=f"{line.code}+{said.german_code}" if said.german_code else line.code,
        return_reason=said.return_reason,
        reference=_reference(line.bank_reference) or said.bank_reference,
        symbols=Symbols(
            variable=found.get("VS", ""),
            constant=found.get("KS", ""),
            specific=found.get("SS", ""),
            end_to_end=_reference(said.end_to_end),
            mandate=said.mandate,
            instruction="" if own == account else own,
        ),
        counterparty=said.name,
        counterparty_account=account,
        message=said.message or line.details,
    )


def _reference(text: str) -> str:
    return "" if text in NO_REFERENCE else text


def _iban(text: str) -> str:
    return text if IBAN.fullmatch(text) else ""
