"""Attempts that were refused, for the LOG: who tried what, when, from where, and why it was refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from adapters.postgres.tables import PostgresTables
from billing_core.kernel.errors import BillingError
from commands.platform.ports import Origin

COLUMNS = "refused_at, actor, channel, source, attempt, code, reason, correlation_id"


class RefusedAttempt(msgspec.Struct, frozen=True):
    """An attempt that changed nothing; `attempt` is its permission."""

    number: int
    refused_at: datetime
    actor: str
    channel: str
    source: str
    attempt: str
    code: str
    reason: str
    correlation_id: UUID


class PostgresRefusedAttempts:
    """Rows are only added."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    def note(self, attempt: str, error: BillingError, origin: Origin) -> None:
        """Keep an attempt with the reason for its refusal, without the value: that may be a person's name."""
        reason = error.message if error.field is None else f"{error.field}: {error.message}"
        row = (origin.recorded_at, origin.actor, origin.channel, origin.source, attempt, error.code, reason,
               origin.correlation_id)  # fmt: skip
        with self._tables.transaction("billing") as cursor:
            cursor.execute(f"INSERT INTO refused_attempts ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", row)

    def newest(self, actor: str, limit: int, before: int | None = None) -> Sequence[RefusedAttempt]:
        """Those of an actor, or of everybody if none is named, the newest first, before a number."""
        with self._tables.transaction("billing") as cursor:
            rows = cursor.execute(
                f"""SELECT number, {COLUMNS} FROM refused_attempts
                    WHERE (%(actor)s = '' OR actor = %(actor)s)
                        AND (%(before)s::bigint IS NULL OR number < %(before)s)
                    ORDER BY number DESC LIMIT %(limit)s""",
                {"actor": actor, "before": before, "limit": limit},
            )
            return [RefusedAttempt(*row) for row in rows]
