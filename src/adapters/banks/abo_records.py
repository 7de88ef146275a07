"""The records of ABO/GPC, the statement of Czech and Slovak banks: fields of fixed width.

Amounts are whole hellers, days `ddmmyy`, accounts 16 digits: six of the prefix and ten of the number. Sources of the
format: the sheets of Fio, Česká spořitelna and ČSOB. The record 075 is long at some banks: a message of 4 times 35
characters to the payee and one of 35 to the payer follow.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from adapters.banks.refusals import Unreadable, shown
from adapters.banks.symbols import bare
from adapters.files.bank_profile import AboForm
from billing_core.kernel.errors import BillingError
from billing_core.kernel.money import Money, minor_unit

# Some banks let the name of the account run two characters longer.
HEAD = re.compile(
    r"074(?P<account>[0-9]{16})(?P<name>.{20,22}?)(?P<from_on>[0-9]{6})(?P<opening>[0-9]{14}[+-])(?P<closing>[0-9]{14}[+-])"
    r"(?P<debits>[0-9]{14}[+\-0])(?P<credits>[0-9]{14}[+\-0])(?P<number>[0-9]{3})(?P<to_on>[0-9]{6}).*"
)
MOVEMENT = re.compile(
    r"075(?P<account>[0-9]{16})(?P<counter>[0-9]{16})(?P<document>.{13})(?P<amount>[0-9]{12})(?P<code>[0-9])"
    r"(?P<variable>[0-9 ]{10})(?P<constant>[0-9 ]{10})(?P<specific>[0-9 ]{10})(?P<value_on>[0-9]{6})(?P<name>.{20})"
    r"(?P<change>.)(?P<data>.{4})(?P<due_on>[0-9]{6})(?P<more>.*)"
)
# The numbers of ISO 4217 that stand as `0203` in the kind of data; other kinds name no currency.
CURRENCIES = {
    "0203": "CZK", "0978": "EUR", "0840": "USD", "0826": "GBP", "0756": "CHF", "0985": "PLN", "0348": "HUF",
    "0703": "SKK", "0975": "BGN", "0946": "RON", "0752": "SEK", "0578": "NOK", "0208": "DKK",
}  # fmt: skip
SIGNS = {"credit": 1, "debit": -1, "debit-reversal": 1, "credit-reversal": -1}
MOST_DAYS_APART = 366
MESSAGE = slice(0, 140)
CENTURY = 2000


class Head(NamedTuple):
    """Record 074; amounts are hellers, signed."""

    line: int
    account: str
    number: str
    from_on: date
    to_on: date
    opening: int
    closing: int
    credits: int
    debits: int


class Record(NamedTuple):
    """Record 075. `texts` are what the records 076, 078 and 079 add."""

    line: int
    counter_account: str
    document: str
    hellers: int
    is_reversal: bool
    code: str
    variable: str
    constant: str
    specific: str
    booked_on: date
    value_on: date
    name: str
    message: str
    currency: str


def head_in(line: int, text: str, form: AboForm) -> Head:
    """The head of a statement."""
    found = HEAD.fullmatch(text)
    if found is None:
        raise Unreadable(line, f"is no head of a statement (record 074): {shown(text)}")
    return Head(
        line=line,
        account=account_of(found["account"], form),
        number=found["number"],
        from_on=_day(line, found["from_on"]),
        to_on=_day(line, found["to_on"]),
        opening=_signed(found["opening"]),
        closing=_signed(found["closing"]),
        credits=_signed(found["credits"]),
        debits=_signed(found["debits"]),
    )


def record_in(line: int, text: str, head: Head, form: AboForm) -> Record:
    """A movement of a statement. A day far from the statement's shows that its fields are not where they should be."""
    found = MOVEMENT.fullmatch(text)
    if found is None:
        raise Unreadable(line, f"is no movement (record 075): {shown(text)}")
    if account_of(found["account"], form) != head.account:
        raise Unreadable(line, f"is a movement of another account, {found['account']}, than its statement")
    meaning = form.codes.get(found["code"])
    if meaning is None:
        known = ", ".join(form.codes)
        raise Unreadable(line, f"has the posting code {found['code']}; the bank profile knows {known}")
    value_on = _near(line, found["value_on"], head)
    booked_on = value_on if found["due_on"] == "000000" else _near(line, found["due_on"], head)
    bank, constant = found["constant"][2:6], found["constant"][6:]
    counter = account_of(found["counter"], form)
    return Record(
        line=line,
        counter_account=f"{counter}/{bank}" if counter and bank.strip("0 ") else counter,
        document=bare(found["document"]),
        hellers=SIGNS[meaning] * int(found["amount"]),
        is_reversal=meaning.endswith("reversal"),
        code=found["code"],
        variable=bare(found["variable"]),
        constant=bare(constant),
        specific=bare(found["specific"]),
        booked_on=booked_on,
        value_on=value_on,
        name=found["name"].strip(),
        message=" ".join(found["more"][MESSAGE].split()),
        currency=CURRENCIES.get(found["data"], ""),
    )


def account_of(digits: str, form: AboForm) -> str:
    """`0000192000145399` -> `19-2000145399`; no account at all is empty."""
    ordered = "".join(digits[place - 1] for place in form.account_digits)
    prefix, number = ordered[:6].lstrip("0"), ordered[6:].lstrip("0")
    return f"{prefix}-{number}" if prefix else number


def money_of(line: int, hellers: int, currency: str) -> Money:
    """Hellers as money; a currency that is none is refused."""
    try:
        return Money(hellers * minor_unit(currency), currency)
    except BillingError as error:
        raise Unreadable(line, str(error)) from None


def _signed(text: str) -> int:
    return int(text[:-1]) * (-1 if text.endswith("-") else 1)


def _day(line: int, text: str) -> date:
    try:
        return date(CENTURY + int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        raise Unreadable(line, f"has a day that does not exist: {text}; days are written ddmmyy") from None


def _near(line: int, text: str, head: Head) -> date:
    on = _day(line, text)
    if abs((on - head.to_on).days) > MOST_DAYS_APART:
        raise Unreadable(line, f"has the day {on}, more than a year from that of its statement, {head.to_on}")
    return on
