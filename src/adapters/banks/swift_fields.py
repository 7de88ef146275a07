"""Fields of SWIFT's MT940: a file cut into statements of fields with their lines, and the values of the fields.

The library `mt-940` reads the movements (field 61) and guesses the year of a booking day. Around it stands what it
leaves open: it reads a long amount in part, gives a reversed credit a plus unless asked, and names no line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from mt940.models import Transactions
from mt940.options import Options
from mt940.processors import date_fixup_pre_processor
from mt940.tags import Statement, StatementASNB

from adapters.banks.refusals import Unreadable, exact_amount, shown
from billing_core.kernel.dates import require_day
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.kernel.money import Money

FIELD = re.compile(r":(?P<tag>[0-9]{2}[A-Z]?|NS):(?P<text>.*)")
BALANCE = re.compile(r"(?P<mark>[DC])(?P<day>[0-9]{6})(?P<currency>[A-Z]{3})(?P<amount>[0-9]*,?[0-9]*)\s*")
AMOUNT_OF_MOVEMENT = re.compile(r"[0-9]{6}(?:[0-9]{4}|\s{4})?[A-Za-z]{1,3}[\n ]?(?P<amount>[0-9,]+)")
LONG_REFERENCE = re.compile(r"[0-9]{6,10}[CD][0-9]+,[0-9]*[A-Z][A-Z0-9]{3}[^/]{17,34}")
END_OF_STATEMENT = re.compile(r"-(\}|$|[^0-9 ]{3}$)|\x03")
AS_ASKED = Transactions({}, options=Options.all())


class Field(NamedTuple):
    """The line of the file, the tag, and the text with its line ends."""

    line: int
    tag: str
    text: str


def statements_in(lines: Iterable[str]) -> Iterator[list[Field]]:
    """The fields of each statement; one begins with field 20, and what stands between two is an envelope."""
    fields: list[Field] = []
    open_field = False
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n").lstrip("\x01")
        found = FIELD.match(text)
        if found is not None:
            if found["tag"] == "20" and fields:
                yield fields
                fields = []
            fields.append(Field(number, found["tag"], found["text"]))
            open_field = True
        elif text.startswith("{") or END_OF_STATEMENT.match(text):
            open_field = False
        elif open_field:
            fields[-1] = fields[-1]._replace(text=f"{fields[-1].text}\n{text}")
    if fields:
        yield fields


class Line61(NamedTuple):
    """A movement as field 61 says it."""

    booked_on: date
    value_on: date
    amount: Money
    is_reversal: bool
    code: str
    own_reference: str
    bank_reference: str
    details: str


def line_61(field: Field, currency: str) -> Line61:
    """The values of a movement, or `Unreadable`. 30 February, a value day of banks, is its month's last day."""
    try:
        said = _read_61(field.text.rstrip(), currency)
        amount = swift_amount(_whole_amount(field.text), currency)
        status = str(said["status"]).upper()
        booked = said.get("entry_date") or said["date"]
        return Line61(
            booked_on=require_day(date(booked.year, booked.month, booked.day), "date"),
            value_on=require_day(date(said["date"].year, said["date"].month, said["date"].day), "date"),
            amount=amount if said["amount"].amount >= 0 else -amount,
            is_reversal=status.startswith("R"),
            code=str(said.get("id") or "").strip(),
            own_reference=str(said.get("customer_reference") or "").strip(),
            bank_reference=str(said.get("bank_reference") or "").strip(),
            details=str(said.get("extra_details") or "").strip(),
        )
    except BillingError as error:
        raise Unreadable(field.line, f"movement (field 61) {shown(field.text)}: {error}") from None
    except (RuntimeError, ValueError, ArithmeticError):
        raise Unreadable(field.line, f"is no movement (field 61): {shown(field.text)}") from None


def _read_61(text: str, currency: str) -> dict[str, Any]:
    """What the library reads; ASN Bank writes longer references than SWIFT allows."""
    tag = StatementASNB() if LONG_REFERENCE.fullmatch(text.partition("\n")[0]) else Statement()
    fixed = date_fixup_pre_processor(AS_ASKED, tag, {**tag.parse(AS_ASKED, text), "currency": currency})
    return dict(tag(AS_ASKED, fixed))


def _whole_amount(text: str) -> str:
    found = AMOUNT_OF_MOVEMENT.match(text)
    if found is None:
        raise InvalidValue("has no amount", field="amount", value=text[:30])
    return found["amount"]


def swift_amount(text: str, currency: str) -> Money:
    """`300,` -> 300.00, `,5` -> 0.50: SWIFT always writes the comma."""
    if text.count(",") != 1 or len(text) == 1:
        raise InvalidValue("must be written with one comma", field="amount", value=text)
    whole, _, decimals = text.partition(",")
    return exact_amount(f"{whole or '0'}.{decimals}" if decimals else whole, currency)


class Balance(NamedTuple):
    """A balance of fields 60 and 62."""

    on: date
    money: Money


def balance_of(field: Field) -> Balance:
    """`C220101EUR12,50` -> 12.50 EUR on 2022-01-01; `D` is below zero."""
    found = BALANCE.fullmatch(field.text)
    if found is None:
        raise Unreadable(field.line, f"is no balance (field {field.tag}): {shown(field.text)}")
    try:
        money = swift_amount(found["amount"], found["currency"])
        day = found["day"]
        on = date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
    except BillingError as error:
        raise Unreadable(field.line, f"balance (field {field.tag}): {error}") from None
    except ValueError:
        raise Unreadable(field.line, f"field {field.tag}: a day that does not exist: {shown(field.text)}") from None
    return Balance(on, money if found["mark"] == "C" else -money)
