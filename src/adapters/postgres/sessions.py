"""Sessions, passwords and failed sign-ins, in tables of their own: all of it ends or changes without leaving a fact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from adapters.postgres.secret_key import SecretKey
from adapters.postgres.tables import PostgresTables
from commands.staff.sign_in import LOCKED_FOR, OPEN_FOR, SecondFactor, Session

SCHEMA, FACTOR = "billing", "second factor"
COLUMNS = "id, operator, secret_hash, opened_at, used_at, source, agent"
KEPT_FOR = timedelta(days=1)


class PostgresSessions:
    """Implements `commands.staff.sign_in.Sessions`."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    def open(self, session: Session) -> None:
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute("DELETE FROM sessions WHERE opened_at < %s", (session.opened_at - OPEN_FOR - KEPT_FOR,))
            cursor.execute(f"INSERT INTO sessions ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)", session)

    def find(self, id: str) -> Session | None:
        with self._tables.transaction(SCHEMA) as cursor:
            row = cursor.execute(f"SELECT {COLUMNS} FROM sessions WHERE id = %s", (id,)).fetchone()
        return None if row is None else Session(*row)

    def use(self, id: str, at: datetime) -> None:
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute("UPDATE sessions SET used_at = greatest(used_at, %s) WHERE id = %s", (at, id))

    def renew(self, id: str, secret_hash: str, by: str) -> bool:
        with self._tables.transaction(SCHEMA) as cursor:
            statement = "UPDATE sessions SET secret_hash = %s WHERE id = %s AND secret_hash = %s"
            return cursor.execute(statement, (by, id, secret_hash)).rowcount > 0

    def end(self, id: str) -> bool:
        with self._tables.transaction(SCHEMA) as cursor:
            return cursor.execute("DELETE FROM sessions WHERE id = %s", (id,)).rowcount > 0

    def list_of(self, operator: str) -> Sequence[Session]:
        with self._tables.transaction(SCHEMA) as cursor:
            statement = f"SELECT {COLUMNS} FROM sessions WHERE operator = %s ORDER BY opened_at DESC, id"
            return [Session(*row) for row in cursor.execute(statement, (operator,))]

    def password_hash(self, operator: str) -> str | None:
        with self._tables.transaction(SCHEMA) as cursor:
            statement = "SELECT password_hash FROM passwords WHERE operator = %s"
            row = cursor.execute(statement, (operator,)).fetchone()
        return None if row is None else str(row[0])

    def spend_one_time(self, operator: str, password_hash: str) -> bool:
        known = {"operator": operator, "password_hash": password_hash}
        with self._tables.transaction(SCHEMA) as cursor:
            where = "WHERE operator = %(operator)s AND password_hash = %(password_hash)s"
            if cursor.execute(f"DELETE FROM passwords {where} AND is_one_time", known).rowcount:
                return True
            return cursor.execute(f"SELECT FROM passwords {where}", known).fetchone() is not None

    def set_up_second_factor(self, operator: str, secret: str, recovery_hashes: Sequence[str]) -> None:
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute("DELETE FROM second_factors WHERE operator = %s AND NOT is_confirmed", (operator,))
            insert = "INSERT INTO second_factors (operator, secret) VALUES (%s, %s)"
            cursor.execute(insert, (operator, SecretKey(cursor).seal(FACTOR, operator, secret)))
            insert = "INSERT INTO recovery_codes SELECT %s, unnest(%s::text[])"
            cursor.execute(insert, (operator, list(recovery_hashes)))

    def second_factor(self, operator: str) -> SecondFactor | None:
        with self._tables.transaction(SCHEMA) as cursor:
            key = SecretKey(cursor)
            statement = "SELECT secret, is_confirmed FROM second_factors WHERE operator = %s"
            row = cursor.execute(statement, (operator,)).fetchone()
            return None if row is None else SecondFactor(key.open(FACTOR, operator, row[0]), row[1])

    def spend_step(self, operator: str, step: int) -> bool:
        with self._tables.transaction(SCHEMA) as cursor:
            statement = "UPDATE second_factors SET last_step = %(step)s WHERE operator = %(operator)s"
            later = cursor.execute(f"{statement} AND last_step < %(step)s", {"operator": operator, "step": step})
            return later.rowcount > 0

    def spend_recovery_code(self, operator: str, code_hash: str) -> bool:
        with self._tables.transaction(SCHEMA) as cursor:
            statement = "DELETE FROM recovery_codes WHERE operator = %s AND code_hash = %s"
            return cursor.execute(statement, (operator, code_hash)).rowcount > 0

    def failures(self, operator: str, source: str, since: datetime) -> tuple[Sequence[datetime], Sequence[datetime]]:
        with self._tables.transaction(SCHEMA) as cursor:
            found = []
            for column, value in (("operator", operator), ("source", source)):
                statement = f"SELECT failed_at FROM sign_in_failures WHERE {column} = %s AND failed_at > %s"
                found.append([failed_at for (failed_at,) in cursor.execute(statement, (value, since))])
        return found[0], found[1]

    def note_failure(self, operator: str, source: str, at: datetime) -> None:
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute("DELETE FROM sign_in_failures WHERE failed_at < %s", (at - LOCKED_FOR,))
            cursor.execute("INSERT INTO sign_in_failures VALUES (%s, %s, %s)", (operator, source, at))
