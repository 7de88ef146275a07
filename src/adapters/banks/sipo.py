"""Files of SIPO, by which the post collects: changes and their cover, to the post; paid, rejected and unpaid, from it.

Records have fixed places, lines end in CR LF, and what we write is plain ASCII, so that it does not matter which
character set was agreed. Worked example, March 2026, connection number 1234567897, 350 crowns, 349 the month before:

    change   "  " 032026 0 1234567897 123456 "      " 101 "   350.00" "   349.00" "S1-3-1            "
    cover    123456 032026 00000001 10032026
    paid     123456 1234567897 032026 101 "   350.00" 25.03.2026
    rejected the change, and from place 71 on letters: D unknown number, H the amount before differs, ...

Source: technical terms of Česká pošta of 2014; compare them with those that are agreed before the first file is sent.
The layout of the file of unpaid sums is taken to be that of the paid ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import msgspec

from adapters.banks.collection_files import CollectionFile, FileDebit
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.kernel.money import Money

ENCODING = "cp1250"
CHANGE_LENGTH, COVER_LENGTH, PAID_LENGTH = 70, 28, 44
REJECTIONS = {
    "A": "bad kind of change", "B": "bad period", "D": "unknown connection number", "E": "unknown fee code",
    "F": "zero, negative, or with hellers", "G": "the same record twice", "H": "the amount before differs",
    "J": "the connection number is blocked", "L": "bad structure",
}  # fmt: skip


class SipoChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be collected by a connection number in a month."""

    period: str
    kind: str
    number: str
    recipient: str
    fee_code: str
    amount: Decimal
    amount_before: Decimal
    text: str


class SipoAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the post says of a connection number and a month: paid on a day, unpaid, or rejected by these letters."""

    line: int
    number: str
    period: str
    fee_code: str
    amount: Decimal
    paid_on: date | None = None
    rejected: str = ""


# --- to the post


def changes_bytes(file: CollectionFile) -> bytes:
    """The file of changes of a batch, ZM and the month."""
    return _bytes(change_line(_change(debit, file)) for debit in file.debits)


def cover_bytes(file: CollectionFile) -> bytes:
    """The cover of the file of changes, OP and the month."""
    cover = f"{file.terms.sipo_recipient}{period_of(file.collect_on)}{len(file.debits):08d}{file.frozen_on:%d%m%Y}"
    return _bytes([cover])


def period_of(on: date) -> str:
    """The month of a day as the post writes it: 032026."""
    return f"{on:%m%Y}"


def change_line(change: SipoChange) -> str:
    """A record of 70 places."""
    return (
        f"  {change.period}{change.kind}{change.number}{change.recipient}      {change.fee_code}"
        f"{_crowns(change.amount)}{_crowns(change.amount_before)}{change.text[:18].ljust(18)}"
    )


def read_change(line: str) -> SipoChange:
    """A record of 70 places as it was written."""
    if len(line) < CHANGE_LENGTH:
        raise InvalidValue(f"must have {CHANGE_LENGTH} places", field="change", value=line)
    return SipoChange(
        period=line[2:8], kind=line[8], number=line[9:19], recipient=line[19:25], fee_code=line[31:34],
        amount=_amount(line[34:43]), amount_before=_amount(line[43:52]), text=line[52:70].rstrip(),
    )  # fmt: skip


def _change(debit: FileDebit, file: CollectionFile) -> SipoChange:
    before = debit.amount_before or Money(Decimal(0), debit.amount.currency)
    return SipoChange(
        period=period_of(file.collect_on), kind=file.terms.sipo_change_kind, number=debit.payer_account,
        recipient=file.terms.sipo_recipient, fee_code=file.terms.sipo_fee_code, amount=debit.amount.amount,
        amount_before=before.amount, text=debit.end_to_end,
    )  # fmt: skip


def _crowns(amount: Decimal) -> str:
    """Nine places: 350 is "   350.00"; hellers cannot be collected."""
    if amount != int(amount) or not 0 <= amount < 1_000_000:
        raise InvalidValue("must be whole crowns below 1,000,000", field="amount", value=amount)
    return f"{int(amount)}.00".rjust(9)


def _bytes(lines: Iterator[str] | list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


# --- from the post


def is_sipo_answer(first_line: str) -> bool:
    """Whether a file begins with a record of paid, unpaid or rejected sums."""
    line = first_line.rstrip("\r\n")
    return (len(line) == PAID_LENGTH and line[:25].isdigit()) or (len(line) > CHANGE_LENGTH and line.startswith("  "))


def read_answers(content: bytes, *, is_unpaid: bool = False) -> Iterator[SipoAnswer | BillingError]:
    """The records of a file of paid, unpaid or rejected sums; a bad one is an error and the others go on."""
    for number, line in enumerate(content.decode(ENCODING).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield _answer(line, number, is_unpaid=is_unpaid)
        except (InvalidValue, ValueError, InvalidOperation) as error:
            reason = error.message if isinstance(error, InvalidValue) else "has a number or day that cannot be read"
            yield InvalidValue(reason, field=f"line {number}", value=line)


def _answer(line: str, number: int, *, is_unpaid: bool) -> SipoAnswer:
    if line.startswith("  "):
        change = read_change(line)
        rejected = line[CHANGE_LENGTH:].strip()
        if not rejected:
            raise InvalidValue("has no letter that says why it is rejected", field="change", value=line)
        return SipoAnswer(line=number, number=change.number, period=change.period, fee_code=change.fee_code,
                          amount=change.amount, rejected=rejected)  # fmt: skip
    if len(line) < PAID_LENGTH - (10 if is_unpaid else 0):
        raise InvalidValue(f"must have {PAID_LENGTH} places", field="record", value=line)
    paid_on = None if is_unpaid else datetime.strptime(line[34:44], "%d.%m.%Y").date()  # noqa: DTZ007
    return SipoAnswer(line=number, number=line[6:16], period=line[16:22], fee_code=line[22:25],
                      amount=_amount(line[25:34]), paid_on=paid_on)  # fmt: skip


def _amount(text: str) -> Decimal:
    if not text.strip().replace(".", "", 1).isdigit():
        raise InvalidValue("is no amount", field="amount", value=text)
    return Decimal(text.strip())
