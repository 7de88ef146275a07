"""Reads payments from a bank's CSV file by its profile, one row at a time; bad rows are reported, the others continue.

Without another profile a file is in the program's own form:

    source,reference,received_on,amount,currency,payment_reference,payer
    bank,2026-000123,2026-03-14,49.90,EUR,1000000007,Anna Kalniņa

`source` and `reference` together name the payment for good; `payment_reference` is what the payer wrote and is
matched later, as is what belongs to no account. An amount has no more decimals than its currency.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from adapters.files.bank_profile import AN_EXAMPLE, OWN, BankColumn, BankProfile
from adapters.files.csv_profile import Cells, meaning, text_of
from adapters.files.csv_table import CsvRow, CsvTable
from billing_core.kernel.dates import require_day
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money, parse_amount, zero
from billing_core.parties.details import require_text
from commands.bank_statements.booking import BankRow
from commands.platform.batch import BatchReport

# Banks write a space that does not break a line between thousands, and a real minus sign.
AS_TYPED = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-"})
DIRECTIONS = ("credit", "debit")
MORE_THAN_ZERO = "must be more than zero; record money paid back as a reversal"


class BankLine(NamedTuple):
    """What one row says: its amount, above zero if it came in, and the text of every field that the profile fills."""

    amount: Money
    received_on: date
    value_on: date | None
    texts: Mapping[str, str]


def bank_table(path: Path, profile: BankProfile) -> CsvTable:
    """The file as a table whose header was found and checked."""
    return CsvTable(path, profile.delimiter, profile.encoding, profile.used_columns, f"the profile {profile.name}")


def read_line(profile: BankProfile, row: CsvRow) -> BankLine:
    """A row by the profile, whether money came in or was paid out; or `InvalidValue`."""
    texts = _texts(profile, row.cells)
    amount = _amount(profile, texts)
    for field in ("source", "reference"):
        require_text(texts[field], profile.column_by_field.get(field, field))
    value = texts.get("value_on", "")
    return BankLine(
        amount=amount,
        received_on=_date(texts["received_on"], profile.date_form, profile.column_by_field["received_on"]),
        value_on=_date(value, profile.date_form, profile.column_by_field["value_on"]) if value else None,
        texts=texts,
    )


def read_bank_rows(path: Path, report: BatchReport, profile: BankProfile = OWN) -> Iterator[BankRow]:
    """The payments of a file. The columns are checked at once, the rows as they are walked."""
    table = bank_table(path, profile)

    def read() -> Iterator[BankRow]:
        for row in table.read(lambda row: _bank_row(profile, row), report):
            if row is None:
                report.skipped += 1
            else:
                yield row

    return read()


def _bank_row(profile: BankProfile, row: CsvRow) -> BankRow | None:
    """A payment; none if the row is money paid out that the profile skips."""
    line = read_line(profile, row)
    if line.amount < zero(line.amount.currency):
        if profile.debits == "skip":
            return None
        field = next(field for field in ("debit", "amount") if field in profile.column_by_field)
        raise InvalidValue(MORE_THAN_ZERO, field=profile.column_by_field[field], value=line.texts[field])
    return BankRow(
        line=row.line,
        source=line.texts["source"],
        reference=line.texts["reference"],
        received_on=line.received_on,
        amount=line.amount,
        payment_reference=line.texts["payment_reference"],
        payer=line.texts.get("payer", ""),
    )


def _texts(profile: BankProfile, cells: Cells) -> Mapping[str, str]:
    """The text of every field that the profile fills."""
    texts: dict[str, str] = {field: text for field, text in profile.constants.items()}  # noqa: C416
    for name, column in profile.columns.items():
        text = _part_that_counts(column, meaning(column.values, name, cells[name]))
        for field in column.to:
            texts[field] = text
    for field, text in profile.texts.items():
        texts[field] = text_of(text, cells)
    return texts


def _part_that_counts(column: BankColumn, text: str) -> str:
    """What the pattern finds; the whole text if it finds nothing, or several that differ: that is left to a person."""
    if column.pattern is None:
        return text
    found = set(_compiled(column.pattern).findall(text))
    return found.pop() if len(found) == 1 else text


_compiled = cache(re.compile)


def _amount(profile: BankProfile, texts: Mapping[str, str]) -> Money:
    """The amount, above zero if it came in; a column of debits may write them with or without a minus."""
    field, is_debit = _side(profile, texts)
    amount = _signed(profile, texts[field], field, texts["currency"])
    nothing = zero(amount.currency)
    if amount == nothing:
        raise InvalidValue(MORE_THAN_ZERO, field=profile.column_by_field[field], value=texts[field])
    return amount if not is_debit or amount < nothing else -amount


def _side(profile: BankProfile, texts: Mapping[str, str]) -> tuple[str, bool]:
    """The field with the amount, and whether it says that the amount was paid out."""
    if "amount" in texts:
        direction = texts.get("direction", "credit")
        if direction not in DIRECTIONS:
            raise InvalidValue("must be credit or debit; list its codes under values of the column",
                               field=profile.column_by_field["direction"], value=direction)  # fmt: skip
        return "amount", direction == "debit"
    sides = [field for field in DIRECTIONS if texts.get(field, "").strip("0.,")]
    if len(sides) != 1:
        raise InvalidValue("must be an amount in exactly one of the columns for credit and debit",
                           field=profile.column_by_field["credit"], value=texts["credit"])  # fmt: skip
    return sides[0], sides[0] == "debit"


def _signed(profile: BankProfile, text: str, field: str, currency: str) -> Money:
    """An amount as the profile writes it: `-1 234,50` with decimal `,` and thousands ` ` is -1234.50."""
    column = profile.column_by_field[field]
    found = _amount_pattern(profile.decimal, profile.thousands).fullmatch(text.translate(AS_TYPED))
    if found is None:
        example = f"1{profile.thousands}234{profile.decimal}50"
        raise InvalidValue(f"is not a number as the profile writes it; for example {example}", field=column, value=text)
    sign, whole, decimals = found["sign"], found["whole"].replace(profile.thousands or " ", ""), found["decimals"]
    plain = f"{'-' if sign == '-' else ''}{whole}" + (f".{decimals}" if decimals else "")
    try:
        return parse_amount(plain, currency, "amount")
    except InvalidValue as refused:  # It may be the currency that is wrong.
        if refused.field != "amount":
            named = profile.column_by_field.get("currency", "currency")
            raise InvalidValue(refused.message, field=named, value=refused.value) from None
        raise InvalidValue(refused.message, field=column, value=text) from None


@cache
def _amount_pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    groups = f"|[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+" if thousands else ""
    return re.compile(f"(?P<sign>[+-]?) ?(?P<whole>[0-9]{{1,40}}{groups})(?:{re.escape(decimal)}(?P<decimals>[0-9]+))?")


@lru_cache(maxsize=1024)
def _date(text: str, form: str, column: str) -> date:
    """A day that exists, in the form of the profile; the time of day does not count."""
    try:
        on = datetime.strptime(text, form).date()  # noqa: DTZ007  Only its date counts.
    except ValueError:
        raise InvalidValue(
            f"is not a date that exists, as the profile writes it; for example {AN_EXAMPLE:{form}}", field=column,
            value=text,
        ) from None  # fmt: skip
    return require_day(on, column)
