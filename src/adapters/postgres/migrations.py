"""Brings the tables of a database to what this program needs: numbered SQL files, in order, forward only.

Each file is one transaction together with its row in `billing.schema_migrations`, under an advisory lock that ends with
it: two programs that migrate at once take turns, file by file, and a file that fails leaves nothing behind. A file
that was applied must never change, and a program never works on tables that are newer than itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from billing_core.kernel.errors import BillingError

FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


class MigrationsMalformed(BillingError):
    """The migration files are wrong: a name, or a number that is missing or used twice."""

    code = "migrations-malformed"


class MigrationChanged(BillingError):
    """An applied file was changed afterwards."""

    code = "migration-changed"


class MigrationFailed(BillingError):
    """The database refused a migration; everything of it was rolled back."""

    code = "migration-failed"


class DatabaseNewer(BillingError):
    """A newer version of the program has migrated this database."""

    code = "database-newer"


class DatabaseOutdated(BillingError):
    """The database lacks migrations that this program needs."""

    code = "database-outdated"


@dataclass(frozen=True)
class Migration:
    """One numbered file. The checksum is over its text, so line endings do not matter."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class _Applied:
    number: int
    name: str
    checksum: str


def packaged_migrations() -> list[Migration]:
    """The migrations that this program brings, in order."""
    return migrations_in(files("migrations"))


def migrations_in(folder: Traversable) -> list[Migration]:
    """The migrations of a folder, in order; numbers run from 1 without a gap."""
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    for number, name in enumerate(names, start=1):
        matched = FILE_NAME.fullmatch(name)
        if matched is None:
            raise MigrationsMalformed("must be named like 0001_event_store.sql", field="migration", value=name)
        if int(matched[1]) != number:
            raise MigrationsMalformed(
                f"number {number:04} is expected here; numbers run from 0001, each once, without a gap",
                field="migration",
                value=name,
            )
    return [
        Migration(number, name, (folder / name).read_text(encoding="utf-8"))
        for number, name in enumerate(names, start=1)
    ]


def migrate(connection: psycopg.Connection[Any], migrations: Sequence[Migration] | None = None) -> list[str]:
    """Apply the missing migrations, in order; the names that were applied by this call.

    The connection must not be in a transaction: each migration commits by itself.
    """
    if connection.info.transaction_status != TransactionStatus.IDLE:
        raise ValueError("migrate needs a connection outside a transaction: commit or roll back first")
    known = packaged_migrations() if migrations is None else migrations
    names: list[str] = []
    while (name := _apply_next(connection, known)) is not None:
        names.append(name)
    return names


def require_current(connection: psycopg.Connection[Any], migrations: Sequence[Migration] | None = None) -> None:
    """Refuse to work on a database whose tables are older, newer or different from this program's."""
    known = packaged_migrations() if migrations is None else migrations
    with connection.transaction():
        missing = _missing(_applied(connection), known)
    if missing:
        names = ", ".join(migration.name for migration in missing)
        raise DatabaseOutdated(f"the database lacks {names}: run `billing init`")


def _apply_next(connection: psycopg.Connection[Any], known: Sequence[Migration]) -> str | None:
    """Apply the first missing migration in a transaction of its own; its name, or None if none is missing."""
    with connection.transaction():
        # The lock is taken before the transaction sees any data, so it sees migrations that were just applied.
        connection.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('billing.schema_migrations', 0))")
        missing = _missing(_applied(connection), known)
        if not missing:
            return None
        _prepare_record(connection)
        migration = missing[0]
        try:
            connection.execute(migration.text.encode())
        except psycopg.Error as error:
            raise MigrationFailed(
                f"the database refused it, nothing of it was applied: {error}", field="migration", value=migration.name
            ) from error
        connection.execute(
            "INSERT INTO billing.schema_migrations (number, name, checksum) VALUES (%s, %s, %s)",
            [migration.number, migration.name, migration.checksum],
        )
    return migration.name


def _prepare_record(connection: psycopg.Connection[Any]) -> None:
    """The table of applied migrations. An existing one is only read, which needs fewer rights."""
    if _has_record(connection):
        return
    connection.execute("CREATE SCHEMA IF NOT EXISTS billing")
    connection.execute(
        """
        CREATE TABLE billing.schema_migrations (
            number integer PRIMARY KEY,
            name text NOT NULL,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )
        """
    )


def _has_record(connection: psycopg.Connection[Any]) -> bool:
    cursor = connection.cursor(row_factory=tuple_row)
    found = cursor.execute("SELECT to_regclass('billing.schema_migrations') IS NOT NULL").fetchone()
    return found == (True,)


def _applied(connection: psycopg.Connection[Any]) -> list[_Applied]:
    if not _has_record(connection):
        return []
    cursor = connection.cursor(row_factory=tuple_row)
    cursor.execute("SELECT number, name, checksum FROM billing.schema_migrations ORDER BY number")
    return [_Applied(*row) for row in cursor]


def _missing(applied: Sequence[_Applied], known: Sequence[Migration]) -> Sequence[Migration]:
    """The known migrations that were not applied yet. The applied ones must be the first of the known ones."""
    newest = applied[-1].number if applied else 0
    if newest > len(known):
        raise DatabaseNewer(
            f"the database is newer than this program: it has migration {applied[-1].name}, the program knows "
            f"{len(known)} of them; upgrade the program"
        )
    by_number = {migration.number: migration for migration in known}
    for row in applied:
        if by_number[row.number].checksum != row.checksum:
            raise MigrationChanged(
                f"has changed since it was applied as {row.name}; restore the file as it was released and put the "
                "change into a new migration",
                field="migration",
                value=by_number[row.number].name,
            )
    return known[newest:]
