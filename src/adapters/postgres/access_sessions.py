"""Sessions of access servers in PostgreSQL, and their usage until a batch takes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from psycopg import Cursor

from adapters.postgres.tables import PostgresTables
from billing_core.usage.sessions.messages import Counter, CountersRead, Identity, Session, end, is_silent
from billing_core.usage.sessions.records import SessionUsage
from commands.usage.accounting import AddedUsage, Received, RefusedMessage, SessionKey

SCHEMA = "billing"
# Who writes sessions waits for the one before: a transaction has many messages, so that costs little.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('billing access sessions', 0))"
IDENTITY = "server, session, kind, instant, seconds, bytes_in, bytes_out"
COUNTERS = "happened_at, read_seconds, read_in, read_in_is_wide, read_out, read_out_is_wide"
INSERT_MESSAGES = f"""
    INSERT INTO access_messages ({IDENTITY}, {COUNTERS}, received_at)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::int8[], %b::int8[], %b::int8[], %b::int8[],
        %b::timestamptz[], %b::int8[], %b::int8[], %b::bool[], %b::int8[], %b::bool[], %b::timestamptz[])
    ON CONFLICT DO NOTHING RETURNING {IDENTITY}
"""
SESSION = """
    server, session, subscriber, address, begun_at, heard_at, ended_at, ended_by, interim_seconds, seconds, bytes_in,
    bytes_out, read_at, read_seconds, read_is_stop, read_in, read_in_is_wide, read_out, read_out_is_wide
"""
SELECT_SESSIONS = f"""
    SELECT {SESSION} FROM access_sessions JOIN unnest(%b::text[], %b::text[]) AS wanted (server, session)
    USING (server, session)
"""
UPSERT_SESSIONS = f"""
    INSERT INTO access_sessions AS known ({SESSION})
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::timestamptz[], %b::timestamptz[],
        %b::timestamptz[], %b::text[], %b::int8[], %b::int8[], %b::int8[], %b::int8[], %b::timestamptz[], %b::int8[],
        %b::bool[], %b::int8[], %b::bool[], %b::int8[], %b::bool[])
    ON CONFLICT (server, session) DO UPDATE SET subscriber = excluded.subscriber, address = excluded.address,
        begun_at = excluded.begun_at, heard_at = excluded.heard_at, ended_at = excluded.ended_at,
        ended_by = excluded.ended_by, interim_seconds = excluded.interim_seconds, seconds = excluded.seconds,
        bytes_in = excluded.bytes_in, bytes_out = excluded.bytes_out, read_at = excluded.read_at,
        read_seconds = excluded.read_seconds, read_is_stop = excluded.read_is_stop, read_in = excluded.read_in,
        read_in_is_wide = excluded.read_in_is_wide, read_out = excluded.read_out,
        read_out_is_wide = excluded.read_out_is_wide
"""
SELECT_COUNTERS = f"""
    SELECT {IDENTITY}, {COUNTERS} FROM access_messages
    WHERE server = %s AND session = %s AND kind IN ('interim', 'stop')
"""
UPSERT_SERVER = """
    INSERT INTO access_servers AS known (server, restarted_at) VALUES (%s, %s)
    ON CONFLICT (server) DO UPDATE SET restarted_at = greatest(known.restarted_at, excluded.restarted_at)
"""
END_SESSIONS = """
    UPDATE access_sessions SET ended_at = %(at)s, ended_by = 'server'
    WHERE server = %(server)s AND is_open AND heard_at <= %(at)s
"""
INSERT_USAGE = """
    INSERT INTO access_usage
        (source, key, server, session, subscriber, started_at, seconds, bytes_in, bytes_out, kind, number, quantity)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::timestamptz[], %b::int8[],
        %b::int8[], %b::int8[], %b::text[], %b::text[], %b::int8[])
"""
INSERT_REFUSED = """
    INSERT INTO access_refused (source, field, value, reason, raw, received_at)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::timestamptz[])
