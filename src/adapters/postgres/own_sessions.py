"""Sessions, links and passwords of customers, in tables of their own: all of it ends without leaving a fact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from adapters.postgres.sessions import PostgresSessions
from adapters.postgres.tables import PostgresTables
from billing_core.self_care import LINK_FOR
from commands.self_care.sign_in import OwnSession
from commands.staff.sign_in import OPEN_FOR

SCHEMA = "billing"
COLUMNS = "id, customer, secret_hash, opened_at, used_at, source, operator"
KEPT_FOR = timedelta(days=1)
TABLES = ("own_sessions", "sign_in_links", "customer_passwords")


class PostgresOwnSessions:
    """Implements `commands.self_care.sign_in.OwnSessions`."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables
        self._counted = PostgresSessions(tables)

    def open(self, session: OwnSession) -> None:
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute("DELETE FROM own_sessions WHERE opened_at < %s", (session.opened_at - OPEN_FOR - KEPT_FOR,))
            cursor.execute(f"INSERT INTO own_sessions ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)", session)

    def find(self, id: str) -> OwnSession | None:
        with self._tables.transaction(SCHEMA) as cursor:
            row = cursor.execute(f"SELECT {COLUMNS} FROM own_sessions WHERE id = %s", (id,)).fetchone()
        return None if row is None else OwnSession(*row)

    def use(self, id: str, at: datetime) -> None:
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute("UPDATE own_sessions SET used_at = greatest(used_at, %s) WHERE id = %s", (at, id))

    def end(self, id: str) -> None:
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute("DELETE FROM own_sessions WHERE id = %s", (id,))

    def keep_link(self, id: str, customer: str, secret_hash: str, at: datetime) -> None:
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute("DELETE FROM sign_in_links WHERE made_at < %s", (at - LINK_FOR - KEPT_FOR,))
            row = (id, customer, secret_hash, at)
            cursor.execute("INSERT INTO sign_in_links VALUES (%s, %s, %s, %s)", row)

    def spend_link(self, id: str, secret_hash: str, since: datetime) -> str | None:
        with self._tables.transaction(SCHEMA) as cursor:
            statement = "DELETE FROM sign_in_links WHERE id = %s AND secret_hash = %s RETURNING customer, made_at"
            row = cursor.execute(statement, (id, secret_hash)).fetchone()
        return None if row is None or row[1] < since else str(row[0])

    def password_hash(self, customer: str) -> str | None:
        with self._tables.transaction(SCHEMA) as cursor:
            statement = "SELECT password_hash FROM customer_passwords WHERE customer = %s"
            row = cursor.execute(statement, (customer,)).fetchone()
        return None if row is None else str(row[0])

    def failures(self, whom: str, source: str, since: datetime) -> tuple[Sequence[datetime], Sequence[datetime]]:
        return self._counted.failures(whom, source, since)

    def note_failure(self, whom: str, source: str, at: datetime) -> None:
        self._counted.note_failure(whom, source, at)

    def forget(self, customer: str) -> None:
        """End and forget all by which a customer signs in."""
        with self._tables.transaction(SCHEMA) as cursor:
            for table in TABLES:
                cursor.execute(f"DELETE FROM {table} WHERE customer = %s", (customer,))
