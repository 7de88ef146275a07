"""The pool of connections, and how long a transaction on one of them may last.

A transaction that has an id keeps every reader of the log waiting until it ends. So one that was abandoned, by a
program that hangs or a machine that fell asleep, is ended by the database, and nothing of it is kept. The longest of
ours, a chunk of a billing run or of a bank file, takes seconds. What only reads has no id, keeps nobody waiting, and
may take as long as it needs (`lift_cap`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from eventsourcing.persistence import InterfaceError, OperationalError
from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection, Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row

from billing_core.kernel.errors import ConnectionLost

STORE_SCHEMA = "billing"
APPLICATION = "billing"
MOST_CONNECTIONS = 16

# How long a transaction may wait for its program, and how long it may take in all.
IDLE_SECONDS = 60
TRANSACTION_SECONDS = 600
# Older servers know only the first of the two.
TRANSACTION_TIMEOUT_SINCE = 17_00_00


class Datastore(PostgresDatastore):
    """The library's pool; where one connection is lost, the idle ones are looked at too."""

    def __init__(self, database_url: str) -> None:
        parts = {key: str(value) for key, value in conninfo_to_dict(database_url).items() if value is not None}
        super().__init__(
            dbname=parts.get("dbname", ""),
            host=parts.get("host", ""),
            port=parts.get("port", ""),
            user=parts.get("user", ""),
            password=parts.get("password", ""),
            idle_in_transaction_session_timeout=IDLE_SECONDS,
            pool_size=1,
            max_overflow=MOST_CONNECTIONS - 1,
            schema=STORE_SCHEMA,
            originator_id_type="text",
        )
        # The library hands on only the five above; encryption and the like must not get lost.
        self.pool.kwargs = {**parts, "row_factory": dict_row, "fallback_application_name": APPLICATION}

    def after_connect_func(self) -> Callable[[Connection[Any]], None]:
        cap_idleness = super().after_connect_func()

        def after_connect(connection: Connection[Any]) -> None:
            cap_idleness(connection)
            if connection.info.server_version >= TRANSACTION_TIMEOUT_SINCE:
                connection.execute("SELECT set_config('transaction_timeout', %s, false)", (f"{TRANSACTION_SECONDS}s",))

        return after_connect

    @contextmanager
    def get_connection(self) -> Iterator[Connection[DictRow]]:
        try:
            with super().get_connection() as connection:
                yield connection
        except (InterfaceError, OperationalError):
            self.pool.check()  # A server that was restarted has ended them all: do not fail on each in turn.
            raise


def open_datastore(database_url: str) -> Datastore:
    """The connection pool for a database named by a URL or connection string."""
    return Datastore(database_url)


def lift_cap(cursor: Cursor[Any]) -> None:
    """Let the transaction that has begun take as long as it needs; only for one that writes nothing."""
    cursor.execute("SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout'")


@contextmanager
def connected(database_url: str) -> Iterator[psycopg.Connection]:
    try:
        connection = psycopg.connect(database_url, autocommit=True, fallback_application_name=APPLICATION)
    except psycopg.ProgrammingError as error:
        raise ConnectionLost(
            f"BILLING_DATABASE_URL does not name a database, as in postgresql://host/name: {error}"
        ) from error
    except psycopg.OperationalError as error:
        raise ConnectionLost(
            f"cannot connect to the database; check BILLING_DATABASE_URL and that the server runs: {error}"
        ) from error
    with connection:
        yield connection
