"""One transaction of the store: what a decision reads, and everything that it writes, kept as a whole or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.pq import TransactionStatus

from adapters.calendars.holiday_calendar import calendar_of
from adapters.postgres import ticket_reads
from adapters.postgres.attachments import hold_kept
from adapters.postgres.charged import account_charged_by_revision
from adapters.postgres.datastore import StoreConnection
from adapters.postgres.event_rows import append_statement, event_rows
from adapters.postgres.failures import CHANGED_MEANWHILE
from adapters.postgres.memory import NOTHING_YET, LatestRow, Memory
from adapters.postgres.person_keys import KeysRead, Protection
from adapters.postgres.recorder import EventRecorder, EventRow, copy_rows
from adapters.postgres.stream_facts import Latest, Rows, facts_in, first_after, folded, read_rows
from adapters.postgres.ticket_reads import Holds
from adapters.postgres.transaction_secrets import SecretsOfTransaction
from adapters.postgres.transaction_usage import UsageOfTransaction
from billing_core.kernel.claims import Claim
from billing_core.kernel.events import Event, decode, topics_of
from billing_core.outreach.bases import CustomerChoice
from billing_core.outreach.kinds import MessageKind
from billing_core.outreach.rendering import Templates
from billing_core.parties.customers import CustomerState
from billing_core.parties.number_series import NumbersTaken, SeriesKind
from billing_core.payments.events import PAYMENT_CLAIM
from billing_core.time.due_dates import Calendar
from billing_core.work.assignment import Load
from billing_core.work.processes import Processes
from commands.platform.claims import claims_of
from commands.platform.ports import (
    Append,
    Fold,
    Given,
    KeptFile,
    Origin,
    State,
    VersionConflict,
)
from projections.outreach.bases import count_of_base, customers_of_base, states_of_base
from projections.outreach.reported import letters_due, unsent_messages
from projections.outreach.unreachable import unreachable_by_customer

CLAIM_COLUMNS = ("text", "text", "text", "text")
COPY_CLAIMS = "COPY billing.claims FROM STDIN (FORMAT BINARY)"
INSERT_COMMAND = """
    INSERT INTO billing.commands (command_id, name, content_hash, answer, recorded_at) VALUES (%b, %b, %b, %b, %b)
"""
# A statement takes at most 65,535 values; more rows than this are copied.
MOST_ROWS_AT_ONCE = 1_000
SELECT_STREAM = """
    SELECT originator_id, originator_version, topic, state FROM billing.events
    WHERE originator_id = %s AND (%s::bigint IS NULL OR originator_version <= %s) ORDER BY originator_version
"""
SELECT_OF_STREAMS = """
    SELECT originator_id, topic, state FROM unnest(%s::text[], %s::bigint[]) AS wanted (stream, version)
    JOIN billing.events ON originator_id = stream AND originator_version <= version
    WHERE topic = ANY(%s) ORDER BY originator_id, originator_version
"""
# The keys that begin like this are those before the next text of the same length.
SELECT_BEGINNING = """
    SELECT kind, key, stream, content FROM billing.claims
    WHERE kind = %(kind)s AND key >= %(beginning)s AND key < %(after)s ORDER BY key
"""
SELECT_PAYMENT = """
    SELECT originator_id, topic, state FROM billing.events
    WHERE topic LIKE 'payment-received/%%' AND billing.payment_id(state) = %s
"""
SELECT_VERSIONS = """
    SELECT stream, version FROM unnest(%s::text[]) AS wanted (stream), LATERAL (
        SELECT max(originator_version) AS version FROM billing.events WHERE originator_id = wanted.stream
    ) AS newest WHERE version IS NOT NULL
"""
TAKE_NUMBERS = """
    INSERT INTO billing.number_series AS series (seller, kind, last_number, last_issued_on) VALUES (%s, %s, %s, %s)
    ON CONFLICT (seller, kind) DO UPDATE SET last_number = series.last_number + excluded.last_number,
        last_issued_on = greatest(series.last_issued_on, excluded.last_issued_on),
        numbers_before_year = CASE
            WHEN date_trunc('year', excluded.last_issued_on) > series.last_issued_on THEN series.last_number
            ELSE series.numbers_before_year END
    RETURNING last_number, last_issued_on, numbers_before_year