"""
SELECT_SOURCES = "SELECT source FROM access_usage UNION SELECT source FROM access_refused ORDER BY source"
SELECT_USED = """
    SELECT place, key, server, session, subscriber, started_at, seconds, bytes_in, bytes_out, kind, number, quantity
    FROM access_usage WHERE source = %s ORDER BY place LIMIT %s
"""
SELECT_REFUSED = """
    SELECT place, source, field, value, reason, raw, received_at
    FROM access_refused WHERE source = %s ORDER BY place LIMIT %s
"""
SELECT_OPEN = f"SELECT {SESSION} FROM access_sessions WHERE is_open"
# Of a customer are the sessions under a name on the days on which it belonged to one of the own subscriptions.
OF_CUSTOMER = """
    EXISTS (SELECT FROM usage_identifiers WHERE customer = %(customer)s AND identifier = subscriber
        AND {at} >= from_on - 1 AND (to_on IS NULL OR {at} < to_on + 1))
    OR (subscriber LIKE '%%/%%'
        AND left(subscriber, -1 - length(split_part(subscriber, '/', -1))) = ANY(%(accounts)s))
"""
FORGET_SESSIONS = f"""
    UPDATE billing.access_sessions SET subscriber = '', address = '' WHERE {OF_CUSTOMER.format(at="begun_at")}
"""
FORGET_USAGE = (
    f"UPDATE billing.access_usage SET subscriber = '', number = '' WHERE {OF_CUSTOMER.format(at='started_at')}"
)


class Waiting(NamedTuple):
    """What waits for a batch of a source, in the order of its places; the last places are 0 if nothing waits."""

    used: Sequence[SessionUsage]
    refused: Sequence[RefusedMessage]
    last_used: int
    last_refused: int


class PostgresAccountingTransaction:
    """Implements `commands.usage.accounting.AccountingTransaction`."""

    def __init__(self, cursor: Cursor[Any]) -> None:
        self._cursor = cursor

    def keep(self, received: Sequence[Received]) -> Collection[Identity]:
        rows = {
            (*each.message.identity, each.message.at, each.message.seconds, *each.message.bytes_in,
             *each.message.bytes_out, each.received_at)
            for each in received
        }  # fmt: skip
        return [Identity(*row) for row in self._write(INSERT_MESSAGES, rows)]

    def sessions(self, keys: Collection[SessionKey]) -> Mapping[SessionKey, Session]:
        found = (_session(row) for row in self._write(SELECT_SESSIONS, keys))
        return {(session.server, session.session): session for session in found}

    def restarts(self, servers: Collection[str]) -> Mapping[str, datetime]:
        statement = "SELECT server, restarted_at FROM access_servers WHERE server = ANY(%s)"
        return {server: at.astimezone(UTC) for server, at in self._cursor.execute(statement, (list(servers),))}

    def counters_of(self, key: SessionKey) -> Mapping[Identity, CountersRead]:
        found = {}
        for *written, at, seconds, down, down_is_wide, up, up_is_wide in self._cursor.execute(SELECT_COUNTERS, key):
            identity = Identity(*written)
            found[identity] = CountersRead(
                at.astimezone(UTC),
                seconds,
                identity.kind == "stop",
                Counter(down, down_is_wide),
                Counter(up, up_is_wide),
            )
        return found

    def save(self, sessions: Collection[Session]) -> None:
        self._write(UPSERT_SESSIONS, map(_row, sessions))

    def restart(self, server: str, at: datetime) -> None:
        self._cursor.execute(UPSERT_SERVER, (server, at))
        self._cursor.execute(END_SESSIONS, {"server": server, "at": at})

    def add_usage(self, usage: Sequence[AddedUsage]) -> None:
        rows = ((source, *used) for source, used in usage)
        self._write(INSERT_USAGE, rows)

    def refuse(self, refused: Sequence[RefusedMessage]) -> None:
        self._write(INSERT_REFUSED, refused)

    def _write(self, statement: str, rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        """Carry out a statement that takes rows as columns; nothing if there are no rows."""
        columns = [list(column) for column in zip(*rows, strict=True)]
        return self._cursor.execute(statement.encode(), columns) if columns else ()


class PostgresAccessSessions:
    """Begins transactions of accounting, and ends sessions that are silent."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    @contextmanager
    def begin(self) -> Iterator[PostgresAccountingTransaction]:
        """A transaction while which no other one writes sessions."""
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute(LOCK)
            yield PostgresAccountingTransaction(cursor)

    def end_silent(self, now: datetime) -> int:
        """End the open sessions of which nothing was heard for too long; how many."""
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute(LOCK)
            silent = [session for session in map(_session, cursor.execute(SELECT_OPEN)) if is_silent(session, now)]
            PostgresAccountingTransaction(cursor).save([end(each, each.heard_at, "silence") for each in silent])
            return len(silent)

    def sources(self) -> Sequence[str]:
        """The sources of which something waits for a batch."""
        with self._tables.transaction(SCHEMA) as cursor:
            return [source for (source,) in cursor.execute(SELECT_SOURCES)]

    def waiting(self, source: str, limit: int) -> Waiting:
        """What waits for a batch of a source, what came first at first."""
        with self._tables.transaction(SCHEMA) as cursor:
            used = cursor.execute(SELECT_USED, (source, limit)).fetchall()
            refused = cursor.execute(SELECT_REFUSED, (source, limit)).fetchall()
        return Waiting(
            [SessionUsage(*row[1:]) for row in used],
            [RefusedMessage(*row[1:]) for row in refused],
            used[-1][0] if used else 0,
            refused[-1][0] if refused else 0,
        )

    def forget_waiting(self, source: str, waiting: Waiting) -> None:
        """Remove what a batch has taken: places rise in the order of transactions, as these take turns."""
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute("DELETE FROM access_usage WHERE source = %s AND place <= %s", (source, waiting.last_used))
            cursor.execute(
                "DELETE FROM access_refused WHERE source = %s AND place <= %s", (source, waiting.last_refused)
            )

    def remove_messages(self, received_before: datetime) -> int:
        """Remove messages that were received before an instant: one that comes again later is not known."""
        with self._tables.transaction(SCHEMA) as cursor:
            statement = "DELETE FROM access_messages WHERE received_at < %s"
            return cursor.execute(statement, (received_before,)).rowcount


