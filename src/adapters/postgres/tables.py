"""The place of read models: schemas of the same database, and the locks between the processes that fill them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Cursor
from psycopg.rows import tuple_row

from adapters.postgres.datastore import Datastore, lift_cap
from adapters.postgres.failures import translated_errors


class PostgresTables:
    """Implements `projections.platform.ports.Tables`."""

    def __init__(self, datastore: Datastore) -> None:
        self._datastore = datastore

    @contextmanager
    def transaction(self, schema: str) -> Iterator[Cursor[Any]]:
        with self._begun() as cursor:
            _find_tables_in(cursor, schema)
            yield cursor

    @contextmanager
    def statements(self, schema: str) -> Iterator[Cursor[Any]]:
        """Statements that read, each by itself: a question of one statement is one exchange with the database.

        A transaction would be three more: it begins, says where its tables are, and ends. The connection keeps where
        they are.
        """
        with translated_errors(), self._datastore.get_connection() as connection:
            cursor = connection.cursor(row_factory=tuple_row)
            if connection.schema != schema:
                cursor.execute("SELECT set_config('search_path', %s, false)", (schema,))
                connection.schema = schema
            yield cursor

    @contextmanager
    def reading(self, schema: str) -> Iterator[Cursor[Any]]:
        """A transaction that writes nothing, and so may take as long as it needs; all it reads is of one moment."""
        with self._begun() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            lift_cap(cursor)
            _find_tables_in(cursor, schema)
            yield cursor

    @contextmanager
    def _begun(self) -> Iterator[Cursor[Any]]:
        with translated_errors(), self._datastore.transaction(commit=True) as cursor:
            cursor.row_factory = tuple_row  # type: ignore[assignment]
            yield cursor

    def is_running(self, name: str) -> bool:
        """Whether the lock of this name is held at the moment."""
        with self.transaction("public") as cursor:
            found = cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", (f"billing {name}",))
            return found.fetchone() == (False,)

    @contextmanager
    def only_runner_unless_busy(self, name: str) -> Iterator[bool]:
        """The same lock, without waiting: False while it is held elsewhere."""
        with translated_errors(), self._datastore.get_connection() as connection:
            statement = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
            cursor = connection.cursor(row_factory=tuple_row).execute(statement, (f"billing {name}",))
            is_alone = cursor.fetchone() == (True,)
            try:
                yield is_alone
            finally:
                if is_alone and not connection.closed:
                    connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (f"billing {name}",))

    @contextmanager
    def only_runner(self, name: str) -> Iterator[None]:
        """A lock that the database releases by itself when its holder dies."""
        with translated_errors(), self._datastore.get_connection() as connection:
            with connection.transaction():  # The lock is kept; the wait for it may last a whole run of another process.
                lift_cap(connection.cursor())
                connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (f"billing {name}",))
            try:
                yield
            finally:
                if not connection.closed:
                    connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (f"billing {name}",))


def _find_tables_in(cursor: Cursor[Any], schema: str) -> None:
    cursor.execute("SELECT set_config('search_path', %s, true)", (schema,))
