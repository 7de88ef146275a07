"""Reads OFX statements of bank accounts and credit cards, versions 1 (SGML) and 2 (XML), one movement at a time.

OFX says the closing balance only, so opening + movements = closing cannot be checked. Amounts have their own sign.
Source of the format: OFX 1.0.3 and 2.2, chapter 11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import BinaryIO

from adapters.banks.ofx_text import Token, tokens_in
from adapters.banks.refusals import Unreadable, exact_amount, exact_day
from adapters.banks.symbols import symbols_in
from billing_core.bank_statements.statement import (
    Movement,
    MovementKind,
    StatementEnd,
    StatementPart,
    StatementStart,
    Symbols,
)
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.kernel.money import Money

STATEMENTS = ("STMTRS", "CCSTMTRS")
MOVEMENT, CLOSING = "STMTTRN", "LEDGERBAL"
# Elements that a bank may leave empty; without this an empty one in SGML would be taken for one with others inside.
MAY_BE_EMPTY = ("MEMO", "NAME", "CHECKNUM", "REFNUM", "ACCTKEY", "SIC", "PAYEEID", "DTUSER", "DTAVAIL", "BRANCHID")
DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{6}(?:\.[0-9]{3})?)?(?:\[.*\])?")
KINDS: Mapping[str, MovementKind] = {
    **dict.fromkeys(("XFER", "PAYMENT", "DIRECTDEP", "REPEATPMT"), "payment"),
    **dict.fromkeys(("FEE", "SRVCHG"), "fee"),
    **dict.fromkeys(("INT", "DIV"), "interest"),
    **dict.fromkeys(("CASH", "ATM", "DEP"), "cash"),
    "DIRECTDEBIT": "direct-debit",
    "POS": "card",
}

DEEPEST = 40
# These end by their own tag even in SGML.
NESTING = ("OFX", *STATEMENTS, "BANKTRANLIST", MOVEMENT)

Values = dict[str, str]


def read_ofx(file: BinaryIO) -> Iterator[StatementPart]:
    """The statements of a file, or `Unreadable`."""
    reader, count = _Reader(), 0
    for token in tokens_in(file):
        try:
            for part in reader.take(token):
                count += isinstance(part, StatementEnd)
                yield part
        except BillingError as error:
            raise Unreadable(token.line, str(error)) from None
    if reader.path:
        raise Unreadable(0, f"ends before the end of its element {reader.path[-1]}: is it cut off?")
    if not count:
        raise Unreadable(0, "has no statement: no element STMTRS or CCSTMTRS")


class _Reader:
    """Where in the file the reader is, and what it has found of the statement and of the movement."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self._begin_statement()

    def _begin_statement(self) -> None:
        self._head: Values = {}
        self._start: StatementStart | None = None
        self._movement: Values | None = None
        self._number = 0

    def take(self, token: Token) -> Iterator[StatementPart]:
        """What an element adds."""
        if token.kind == "value":
            self._value(token)
        elif token.kind == "begin":
            if token.name not in MAY_BE_EMPTY:
                yield from self._begin(token)
        elif token.name in self.path:
            while (open_one := self.path.pop()) != token.name:  # An empty element of SGML has no end.
                if open_one in NESTING:
                    raise Unreadable(token.line, f"ends {token.name} before {open_one}")
            yield from self._end(token)

    def _value(self, token: Token) -> None:
        into = self._head if self._movement is None else self._movement
        into.setdefault(f"{self.path[-1] if self.path else ''}/{token.name}", token.value)

    def _begin(self, token: Token) -> Iterator[StatementPart]:
        self.path.append(token.name)
        if len(self.path) > DEEPEST:
            raise Unreadable(token.line, "has elements nested too deeply")
        if token.name in STATEMENTS:
            self._begin_statement()
        if token.name == MOVEMENT:
            if self._movement is not None:
                raise Unreadable(token.line, f"begins a {MOVEMENT} within another")
            yield from self._started()
            self._movement = {}

    def _started(self) -> Iterator[StatementStart]:
        """The head, unless it was said."""
        if self._start is None:
            self._start = _start(self._head)
            yield self._start

    def _end(self, token: Token) -> Iterator[StatementPart]:
        if token.name == MOVEMENT and self._movement is not None and self._start is not None:
            self._number += 1
            values, self._movement = self._movement, None
            yield _movement(self._number, values, self._start.currency)
        if token.name in STATEMENTS:
            yield from self._started()
            assert self._start is not None
            balance = self._head.get(f"{CLOSING}/BALAMT")
            yield StatementEnd(closing=_amount(balance, self._start.currency) if balance else None)


def _start(head: Values) -> StatementStart:
    account = head.get("BANKACCTFROM/ACCTID") or head.get("CCACCTFROM/ACCTID", "")
    bank = head.get("BANKACCTFROM/BANKID", "")
    currency = next((head[f"{name}/CURDEF"] for name in STATEMENTS if f"{name}/CURDEF" in head), "")
    if not account:
        raise InvalidValue("names no account", field="ACCTID", value="")
    if not currency:
        raise InvalidValue("names no currency", field="CURDEF", value="")
    return StatementStart(
        account=f"{account}/{bank}" if len(bank) == 4 and bank.isdigit() else account,
        currency=currency,
        from_on=_day(head.get("BANKTRANLIST/DTSTART", "")),
        to_on=_day(head.get("BANKTRANLIST/DTEND", "")),
    )


def _movement(number: int, values: Values, currency: str) -> Movement:
    own = values.get("CURRENCY/CURSYM", currency)
    if own != currency:
        raise InvalidValue(f"is in another currency than its statement, {currency}", field="CURSYM", value=own)
    booked_on = _day(values.get("STMTTRN/DTPOSTED", ""))
    if booked_on is None:
        raise InvalidValue("names no day", field="DTPOSTED", value="")
    memo = values.get("STMTTRN/MEMO", "")
    found = symbols_in([memo, values.get("STMTTRN/NAME", "")])
    account, bank = (values.get(f"BANKACCTTO/{name}", "") for name in ("ACCTID", "BANKID"))
    code = values.get("STMTTRN/TRNTYPE", "")
    return Movement(
        line=number,
        booked_on=booked_on,
        value_on=_day(values.get("STMTTRN/DTAVAIL", "")),
        amount=_amount(values.get("STMTTRN/TRNAMT", ""), currency),
        kind=KINDS.get(code, "unknown"),
        code=code,
        reference=values.get("STMTTRN/FITID", ""),
        symbols=Symbols(
            variable=found.get("VS", ""), constant=found.get("KS", ""), specific=found.get("SS", ""),
            instruction=values.get("STMTTRN/REFNUM") or values.get("STMTTRN/CHECKNUM", ""),
        ),
        counterparty=values.get("STMTTRN/NAME") or values.get("PAYEE/NAME", ""),
        counterparty_account=f"{account}/{bank}" if len(bank) == 4 and bank.isdigit() else account,
        message=memo,
    )  # fmt: skip


def _amount(text: str, currency: str) -> Money:
    """`+12.50`, `-12,50`: OFX allows either mark of decimals, and none of thousands."""
    plain = text.strip().removeprefix("+").replace(",", ".")
    return exact_amount(f"0{plain}" if plain.startswith(".") else plain.removesuffix("."), currency)


def _day(text: str) -> date | None:
    """`20260302120000.000[+1:CET]` -> 2026-03-02: the day at the bank."""
    if not text:
        return None
    found = DAY.fullmatch(text)
    if found is None:
        raise InvalidValue("is not a date as OFX writes it, 20260302", field="date", value=text)
    return exact_day("-".join(found.groups()))
