"""Import the statements of a file in two passes: the first checks and records all of them, the second books.

A file that cannot be read, or names an account that is no seller's, changes nothing. A statement whose sums do not
close waits whole; the others of its file are booked. So does one that says again, under other references, what the
statements of its days said before, as in another format of the bank. The movements are booked in chunks, each once by
the claim of its name, so an import that was cut off is done again, and two at once book each movement once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple, Protocol

import msgspec

from billing_core.bank_statements.accounts import BankAccount, require_bank_account, require_currency
from billing_core.bank_statements.checking import (
    CheckedStatement,
    OfDays,
    check_statements,
    is_repeated,
    says_the_same,
    with_finding,
)
from billing_core.bank_statements.identity import MovementNames
from billing_core.bank_statements.recorded import (
    BankStatement,
    FileTaken,
    MovementBooked,
    RejectedMovement,
    StatementBooked,
    apply_statement,
    record_statement,
    statement_name,
    statement_stream,
)
from billing_core.bank_statements.statement import Movement, StatementPart, StatementStart
from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import Conflict, InvalidValue
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.events import PAYMENT_CLAIM, payment_id
from commands.bank_statements.booking import CHUNK_ROWS, BankFileImport, PaymentTargets
from commands.bank_statements.sorting import Named, Sorted, row_of, sorted_movements
from commands.payments.account import is_known
from commands.platform.batch import BatchReport
from commands.platform.bus import Bus
from commands.platform.identity import new_id
from commands.platform.ports import Append, ClaimTaken, Origin, Store, Transaction, VersionConflict
from commands.platform.progress import Progress

MOST_REJECTED = 1_000
MOST_TRIES = 20


class StatementTargets(PaymentTargets, Protocol):
    """Whose the bank accounts are, and where payments go."""

    def bank_accounts(self) -> Mapping[str, BankAccount]:
        """The bank accounts of all sellers, by IBAN."""

    def versions(self, streams: Collection[str]) -> Mapping[str, int]:
        """The versions of streams that exist."""

    def booked_of_days(self, iban: str, from_on: date, to_on: date) -> OfDays | None:
        """What the statements within some days sum to that were booked of an account; None without any."""


class StatementFile(NamedTuple):
    """A file of statements: `read` walks its parts from the beginning, each time it is called.

    `numbers_of` gives the IBANs that an account may have as the bank writes it.
    """

    taken: FileTaken
    read: Callable[[], Iterable[StatementPart]]
    numbers_of: Callable[[str], Sequence[str]]


class StatementOutcome(msgspec.Struct):
    """What came of a statement: its name, state and sums, and what does not fit."""

    statement: str
    account: str
    state: str
    opening: Money | None
    closing: Money | None
    movements: int
    difference: Money
    findings: list[str]


class StatementReport(BatchReport):
    """The result for the movements of a file, and for each of its statements.

    `skipped` are movements that are no customer's money: booked as what they are.
    """

    statements: list[StatementOutcome] = msgspec.field(default_factory=list)


class Taken(NamedTuple):
    """A statement of the file as it is recorded."""

    name: str
    place: int
    account: BankAccount
    checked: CheckedStatement
    known: BankStatement | None
    version: int

    @property
    def is_over(self) -> bool:
        """Whether it was gone through before, and nothing was rejected then."""
        return self.known is not None and self.known.state == "booked" and not self.known.rejected


class StatementImport:
    """Checks, records and books the statements of a file."""

    def __init__(self, store: Store, bus: Bus, targets: StatementTargets) -> None:
        self._store = store
        self._targets = targets
        self._income = BankFileImport(store, bus, targets)

    def take_in(self, file: StatementFile, origin: Origin, report: StatementReport, progress: Progress) -> None:
        """Record every statement of the file, and book those whose sums close."""
        taken = self._recorded(file, origin)
        for each, movements in _of_each(file.read(), taken):
            outcome = _outcome(each)
            report.statements.append(outcome)
            if outcome.state in ("waiting", "dismissed"):
                _pass_over(movements, progress)
            elif each.is_over:
                report.unchanged += _pass_over(movements, progress)
            else:
                self._book(each, movements, origin, report, progress)
                outcome.state = "booked"

    def rehearse(self, file: StatementFile, origin: Origin, report: StatementReport, progress: Progress) -> None:
        """Add to the report what would come of each statement and its income; nothing is written."""
        taken = self._checked(file, origin)
        for each, movements in _of_each(file.read(), taken):
            report.statements.append(_outcome(each))
            if report.statements[-1].state in ("waiting", "dismissed"):
                _pass_over(movements, progress)
                continue
            names = MovementNames(each.account.iban)
            for chunk in _chunks(movements, names):
                sorted_ = self._sorted(each, chunk)
                report.skipped += len(sorted_.others)
                self._income.rehearse_rows(sorted_.income, origin, report)
                progress(len(chunk))

    # --- the first pass

    def _recorded(self, file: StatementFile, origin: Origin) -> list[Taken]:
        """Every statement of the file is recorded in one transaction, so all are known or none is."""
        for _ in range(MOST_TRIES):
            taken = self._checked(file, origin)
            appends = [
                Append(statement_stream(each.name), each.version, facts)
                for each in taken
                if (facts := _facts(each, file, origin))
            ]
            try:
                with self._store.transaction() as transaction:
                    transaction.append(appends, (), origin._replace(command_id=new_id()))
                break
            except VersionConflict:
                continue
        return self._known_now(taken) if appends else taken

    def _known_now(self, taken: Sequence[Taken]) -> list[Taken]:
        with self._store.transaction() as transaction:
            return [
                each._replace(known=known, version=version) for each in taken
                for known, version in [transaction.load(statement_stream(each.name), apply_statement)]
            ]  # fmt: skip

    def _checked(self, file: StatementFile, origin: Origin) -> list[Taken]:
        accounts = self._targets.bank_accounts()
        taken = []
        with self._store.transaction() as transaction:
            for place, checked in enumerate(check_statements(file.read()), start=1):
                start = checked.start
                account = require_bank_account(accounts, file.numbers_of(start.account), start.account)
                require_currency(account, start.currency)
                if checked.last_on is not None and checked.last_on > origin.today:
                    raise InvalidValue(f"is after today, {origin.today}; import the file then", field="last movement",
                                       value=checked.last_on)  # fmt: skip
                name = statement_name(account.iban, checked.to_on or origin.today, file.taken.content_hash, place)
                known, version = transaction.load(statement_stream(name), apply_statement)
                found = checked if known else self._unless_repeated(checked, account, place, file, transaction)
                taken.append(Taken(name, place, account, found, known, version))
        return taken

    def _unless_repeated(
        self, checked: CheckedStatement, account: BankAccount, place: int, file: StatementFile, transaction: Transaction
    ) -> CheckedStatement:  # fmt: skip
        """A statement waits whose days were booked before with the same sums, and none of whose movements is known."""
        if checked.from_on is None or checked.to_on is None:
            return checked
        before = self._targets.booked_of_days(account.iban, checked.from_on, checked.to_on)
        if before is None or not is_repeated(checked, before):
            return checked
        names = MovementNames(account.iban)
        for chunk in _chunks(_of_place(file.read(), place), names):
            keys = [payment_id(account.source, each.name) for each in chunk]
            if transaction.claimed(PAYMENT_CLAIM, keys):
                return checked
        return with_finding(checked, says_the_same(before))

    # --- the second pass

    def _book(
        self, taken: Taken, movements: Iterator[Movement], origin: Origin, report: StatementReport, progress: Progress
    ) -> None:
        """Book the movements of a statement chunk by chunk, and note the end."""
        own, names = BatchReport(), MovementNames(taken.account.iban)
        before = position = 0  # The read models keep up one chunk behind.
        for chunk in _chunks(movements, names):
            self._targets.wait_for(before)
            found = self._sorted(taken, chunk)
            self._book_others(taken, found.others, origin, own)
            before, position = position, self._income.book(found.income, origin, own)
            progress(len(chunk))
        self._end(taken, own, origin)
        report.merge(own)

    def _sorted(self, taken: Taken, chunk: Sequence[Named]) -> Sorted:
        rows = {
            named.movement.line: row_of(named, taken.account.source, taken.name) for named in chunk
            if named.movement.amount.amount > 0
        }  # fmt: skip
        accounts = {row.line: number for row, number in
                    self._income.matched(list(rows.values()), taken.account.seller)}  # fmt: skip
        return sorted_movements(chunk, taken.account, rows, accounts)

    def _book_others(self, taken: Taken, others: Sequence[MovementBooked], origin: Origin, report: BatchReport) -> None:
        """Book what is no income, on the stream of the statement; what is known already changes nothing."""
        if not others:
            return
        stream = statement_stream(taken.name)
        for attempt in range(MOST_TRIES):
            outcome = BatchReport()
            version = self._targets.versions([stream]).get(stream, 0)
            try:
                with self._store.transaction() as transaction:
                    new = _new(others, dict(transaction.claimed(PAYMENT_CLAIM, [each.movement for each in others])),
                               stream, outcome)  # fmt: skip
                    if new:
                        origin = origin._replace(command_id=new_id())
                        transaction.append([Append(stream, version, new)], (), origin)
                break
            except (VersionConflict, ClaimTaken):
                if attempt == MOST_TRIES - 1:
                    raise
        report.merge(outcome)

    def _end(self, taken: Taken, own: BatchReport, origin: Origin) -> None:
        """Note that the movements were gone through, unless nothing is new since that was noted."""
        stream = statement_stream(taken.name)
        ended = StatementBooked(
            effective_on=origin.today, matched=own.accepted, waiting=own.waiting, others=own.skipped,
            known=own.unchanged,
            rejected=tuple(RejectedMovement(row.line, row.reason) for row in own.rejected[:MOST_REJECTED]),
        )  # fmt: skip
        for attempt in range(MOST_TRIES):
            try:
                with self._store.transaction() as transaction:
                    state, version = transaction.load(stream, apply_statement)
                    assert state is not None
                    if state.state != "booked" or state.rejected != ended.rejected:
                        transaction.append([Append(stream, version, [ended])], (), origin._replace(command_id=new_id()))
                return
            except VersionConflict:  # Somebody else took in the same statement.
                if attempt == MOST_TRIES - 1:
                    raise


def _facts(each: Taken, file: StatementFile, origin: Origin) -> Sequence[Event]:
    taken = msgspec.structs.replace(file.taken, place=each.place)
    return record_statement(each.known, each.checked, each.account, taken, origin.today)


def _outcome(each: Taken) -> StatementOutcome:
    checked = each.checked
    state = each.known.state if each.known is not None else "waiting" if checked.findings else "recorded"
    return StatementOutcome(
        each.name, each.account.iban, state, checked.opening, checked.closing, checked.movements, checked.difference,
        list(checked.findings),
    )  # fmt: skip


def _of_each(parts: Iterable[StatementPart], taken: Sequence[Taken]) -> Iterator[tuple[Taken, Iterator[Movement]]]:
    """Each statement with its movements, which must be walked to their end before the next one."""
    walked, place = iter(parts), 0
    for part in walked:
        if isinstance(part, StatementStart):
            yield taken[place], _movements(walked)
            place += 1


def _of_place(parts: Iterable[StatementPart], place: int) -> Iterator[Movement]:
    """The movements of the statement at a place of the file, from 1."""
    walked, at = iter(parts), 0
    for part in walked:
        at += isinstance(part, StatementStart)
        if at == place:
            return _movements(walked)
    return iter(())


def _movements(parts: Iterator[StatementPart]) -> Iterator[Movement]:
    for part in parts:
        if not isinstance(part, Movement):
            return
        yield part


def _pass_over(movements: Iterator[Movement], progress: Progress) -> int:
    count = sum(1 for _ in movements)
    progress(count)
    return count


def _chunks(movements: Iterator[Movement], names: MovementNames) -> Iterator[list[Named]]:
    while chunk := [Named(names.name(movement), movement) for movement in islice(movements, CHUNK_ROWS)]:
        yield chunk


def _new(
    others: Sequence[MovementBooked], taken: dict[str, Claim], stream: str, outcome: BatchReport
) -> list[MovementBooked]:
    """Those that are not known; the same name with another amount or day is rejected."""
    new = []
    for fact in others:
        (claim,) = fact.claims(stream)
        try:
            if is_known(claim, taken.get(claim.key)):
                outcome.unchanged += 1
                continue
        except Conflict as error:
            outcome.reject(fact.line, error)
            continue
        taken[claim.key] = claim
        new.append(fact)
        outcome.skipped += 1
    return new