"""
SELECT_TAKEN = """
    SELECT last_number, last_issued_on, numbers_before_year FROM billing.number_series WHERE seller = %s AND kind = %s
"""


class Shared(NamedTuple):
    """What the transactions of a store have in common; `latest` says for which folds the latest state is kept."""

    recorder: EventRecorder
    memory: Memory
    latest: Mapping[Any, Latest]


class PostgresTransaction(SecretsOfTransaction, UsageOfTransaction):
    """Implements `commands.platform.ports.Transaction` on one connection.

    A transaction of the database is begun only when something is written before the last statement: a command that
    takes no numbers is one write, after one read of what the process does not remember.
    """

    def __init__(self, shared: Shared, connection: StoreConnection, *, optimistic: bool) -> None:
        super().__init__(connection)
        self._shared = shared
        self._optimistic = optimistic
        self._presumed: dict[str, int] = {}
        self._latest: dict[str, Sequence[LatestRow]] = {}
        self._forgets_person = False
        self._keys_read: KeysRead = {}
        self._read: dict[str, Rows] | None = None
        self._holds: dict[str, Holds] = {}

    def commit(self) -> None:
        """Keep what was written, and remember the streams that were read or written."""
        if self._connection.pgconn.transaction_status != TransactionStatus.IDLE:
            self._connection.commit()
        if self._presumed:
            self._shared.memory.learn(was_refuted=False)
        if self._forgets_person:
            self._shared.memory.clear()
        else:
            self._shared.memory.keep(self._latest)

    def give_up(self, error: BaseException) -> None:
        """Remember nothing. What went wrong on a state that has changed is no refusal: it is a `VersionConflict`.

        It need not be an error of the rules: a handler may have read other things that fit the changed state alone.
        """
        self._shared.memory.forget(self._latest)
        if isinstance(error, psycopg.IntegrityError) and self._presumed:
            self._shared.memory.learn(was_refuted=error.diag.constraint_name == "events_stream")
        elif isinstance(error, Exception) and not isinstance(error, (psycopg.Error, VersionConflict)):
            self._prove(self._presumed)
            if self._presumed:
                self._shared.memory.learn(was_refuted=False)

    def _prove(self, presumed: Mapping[str, int]) -> None:
        """Streams that were not read are as they are remembered."""
        if presumed:
            self._require_presumed(dict(self._cursor.execute(SELECT_VERSIONS, (list(presumed),))), presumed)

    def _require_presumed(self, found: Mapping[str, int], presumed: Mapping[str, int]) -> None:
        if {stream: found.get(stream, 0) for stream in presumed} != presumed:
            self._shared.memory.learn(was_refuted=True)
            raise VersionConflict(CHANGED_MEANWHILE)

    def load(self, stream: str, fold: Fold[State]) -> tuple[State | None, int]:
        latest = self._shared.latest.get(fold)
        if latest is None:
            facts = facts_in(self._cursor, self._rows_of(stream), read=self._keys_read)
            return folded(fold, ((version, fact) for _, version, fact in facts))
        rows = self._shared.memory.recall(stream) if self._optimistic else ()
        if rows:
            self._presumed[stream] = rows[-1].version
        else:
            found = self._cursor.execute(latest.statement, {"stream": stream}, prepare=True)
            rows = [LatestRow(*row) for row in found] or [NOTHING_YET]
        state, version = latest.state(fold, rows)
        self._latest[stream] = latest.shortened(rows, state)
        return state, version

    def begin_batch(self) -> None:
        self._begin()
        self._read = {}

    def _rows_of(self, stream: str) -> Rows:
        """The events of a stream; in a batch, what many commands rest on is read once, until one writes to it."""
        if self._read is not None and stream in self._read:
            return self._read[stream]
        if stream.startswith(ticket_reads.TICKETS):
            rows, keys, self._holds[stream] = ticket_reads.read_ticket(self._cursor, stream)
            self._keys_read |= keys
        else:
            rows = read_rows(self._cursor, SELECT_STREAM, (stream, None, None))
        if self._read is not None:
            self._read[stream] = rows
        return rows

    def remembered(self, stream: str, fold: Fold[State]) -> State | None:
        latest = self._shared.latest.get(fold)
        rows = self._shared.memory.recall(stream)
        return latest.state(fold, rows)[0] if latest and rows else None

    def load_all(
        self, versions: Mapping[str, int], kinds: Collection[type[Event]], fold: Fold[State]
    ) -> Mapping[str, State]:
        states: dict[str, State] = {}
        wanted = list(versions), list(versions.values()), topics_of(kinds)
        rows = self._cursor.execute(SELECT_OF_STREAMS, wanted, prepare=True)
        for stream, topic, content in rows:
            state = fold(states.get(stream), decode(topic, content))
            if state is not None:
                states[stream] = state
        return states

    def hold(self, stream: str, *, alone: bool = False) -> None:
        self._begin()
        lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        self._cursor.execute(f"SELECT {lock}(hashtextextended(%s, 0))".encode(), (f"billing stream {stream}",))

    def charged_by_revision(self, tariff: str, from_on: date) -> str | None:
        return account_charged_by_revision(self._cursor, tariff, from_on)

    def claimed(self, kind: str, keys: Collection[str]) -> Mapping[str, Claim]:
        found = self._cursor.execute(
            "SELECT kind, key, stream, content FROM billing.claims WHERE kind = %s AND key = ANY(%s)",
            (kind, list(keys)),
        )
        return {row[1]: Claim(*row) for row in found}

    def claims_beginning(self, kind: str, beginning: str) -> Sequence[Claim]:
        found = self._cursor.execute(
            SELECT_BEGINNING, {"kind": kind, "beginning": beginning, "after": first_after(beginning)}
        )
        return [Claim(*row) for row in found]

    def holder(self, claim: Claim) -> Claim | None:
        if self._optimistic:
            return None
        return self.claimed(claim.kind, [claim.key]).get(claim.key) or self._received(claim)

    def _received(self, claim: Claim) -> Claim | None:
        """The claim of a payment whose row was lost, made again from its event."""
        if claim.kind != PAYMENT_CLAIM:
            return None
        rows = self._cursor.execute(SELECT_PAYMENT, (claim.key,)).fetchall()
        return next((made for stream, topic, state in rows for made in decode(topic, state).claims(stream)), None)

    def calendar(self, country: str) -> Calendar:
        return calendar_of(country)

    def processes(self) -> Processes:
        # Heavy, and needed by the tickets of drawn flows alone.
        from adapters.bpmn.processes import BpmnProcesses

        return BpmnProcesses()

    def templates(self) -> Templates:
        # Needed by messages alone.
        from adapters.outreach.templates import JinjaTemplates

        return JinjaTemplates()

    def words_of_report(self, name: str) -> Collection[str] | None:
        # Needed by schedules of reports alone.
        from adapters.reports.ready import ready_reports

        report = ready_reports().get(name)
        return None if report is None else [parameter.name for parameter in report.asked_for]

    def customers_of_base(self, seller: str, choice: CustomerChoice, after: str, limit: int) -> Sequence[str]:
        return customers_of_base(self._cursor, seller, choice, after, limit)

    def count_of_base(self, seller: str, choice: CustomerChoice) -> int:
        return count_of_base(self._cursor, seller, choice)

    def states_of_base(self, seller: str, choice: CustomerChoice) -> Iterable[tuple[CustomerState, frozenset[str]]]:
        unreachable = unreachable_by_customer(self._cursor)
        for state in states_of_base(self._cursor, seller, choice):
            yield state, unreachable.get(state.customer.number, frozenset())

    def letters_due(self, seller: str, at: datetime, limit: int) -> Sequence[str]:
        return letters_due(self._cursor, seller, at, limit)

    def unsent_messages(self, kind: MessageKind, cause: str) -> Sequence[str]:
        return unsent_messages(self._cursor, kind, cause)

    def take_numbers(self, seller: str, kind: SeriesKind, count: int, on: date) -> NumbersTaken:
        self._begin()
        row = self._cursor.execute(TAKE_NUMBERS, (seller, kind, count, on)).fetchone()
        assert row is not None
        return NumbersTaken(*row)

    def numbers_taken(self, seller: str, kind: SeriesKind) -> NumbersTaken:
        row = self._cursor.execute(SELECT_TAKEN, (seller, kind)).fetchone()
        return NumbersTaken(*row) if row else NumbersTaken()

    def last_issued_on(self, seller: str) -> date | None:
        row = self._cursor.execute(
            "SELECT max(last_issued_on) FROM billing.number_series"
            " WHERE seller = %s AND kind IN ('invoice', 'credit-note')",
            (seller,),
        ).fetchone()
        return row[0] if row else None

    def next_ticket_number(self, person: str) -> str:
        """The same statement proves what was remembered so far, which is as good as read now, and reads the keys."""
        drawn = ticket_reads.draw_number(self._cursor, list(self._presumed), person)
        self._require_presumed(drawn.versions, self._presumed)
        self._presumed = {}
        self._keys_read |= drawn.keys
        return f"T-{drawn.number}"

    def hold_file(self, content_hash: str) -> KeptFile | None:
        self._begin()
        return hold_kept(self._cursor, content_hash)

    def open_tickets_about(self, node: str, address: str) -> Sequence[str]:
        return ticket_reads.open_tickets_about(self._cursor, node, address)

    def loads_of(self, operators: Collection[str]) -> Mapping[str, Load]:
        return ticket_reads.loads_of(self._cursor, operators)

    def holders_of_ticket(self, ticket: str, at: datetime) -> Sequence[str]:
        """If the ticket was read, who had it open at that moment was read with it."""
        holds = self._holds.get(f"{ticket_reads.TICKETS}{ticket}")
        if holds is None:
            return ticket_reads.holders_of_ticket(self._cursor, ticket, at)
        return [operator for operator, until in holds.items() if until > at]

    def append(self, appends: Iterable[Append], claims: Sequence[Claim], origin: Origin) -> int:
        appends = self._decided(appends)
        claims = [*claims_of(appends), *claims]
        self._begin()
        protection = self._protection(appends)
        if claims:
            copy_rows(self._cursor, COPY_CLAIMS, CLAIM_COLUMNS, claims)
        self._latest |= {append.stream: () for append in appends}
        return self._shared.recorder.append(self._cursor, event_rows(appends, protection, origin))

    def append_command(self, appends: Iterable[Append], origin: Origin, command: Given | None) -> int:
        appends = self._decided(appends)
        if command is None:
            return 0
        claims = claims_of(appends)
        if len(claims) + sum(len(append.events) for append in appends) > MOST_ROWS_AT_ONCE:
            position = self.append(appends, (), origin)
            answer = f'{{"position":{position},"result":{command.result}}}'
            given = (origin.command_id, command.name, command.content_hash, answer, origin.recorded_at)
            self._cursor.execute(INSERT_COMMAND, given)
            return position
        protection = self._protection(appends)
        rows = list(event_rows(appends, protection, origin))
        values = [value for row in (*claims, *rows) for value in row]
        given = (origin.command_id, command.name, command.content_hash, command.result, origin.recorded_at)
        statement = append_statement(len(claims), len(rows))
        row = self._cursor.execute(statement, (*values, *given), prepare=True).fetchone()
        assert row is not None
        self._note(rows)
        return int(row[0])

    def _decided(self, appends: Iterable[Append]) -> list[Append]:
        """What is to be written; what it rests on without being written must be proved."""
        appends = list(appends)
        written = {append.stream for append in appends if append.events}
        if self._read:
            self._read = {stream: rows for stream, rows in self._read.items() if stream not in written}
        self._prove({stream: version for stream, version in self._presumed.items() if stream not in written})
        return appends

    def _protection(self, appends: Sequence[Append]) -> Protection:
        protection = Protection(self._cursor, appends, self._begin, self._keys_read)
        if protection.destroys_keys:
            self._forgets_person = True
            self._keys_read.clear()
        return protection

    def _note(self, rows: Sequence[EventRow]) -> None:
        """What was loaded of a stream goes on with what was written to it."""
        for stream, version, topic, content, *_ in rows:
            if latest := self._latest.get(stream):
                self._latest[stream] = [*latest, LatestRow(version, topic, content)]
