"""The connections to the database, and how long a transaction on one of them may last.

A connection is taken, used by one thread, and given back; the one used last is taken first. That is all that a pool
has to do for threads that each use one: the library's own pool, with its layers, takes as long as the rules of a small
command. What was opened an hour ago is opened anew, what nobody used for some minutes is closed, and what
the server has ended meanwhile is not used again.

A transaction that has an id keeps every reader of the log waiting until it ends. So one that was abandoned, by a
program that hangs or a machine that fell asleep, is ended by the database, and nothing of it is kept. The longest of
ours, a chunk of a billing run or of a bank file, takes seconds. What only reads has no id, keeps nobody waiting, and
may take as long as it needs (`lift_cap`).
"""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from time import monotonic
from typing import Any, Self

import eventsourcing.persistence as library
import psycopg
from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection, Cursor
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, TupleRow, dict_row, tuple_row

from adapters.postgres.database_url import parts_of
from billing_core.kernel.errors import ConnectionLost

STORE_SCHEMA = "billing"
APPLICATION = "billing"
MOST_CONNECTIONS = 16
WAIT_SECONDS = 30
OLDEST_SECONDS = 3600
IDLEST_SECONDS = 600

# How long a transaction may wait for its program, and how long it may take in all.
IDLE_SECONDS = 60
TRANSACTION_SECONDS = 600
# Older servers know only the first of the two.
TRANSACTION_TIMEOUT_SINCE = 17_00_00

# The library's names for the driver's errors.
LIBRARY_ERRORS: dict[type, type[library.PersistenceError]] = {
    psycopg.InterfaceError: library.InterfaceError,
    psycopg.OperationalError: library.OperationalError,
    psycopg.DataError: library.DataError,
    psycopg.IntegrityError: library.IntegrityError,
    psycopg.InternalError: library.InternalError,
    psycopg.ProgrammingError: library.ProgrammingError,
    psycopg.NotSupportedError: library.NotSupportedError,
    psycopg.DatabaseError: library.DatabaseError,
    psycopg.Error: library.PersistenceError,
}


class StoreConnection(Connection[DictRow]):
    """A connection with a cursor of its own that brings tuples in binary form.

    `schema` is where its statements find their tables, unless a transaction says another; empty if nobody has said it.
    """

    opened_at: float
    used_at: float
    schema: str
    tuples: Cursor[TupleRow]
    watch: select.poll

    def has_ended(self) -> bool:
        """The server says something without having been asked: nearly always that it ends the connection."""
        return bool(self.watch.poll(0))


class Datastore(PostgresDatastore):
    """The library's datastore, with connections that threads take and give back."""

    def __init__(self, database_url: str) -> None:
        self._idle: deque[StoreConnection] = deque()
        self._is_closed = False
        self._room = BoundedSemaphore(MOST_CONNECTIONS)
        self.when_opened: list[Callable[[], None]] = []
        parts = parts_of(database_url)
        super().__init__(
            dbname=parts.get("dbname", ""),
            host=parts.get("host", ""),
            port=parts.get("port", ""),
            user=parts.get("user", ""),
            password=parts.get("password", ""),
            idle_in_transaction_session_timeout=IDLE_SECONDS,
            schema=STORE_SCHEMA,
            originator_id_type="text",
        )
        # The library hands on only the five above; encryption and the like must not get lost.
        self._parts: dict[str, Any] = {"fallback_application_name": APPLICATION} | parts
        self._prepare = self.after_connect_func()

    def after_connect_func(self) -> Callable[[Connection[Any]], None]:
        cap_idleness = super().after_connect_func()

        def after_connect(connection: Connection[Any]) -> None:
            cap_idleness(connection)
            if connection.info.server_version >= TRANSACTION_TIMEOUT_SINCE:
                connection.execute("SELECT set_config('transaction_timeout', %s, false)", (f"{TRANSACTION_SECONDS}s",))

        return after_connect

    def register_type_adapters(self) -> None:
        """Our tables have no types of their own."""

    def take(self) -> StoreConnection:
        """A connection for the calling thread, which gives it back."""
        if not self._room.acquire(timeout=WAIT_SECONDS):
            raise psycopg.OperationalError(f"all {MOST_CONNECTIONS} connections of this program have been in use")
        try:
            return self._used_last() or self._open()
        except BaseException:
            self._room.release()
            raise

    def give_back(self, connection: StoreConnection) -> None:
        """What was not committed by now is rolled back."""
        try:
            self._put(connection)
        finally:
            self._room.release()

    @contextmanager
    def get_connection(self) -> Iterator[StoreConnection]:
        try:
            connection = self.take()
            try:
                yield connection
            finally:
                self.give_back(connection)
        except psycopg.Error as error:
            kind = next(LIBRARY_ERRORS[kind] for kind in type(error).__mro__ if kind in LIBRARY_ERRORS)
            raise kind(str(error)) from error

    def close(self) -> None:
        self._is_closed = True
        self._drop_idle()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> StoreConnection:
        connection = StoreConnection.connect(**self._parts, row_factory=dict_row)
        self._prepare(connection)
        connection.opened_at, connection.schema = monotonic(), ""
        connection.watch = select.poll()
        connection.watch.register(connection.fileno(), select.POLLIN)
        connection.tuples = connection.cursor(row_factory=tuple_row, binary=True)
        for tell in self.when_opened:
            tell()
        return connection

    def _used_last(self) -> StoreConnection | None:
        try:
            while (connection := self._idle.pop()).has_ended():
                connection.close()
        except IndexError:
            return None
        return connection

    def _put(self, connection: StoreConnection) -> None:
        status = connection.pgconn.transaction_status
        if status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            try:
                connection.rollback()
            except psycopg.Error:
                status = TransactionStatus.UNKNOWN
        elif status != TransactionStatus.IDLE:
            connection.close()
        if status == TransactionStatus.UNKNOWN:
            connection.close()
            self._drop_idle()
        now = monotonic()
        if connection.closed or self._is_closed or connection.opened_at + OLDEST_SECONDS < now:
            connection.close()
            return
        connection.used_at = now
        self._idle.append(connection)
        self._drop_idle(used_before=now - IDLEST_SECONDS)

    def _drop_idle(self, used_before: float = float("inf")) -> None:
        """Close the connections that nobody has used since."""
        try:
            while self._idle[0].used_at < used_before:
                self._idle.popleft().close()
        except IndexError:
            pass  # None is left, or another thread has just taken the last one.


def open_datastore(database_url: str) -> Datastore:
    """The connections to a database named by a URL or connection string."""
    return Datastore(database_url)


def lift_cap(cursor: Cursor[Any]) -> None:
    """Let the transaction that has begun take as long as it needs; only for one that writes nothing."""
    if cursor.connection.info.server_version >= TRANSACTION_TIMEOUT_SINCE:
        cursor.execute("SET LOCAL transaction_timeout = 0")


@contextmanager
def connected(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection for a short while, each statement a transaction of its own."""
    parts: dict[str, Any] = {"fallback_application_name": APPLICATION} | parts_of(database_url)
    try:
        connection = psycopg.connect(**parts, autocommit=True)
    except psycopg.OperationalError as error:
        raise ConnectionLost(
            f"cannot connect to the database; check BILLING_DATABASE_URL and that the server runs: {error}"
        ) from error
    with connection:
        yield connection