def forget_sessions(cursor: Cursor[Any], customer: str, accounts: Collection[str]) -> None:
    """Take user name and address from the sessions of a customer with these accounts, before the names are forgotten.

    Within the caller's transaction, whose tables are the live ones.
    """
    wanted = {"customer": customer, "accounts": list(accounts)}
    cursor.execute(FORGET_SESSIONS, wanted)
    cursor.execute(FORGET_USAGE, wanted)


def _row(session: Session) -> tuple[Any, ...]:
    read = session.counters
    counters = (None,) * 7 if read is None else (read.at, read.seconds, read.is_stop, *read.bytes_in, *read.bytes_out)
    return (
        session.server, session.session, session.subscriber, session.address, session.begun_at, session.heard_at,
        session.ended_at, session.ended_by, session.interim_seconds, session.seconds, session.bytes_in,
        session.bytes_out, *counters,
    )  # fmt: skip


def _session(row: Sequence[Any]) -> Session:
    """A session of a row; instants are in UTC, as in messages."""
    server, session, subscriber, address, begun_at, heard_at, ended_at, ended_by, interim, seconds, down, up, *read = (
        row
    )
    counters = None
    if read[0] is not None:
        counters = CountersRead(
            read[0].astimezone(UTC), read[1], read[2], Counter(read[3], read[4]), Counter(read[5], read[6])
        )
    return Session(
        server=server, session=session, subscriber=subscriber, address=address, begun_at=begun_at.astimezone(UTC),
        heard_at=heard_at.astimezone(UTC), ended_at=ended_at and ended_at.astimezone(UTC), ended_by=ended_by,
        interim_seconds=interim, counters=counters, seconds=seconds, bytes_in=down, bytes_out=up,
    )  # fmt: skip
