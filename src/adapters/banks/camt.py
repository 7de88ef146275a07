"""Reads CAMT.053 (statements) and CAMT.054 (notifications) of ISO 20022, one entry at a time with flat memory.

The versions 2 to 13 are read alike. An entry with several payments (`NtryDtls/TxDtls`) gives a movement for each, if
their amounts sum to the entry's: a bank may book a batch in one sum. If they do not (other currency, fees taken off, no
amounts) the entry stays one movement, for a person to split. Entries that are not booked yet come again: passed over.

A document type declaration is refused: nothing in such a message needs one, and it can grow to gigabytes or read files.
camt.052 reports within a day what camt.053 says again in the evening, so it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import BinaryIO, TypeVar

from lxml import etree

from adapters.banks.camt_fields import ENTRY, PART, Part, code_of, part_of, signed_amount
from adapters.banks.camt_head import head_of, summary_of
from adapters.banks.camt_shapes import ShapeReader, Texts
from adapters.banks.refusals import Unreadable, at_line, exact_day
from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.kernel.money import total

NAMESPACE = re.compile(
    r"\{urn:iso:std:iso:20022:tech:xsd:camt\.(?P<message>05[234])\.001\.(?P<version>[0-9]{2})\}Document"
)
FIRST_VERSION, LAST_VERSION = 2, 13
STATEMENTS = {"053": "Stmt", "054": "Ntfctn"}

Said = TypeVar("Said")


def read_camt(file: BinaryIO) -> Iterator[StatementPart]:
    """The statements of a message, or `Unreadable`."""
    try:
        yield from _read(file)
    except etree.XMLSyntaxError as error:
        raise Unreadable(error.lineno or 0, f"is no well-formed XML: {error.msg}") from None


def _read(file: BinaryIO) -> Iterator[StatementPart]:
    tags = [f"{{*}}{name}" for name in ("Document", "Stmt", "Ntfctn", "Ntry", "TxDtls")]
    events = etree.iterparse(
        file, tag=tags, resolve_entities=False, load_dtd=False, no_network=True,
        remove_comments=True, remove_pis=True, huge_tree=False,
    )  # fmt: skip
    message: _Message | None = None
    for _, element in events:
        if message is None:
            message = _Message(element.getroottree().getroot())
        yield from message.take(element)
    if message is None:
        raise Unreadable(0, "has no element Document of ISO 20022")
    if not message.statements:
        raise Unreadable(0, "has no statement: no element Stmt or Ntfctn")


class _Message:
    """The statement that is being read: what was found of it up to now."""

    def __init__(self, document: etree._Element) -> None:
        if document.getroottree().docinfo.internalDTD is not None or document.getroottree().docinfo.doctype:
            raise Unreadable(1, "declares a document type or entities: leave the DOCTYPE out")
        namespace = _namespace(document)
        self._message_start = len(namespace)
        self._entry = ShapeReader(namespace, ENTRY, ("Amt",), others="NtryDtls")
        self._part = ShapeReader(namespace, PART, ("Amt", "AmtDtls/TxAmt/Amt"))
        self.statements = 0
        self._start_next()

    def _start_next(self) -> None:
        self._start: StatementStart | None = None
        self._parts: list[Texts] = []
        self._entries = self._movements = self._skipped = 0

    def take(self, element: etree._Element) -> Sequence[StatementPart]:
        """What an element that has ended says; it is forgotten after that."""
        name = element.tag[self._message_start :]
        said: Sequence[StatementPart] = ()
        if name == "TxDtls":
            self._parts.append(self._part.read(element))
        elif name == "Ntry":
            begun = self._begun(element.getparent()) if self._start is None else ()
            said = [*begun, *self._entry_taken(element)]
            _forget_before(element)
        elif name in STATEMENTS.values():
            said = [*self._begun(element), self._end(element)]
        element.clear(keep_tail=True)
        return said

    def _begun(self, statement: etree._Element | None) -> Sequence[StatementStart]:
        """The head, if it has not been said."""
        if self._start is not None or statement is None:
            return ()
        self._start = _checked(lambda: head_of(statement, self._message_start), statement.sourceline or 0)
        self.statements += 1
        return (self._start,)

    def _entry_taken(self, element: etree._Element) -> Sequence[Movement]:
        assert self._start is not None
        self._entries += 1
        read, parts, self._parts = self._entry.read(element), self._parts, []
        if read.get("Sts/Cd", read.get("Sts", "")) not in ("BOOK", ""):
            self._skipped += 1
            return ()
        try:
            movements = _movements(read, parts, self._start, self._movements + 1)
        except BillingError as error:
            raise at_line(element.sourceline or 0, error, f"entry {self._entries}") from None
        self._movements += len(movements)
        return movements

    def _end(self, statement: etree._Element) -> StatementEnd:
        assert self._start is not None
        start = self._start
        stated = _checked(lambda: summary_of(statement, self._message_start, start.currency), statement.sourceline or 0)
        if stated.entries not in (None, self._entries):
            reason = f"the summary counts {stated.entries} entries, but the file has {self._entries}"
            raise Unreadable(statement.sourceline or 0, reason)
        counted = stated.entries is not None and self._entries == self._movements
        end = StatementEnd(
            closing=start.closing, movements=self._movements if counted else None,
            credits=None if self._skipped else stated.credits, debits=None if self._skipped else stated.debits,
        )  # fmt: skip
        self._start_next()
        return end


def _namespace(document: etree._Element) -> str:
    """The namespace in braces; a message of another kind or version is refused."""
    found = NAMESPACE.fullmatch(str(document.tag))
    if found is None:
        raise Unreadable(document.sourceline or 0, "is no CAMT message of ISO 20022: its namespace is another one")
    if found["message"] == "052":
        raise Unreadable(
            document.sourceline or 0, "is a report within the day, camt.052; import the statement, camt.053"
        )
    if not FIRST_VERSION <= int(found["version"]) <= LAST_VERSION:
        reason = f"has version {found['version']}; versions {FIRST_VERSION:02} to {LAST_VERSION} are read"
        raise Unreadable(document.sourceline or 0, reason)
    return str(document.tag).removesuffix("Document")


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
        reference=read.get("AcctSvcrRef", ""), message=read.get("AddtlNtryInf", ""),
    )  # fmt: skip
    if not said:
        return [entry]
    if len(said) == 1:
        return [_with_part(entry, said[0]._replace(amount=amount, reference=said[0].reference or entry.reference))]
    known = [part.amount for part in said if part.amount is not None]
    if len(known) == len(said) and total(known, start.currency) == amount:
        return [_with_part(entry, part, number) for number, part in enumerate(said)]
    return [entry]


def _days(read: Texts) -> tuple[date, date | None]:
    booked = read.get("BookgDt/Dt") or read.get("BookgDt/DtTm", "")
    value = read.get("ValDt/Dt") or read.get("ValDt/DtTm", "")
    if not booked and not value:
        raise InvalidValue("has no date of booking", field="BookgDt", value="")
    return exact_day(booked or value), exact_day(value) if value else None


def _with_part(entry: Movement, part: Part, number: int = 0) -> Movement:
    """A payment of an entry as a movement; its number keeps references that the bank gives to the entry apart."""
    several = f"{entry.reference}/{number + 1}" if entry.reference else ""
    return Movement(
        line=entry.line + number, booked_on=entry.booked_on, value_on=entry.value_on,
        amount=part.amount or entry.amount, is_reversal=entry.is_reversal,
        kind=part.kind if part.kind != "unknown" else entry.kind, code=part.code or entry.code,
        return_reason=part.return_reason, reference=part.reference or several, symbols=part.symbols,
        counterparty=part.counterparty, counterparty_account=part.counterparty_account,
        message=part.message or entry.message,
    )  # fmt: skip


def _forget_before(element: etree._Element) -> None:
    """The entry before this one leaves the tree; it was read and is empty."""
    before = element.getprevious()
    if before is not None and before.tag == element.tag:
        above = element.getparent()
        assert above is not None
        above.remove(before)


def _checked(read: Callable[[], Said], line: int) -> Said:
    try:
        return read()
    except BillingError as error:
        raise at_line(line, error, "statement") from None
