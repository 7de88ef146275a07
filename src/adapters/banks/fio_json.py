"""Reads what the API of Fio banka answers as JSON: one statement, whose movements have numbered columns.

Fio documents the columns in the guide of its API: 22 is the id of the movement, 0 its day, 1 its signed amount, 5 the
variable symbol. Numbers are read as they are written, never as binary fractions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, BinaryIO

from adapters.banks.refusals import Unreadable, exact_amount, exact_day
from adapters.banks.symbols import bare
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

# How Fio names the types of movements.
KINDS: Mapping[str, MovementKind] = {
    **dict.fromkeys(
        ("Bezhotovostní příjem", "Bezhotovostní platba", "Příjem převodem uvnitř banky", "Platba převodem uvnitř banky",
         "Okamžitá příchozí platba", "Okamžitá odchozí platba", "Příchozí platba", "Platba v jiné měně",
         "Příchozí okamžitá platba", "Odchozí okamžitá platba", "Europlatba příchozí", "Europlatba odchozí"),
        "payment",
    ),
    **dict.fromkeys(("Vklad pokladnou", "Výběr pokladnou", "Vklad v hotovosti", "Výběr v hotovosti"), "cash"),
    **dict.fromkeys(("Poplatek", "Poplatek - pokladna", "Poplatek - platební karta", "Odvod daně"), "fee"),
    **dict.fromkeys(("Připsaný úrok", "Úrok"), "interest"),
    **dict.fromkeys(("Platba kartou", "Karetní transakce"), "card"),
    **dict.fromkeys(("Inkaso", "Příchozí inkaso", "Odchozí inkaso", "Inkaso ve prospěch z jiné banky"), "direct-debit"),
}  # fmt: skip


def read_fio_json(file: BinaryIO) -> Iterator[StatementPart]:
    """The statement of an answer, or `Unreadable`."""
    statement = _statement(file)
    info = statement.get("info")
    if not isinstance(info, dict):
        raise Unreadable(0, "has no info of the account")
    try:
        start = _start(info)
        closing = _money(info.get("closingBalance"), start.currency, "closingBalance")
    except BillingError as error:
        raise Unreadable(0, f"info: {error}") from None
    yield start
    for number, row in enumerate(_rows(statement), start=1):
        try:
            yield _movement(number, row, start.currency)
        except BillingError as error:
            raise Unreadable(0, f"movement {number}: {error}") from None
    yield StatementEnd(closing=closing)


def _statement(file: BinaryIO) -> Mapping[str, Any]:
    try:
        answer = json.loads(file.read(), parse_float=Decimal, parse_int=Decimal, parse_constant=Decimal)
    except json.JSONDecodeError as error:
        raise Unreadable(error.lineno, f"is no JSON: {error.msg}") from None
    except (UnicodeDecodeError, RecursionError, ArithmeticError):
        raise Unreadable(0, "is no JSON in UTF-8 that could be read") from None
    statement = answer.get("accountStatement") if isinstance(answer, dict) else None
    if not isinstance(statement, dict):
        raise Unreadable(0, "has no accountStatement")
    return statement


def _rows(statement: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The values of each movement by the number of the column."""
    listed = statement.get("transactionList")
    rows = listed.get("transaction") if isinstance(listed, dict) else None
    if not isinstance(rows, list):
        raise Unreadable(0, "has no list of movements (transactionList)")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise Unreadable(0, f"movement {number}: is no object with columns")
        yield {
            name.removeprefix("column"): column.get("value")
            for name, column in row.items()
            if isinstance(column, dict)
        }  # fmt: skip


def _start(info: Mapping[str, Any]) -> StatementStart:
    currency = _text(info.get("currency"))
    account, bank = _text(info.get("accountId")), _text(info.get("bankId"))
    if not currency or not account:
        raise InvalidValue("must be named", field="accountId" if not account else "currency", value="")
    days = [exact_day(_text(info.get(name))) if info.get(name) else None for name in ("dateStart", "dateEnd")]
    return StatementStart(
        account=_text(info.get("iban")) or (f"{account}/{bank}" if bank else account),
        currency=currency,
        number=_text(info.get("idList")),
        from_on=days[0],
        to_on=days[1],
        opening=_money(info.get("openingBalance"), currency, "openingBalance"),
        closing=_money(info.get("closingBalance"), currency, "closingBalance"),
    )


def _movement(number: int, row: Mapping[str, Any], currency: str) -> Movement:
    texts = {column: _text(value) for column, value in row.items()}
    own = texts.get("14") or currency
    if own != currency:
        raise InvalidValue(f"is in another currency than its statement, {currency}", field="column14", value=own)
    amount = _money(row.get("1"), currency, "column1")
    if amount is None or not texts.get("22"):
        raise InvalidValue("must be there", field="column1" if amount is None else "column22", value="")
    account, bank = texts.get("2", ""), texts.get("3", "")
    return Movement(
        line=number,
        booked_on=exact_day(texts.get("0", "")),
        amount=amount,
        kind=KINDS.get(texts.get("8", ""), "unknown"),
        code=texts.get("8", ""),
        reference=texts["22"],
        symbols=Symbols(
            variable=bare(texts.get("5", "")),
            constant=bare(texts.get("4", "")),
            specific=bare(texts.get("6", "")),
            end_to_end=texts.get("27", ""),
            instruction=texts.get("17", ""),
        ),
        counterparty=texts.get("10", ""),
        counterparty_account=f"{account}/{bank}" if account and bank else account,
        message=texts.get("16") or texts.get("7", ""),
    )


def _money(value: object, currency: str, field: str) -> Money | None:
    """An amount, a number or the text of one."""
    if value is None:
        return None
    try:
        return exact_amount(f"{value:f}" if isinstance(value, Decimal) else str(value), currency)
    except BillingError as error:
        raise InvalidValue(error.message, field=field, value=value) from None


def _text(value: object) -> str:
    """Fio writes ids as numbers."""
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value).strip()
