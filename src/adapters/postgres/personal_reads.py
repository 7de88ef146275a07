"""Reads of personal data, for the LOG: who read whose data, when and from where."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from adapters.postgres.tables import PostgresTables
from commands.platform.ports import Origin

COLUMNS = "read_at, actor, channel, source, query, customers, correlation_id"


class PersonalRead(msgspec.Struct, frozen=True):
    """An answer that showed personal data of some customers; `query` is the permission of what was asked."""

    number: int
    read_at: datetime
    actor: str
    channel: str
    source: str
    query: str
    customers: list[str]
    correlation_id: UUID


class PostgresPersonalReads:
    """Rows are only added, and lose a customer who is forgotten."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    def note(self, query: str, customers: Collection[str], origin: Origin) -> None:
        """Keep that personal data of these customers were shown."""
        row = (origin.recorded_at, origin.actor, origin.channel, origin.source, query, sorted(customers),
               origin.correlation_id)  # fmt: skip
        with self._tables.transaction("billing") as cursor:
            cursor.execute(f"INSERT INTO personal_reads ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)", row)

    def newest(self, customer: str, actor: str, limit: int, before: int | None = None) -> Sequence[PersonalRead]:
        """Those of a customer's data and by an actor, of all if none is named, the newest first, before a number."""
        with self._tables.transaction("billing") as cursor:
            rows = cursor.execute(
                f"""SELECT number, {COLUMNS} FROM personal_reads
                    WHERE (%(customer)s = '' OR customers @> ARRAY[%(customer)s])
                        AND (%(actor)s = '' OR actor = %(actor)s)
                        AND (%(before)s::bigint IS NULL OR number < %(before)s)
                    ORDER BY number DESC LIMIT %(limit)s""",
                {"customer": customer, "actor": actor, "before": before, "limit": limit},
            )
            return [PersonalRead(*row) for row in rows]

    def forget(self, customer: str) -> None:
        """Take a customer out of the rows, and away those that name nobody else."""
        with self._tables.transaction("billing") as cursor:
            cursor.execute("DELETE FROM personal_reads WHERE customers = ARRAY[%s]", (customer,))
            cursor.execute(
                """UPDATE personal_reads SET customers = array_remove(customers, %(customer)s)
                   WHERE customers @> ARRAY[%(customer)s]""",
                {"customer": customer},
            )
