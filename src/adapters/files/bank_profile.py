"""Bank profiles: how the columns of a bank's CSV statement become payments.

A profile is a YAML file. Its fields are those of a payment: `source` and `reference`, which together name it for good,
`received_on`, `amount` (or `credit` and `debit`), `direction`, `currency`, `payment_reference` and `payer`; and if the
bank says them `payer_account`, `message`, `value_on`, `code`, `constant_symbol` and `specific_symbol`.

    name: north-bank
    delimiter: ";"                            # "," if left out
    encoding: cp1251                          # utf-8 if left out
    date_form: "%d.%m.%Y"                     # "%Y-%m-%d" if left out
    decimal: ","                              # "." if left out
    thousands: " "                            # none if left out
    debits: skip                              # rejected if left out
    columns:                                  # column: field, or {to: field, values: codes, pattern: ...}
      Reference: reference
      Date: received_on
      Credit: credit
      Debit: debit
      Details: {to: payment_reference, pattern: "[0-9]{10}"}
      Payer: payer
    constants:                                # field: the same value for every row
      source: north-bank
      currency: EUR

The row with the columns' names is the first one near the top that has every column of the profile; what stands above
it is the bank's heading. Other columns are not used, so a bank may add some. An amount below zero, one in the column of
debits, and a row whose direction is `debit` is money paid out: no payment.

A profile for ABO/GPC files has `abo` instead of columns: what the bank does differently there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

import msgspec
from pydantic import BeforeValidator

from adapters.edge.values import AT_LEAST_ONE, Kept
from adapters.files.csv_profile import (
    COLUMN_IN_TEXT,
    Delimiter,
    Encoding,
    TextOfColumns,
    as_column,
    as_list,
    require_filled_once,
)
from adapters.files.yaml_documents import FilePart

BankField = Literal[
    "source", "reference", "received_on", "amount", "credit", "debit", "direction", "currency", "payment_reference",
    "payer", "payer_account", "message", "value_on", "code", "constant_symbol", "specific_symbol",
]  # fmt: skip
AboCode = Literal["debit", "credit", "debit-reversal", "credit-reversal"]
ABO_CODES: Mapping[str, AboCode] = {"1": "debit", "2": "credit", "4": "debit-reversal", "5": "credit-reversal"}
REQUIRED = ("source", "reference", "received_on", "currency", "payment_reference")
AN_EXAMPLE = date(2026, 3, 14)
DIRECTIVE = re.compile("%.?")
MOST_OF_A_PATTERN = 200


def _require_date_form(form: str) -> None:
    directives = DIRECTIVE.findall(form)
    unknown = [each for each in directives if each not in ("%d", "%m", "%Y", "%y", "%H", "%M", "%S")]
    has_day = "%d" in directives and "%m" in directives and ("%Y" in directives or "%y" in directives)
    if unknown or not has_day or len(set(directives)) < len(directives):
        raise ValueError('is not the form of a date; write for example "%d.%m.%Y" or "%d/%m/%y %H:%M"')


def _require_pattern(pattern: str) -> None:
    if len(pattern) > MOST_OF_A_PATTERN:
        raise ValueError(f"must not be longer than {MOST_OF_A_PATTERN} characters")
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    if compiled.match("") or compiled.groups > 1:
        raise ValueError("must match some text, with at most one group")


def _require_permutation(places: tuple[int, ...]) -> None:
    if sorted(places) != list(range(1, 17)):
        raise ValueError("must name each of the places 1 to 16 once")


class BankColumn(FilePart, frozen=True, kw_only=True):
    """The fields that a column fills, the meaning of its codes, and the pattern of what counts in it."""

    to: Annotated[tuple[BankField, ...], BeforeValidator(as_list), AT_LEAST_ONE]
    values: Mapping[str, str] | None = None
    pattern: Annotated[str, Kept(_require_pattern)] | None = None


class AboForm(FilePart, frozen=True, kw_only=True):
    """What banks do differently in ABO/GPC files.

    `codes` says what a posting code means. `account_digits` gives, for each of the 16 digits of an account as it is
    read, its place in the file, from 1. `currency` holds if the file names none.
    """

    codes: Mapping[str, AboCode] = msgspec.field(default_factory=lambda: ABO_CODES)
    account_digits: Annotated[tuple[int, ...], Kept(_require_permutation)] = tuple(range(1, 17))
    currency: str = "CZK"


class BankProfile(FilePart, frozen=True, kw_only=True, dict=True):
    """How one bank's CSV statement is read; the module's note has the vocabulary."""

    name: str
    delimiter: Delimiter = ","
    encoding: Encoding = "utf-8"
    date_form: Annotated[str, Kept(_require_date_form)] = "%Y-%m-%d"
    decimal: Literal[".", ","] = "."
    thousands: Literal["", " ", ".", ",", "'"] = ""
    debits: Literal["reject", "skip"] = "reject"
    columns: Mapping[str, Annotated[BankColumn, BeforeValidator(as_column)]] = {}
    texts: Mapping[BankField, TextOfColumns] = {}
    constants: Mapping[Literal["source", "currency"], str] = {}
    abo: AboForm | None = None

    def __post_init__(self) -> None:
        if self.abo is not None and not self.columns:
            return
        filled = list(self._filled())
        require_filled_once(filled, REQUIRED)
        if ("amount" in filled) == ("credit" in filled):
            raise ValueError("columns: fill either amount, or credit and debit")
        if "debit" in filled and "credit" not in filled:
            raise ValueError("columns: debit needs credit; a single column of amounts fills amount")
        if "direction" in filled and "amount" not in filled:
            raise ValueError("columns: direction needs amount; columns for credit and debit say it already")
        if self.thousands == self.decimal:
            raise ValueError("thousands: must be another character than decimal")

    @cached_property
    def used_columns(self) -> Collection[str]:
        """The columns that the file must have, in the order of the profile."""
        in_texts = [column for text in self.texts.values() for column in COLUMN_IN_TEXT.findall(text)]
        return dict.fromkeys([*self.columns, *in_texts]).keys()

    @cached_property
    def column_by_field(self) -> Mapping[str, str]:
        """The column that messages name for a field; the field itself if it is a constant."""
        named = {field: name for name, column in self.columns.items() for field in column.to}
        return named | {field: COLUMN_IN_TEXT.findall(text)[0] for field, text in self.texts.items()}

    def _filled(self) -> Iterator[str]:
        for column in self.columns.values():
            yield from column.to
        yield from self.texts
        yield from self.constants


OWN = BankProfile(
    name="own",
    columns={
        field: BankColumn(to=(field,))
        for field in ("source", "reference", "received_on", "amount", "currency", "payment_reference", "payer")
    },
)
