"""Reads CAMT.053 (statements) and CAMT.054 (notifications) of ISO 20022, one entry at a time with flat memory.

The versions 2 to 13 are read alike. An entry with several payments (`NtryDtls/TxDtls`) gives a movement for each, if
their amounts sum to the entry's: a bank may book a batch in one sum. If they do not (other currency, fees taken off, no
amounts) the entry stays one movement, for a person to split. Entries that are not booked yet come again: passed over.

camt.052 reports within a day what camt.053 says again in the evening, so it is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import BinaryIO, TypeVar
from xml.parsers import expat

from adapters.banks.camt_fields import ENTRY, PART, Part, code_of, own_reference, part_of, signed_amount
from adapters.banks.camt_head import BALANCE, HEAD, head_of, summary_of
from adapters.banks.camt_walk import Group, Place, Texts, Walk, group_at
from adapters.banks.refusals import Unreadable, at_line, exact_day
from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.kernel.money import Money, total

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.(?P<message>05[234])\.001\.(?P<version>[0-9]{2})")
FIRST_VERSION, LAST_VERSION = 2, 13
STATEMENTS = ("BkToCstmrStmt/Stmt", "BkToCstmrDbtCdtNtfctn/Ntfctn")

Said = TypeVar("Said")


def read_camt(file: BinaryIO) -> Iterator[StatementPart]:
    """The statements of a message, or `Unreadable`."""
    message = _Message()
    try:
        for group, around in Walk(_places).groups(file):
            yield from message.take(group, around)
    except expat.ExpatError as error:
        raise Unreadable(error.lineno, f"is no well-formed XML: {expat.ErrorString(error.code)}") from None
    if not message.statements:
        raise Unreadable(0, "has no statement: no element Stmt or Ntfctn")


def _places(name: str, line: int) -> Place:
    """Where everything stands that is read of a message."""
    namespace, _, root = name.rpartition(" ")
    if root != "Document":
        raise Unreadable(0, "has no element Document of ISO 20022")
    _require_known(namespace, line)
    part = group_at(namespace, "payment", PART)
    entry = group_at(namespace, "entry", ENTRY, {"NtryDtls/TxDtls": part})
    balance = group_at(namespace, "balance", BALANCE)
    statement = group_at(namespace, "statement", HEAD, {"Bal": balance, "Ntry": entry})
    return group_at(namespace, "", (), dict.fromkeys(STATEMENTS, statement))


class _Message:
    """The statement that is being read: what was found of it up to now."""

    def __init__(self) -> None:
        self.statements = 0
        self._start_next()

    def _start_next(self) -> None:
        self._start: StatementStart | None = None
        self._balances: list[Texts] = []
        self._payments: list[Texts] = []
        self._entries = self._movements = self._skipped = 0

    def take(self, group: Group, around: Group) -> Sequence[StatementPart]:
        """What an element that has ended says."""
        match group.name:
            case "payment":
                self._payments.append(group.texts)
            case "balance":
                self._balances.append(group.texts)
            case "entry":
                return [*self._begun(around, group.texts), *self._entry_taken(group)]
            case "statement":
                return [*self._begun(group, {}), self._end(group)]
        return ()

    def _begun(self, statement: Group, first_entry: Texts) -> Sequence[StatementStart]:
        """The head, if it has not been said: after the first entry, or at the end of a statement without entries."""
        if self._start is not None:
            return ()
        self._start = _checked(lambda: head_of(statement.texts, self._balances, first_entry), statement.line)
        self.statements += 1
        return (self._start,)

    def _entry_taken(self, entry: Group) -> Sequence[Movement]:
        assert self._start is not None
        self._entries += 1
        read, payments, self._payments = entry.texts, self._payments, []
        if read.get("Sts/Cd", read.get("Sts", "")) not in ("BOOK", ""):
            self._skipped += 1
            return ()
        try:
            movements = _movements(read, payments, self._start, self._movements + 1)
        except BillingError as error:
            raise at_line(entry.line, error, f"entry {self._entries}") from None
        self._movements += len(movements)
        return movements

    def _end(self, statement: Group) -> StatementEnd:
        assert self._start is not None
        start = self._start
        stated = _checked(lambda: summary_of(statement.texts, start.currency), statement.line)
        if stated.entries not in (None, self._entries):
            reason = f"the summary counts {stated.entries} entries, but the file has {self._entries}"
            raise Unreadable(statement.line, reason)
        counted = stated.entries is not None and self._entries == self._movements
        end = StatementEnd(
            closing=start.closing, movements=self._movements if counted else None,
            credits=None if self._skipped else stated.credits, debits=None if self._skipped else stated.debits,
        )  # fmt: skip
        self._start_next()
        return end


def _require_known(namespace: str, line: int) -> None:
    """A message of another kind or version is refused."""
    found = NAMESPACE.fullmatch(namespace)
    if found is None:
        raise Unreadable(line, "is no CAMT message of ISO 20022: its namespace is another one")
    if found["message"] == "052":
        raise Unreadable(line, "is a report within the day, camt.052; import the statement, camt.053")
    if not FIRST_VERSION <= int(found["version"]) <= LAST_VERSION:
        reason = f"has version {found['version']}; versions {FIRST_VERSION:02} to {LAST_VERSION} are read"
        raise Unreadable(line, reason)


def _movements(read: Texts, parts: Sequence[Texts], start: StatementStart, line: int) -> list[Movement]:
    """The movements of a booked entry, numbered from a line on."""
    amount, flag = signed_amount(read), read["CdtDbtInd"]
    if amount.currency != start.currency:
        raise InvalidValue(f"is in another currency than the account, {start.currency}", field="Amt", value=amount)
    said = [part_of(texts, flag, start.currency, start.account) for texts in parts]
    kind, code = code_of(read)
    booked_on, value_on = _days(read)
    entry = Movement(
        line=line, booked_on=booked_on, value_on=value_on, amount=amount,
        is_reversal=read.get("RvslInd", "") in ("true", "1"), kind=kind, code=code,
        reference=own_reference(read.get("AcctSvcrRef", "")), message=read.get("AddtlNtryInf", ""),
    )  # fmt: skip
    if not said:
        return [entry]
    if len(said) == 1:
        return [_with_part(entry, said[0], amount, said[0].reference or entry.reference)]
    known = [part.amount for part in said if part.amount is not None]
    if len(known) == len(said) and total(known, start.currency) == amount:
        return [_with_part(entry, part, part.amount or amount, part.reference or _numbered(entry, number), number)
                for number, part in enumerate(_kept_apart(said))]  # fmt: skip
    return [entry]


def _kept_apart(parts: Sequence[Part]) -> list[Part]:
    """A reference that several parts repeat is that of the entry, and tells none of them from the others."""
    times = Counter(part.reference for part in parts)
    return [part if times[part.reference] == 1 else part._replace(reference="") for part in parts]


def _days(read: Texts) -> tuple[date, date | None]:
    booked = read.get("BookgDt/Dt") or read.get("BookgDt/DtTm", "")
    value = read.get("ValDt/Dt") or read.get("ValDt/DtTm", "")
    if not booked and not value:
        raise InvalidValue("has no date of booking", field="BookgDt", value="")
    return exact_day(booked or value), exact_day(value) if value else None


def _numbered(entry: Movement, number: int) -> str:
    """The number of a payment keeps references that the bank gives to the entry apart."""
    return f"{entry.reference}/{number + 1}" if entry.reference else ""


def _with_part(entry: Movement, part: Part, amount: Money, reference: str, number: int = 0) -> Movement:
    """A payment of an entry as a movement."""
    return Movement(
        line=entry.line + number, booked_on=entry.booked_on, value_on=entry.value_on,
        amount=amount, is_reversal=entry.is_reversal,
        kind=part.kind if part.kind != "unknown" else entry.kind, code=part.code or entry.code,
        return_reason=part.return_reason, reference=reference, symbols=part.symbols,
        counterparty=part.counterparty, counterparty_account=part.counterparty_account,
        message=part.message or entry.message,
    )  # fmt: skip


def _checked(read: Callable[[], Said], line: int) -> Said:
    try:
        return read()
    except BillingError as error:
        raise at_line(line, error, "statement") from None
