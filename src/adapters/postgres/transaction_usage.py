"""Usage in a transaction: the rows of batches, what waits, what is rated, and how far a topic was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres import usage_months, waiting_usage
from adapters.postgres.begun import Begun
from adapters.postgres.kafka_offsets import Place, lock_offset, move_offset, wrong_rows
from adapters.postgres.usage_rating import PostgresRatedUsage
from billing_core.usage.mediation.deliveries import RefusedRow, UsageReceived
from billing_core.usage.retention import MonthOfRows
from commands.platform.ports import IncomingRows
from commands.usage.ports import BatchId


class UsageOfTransaction(Begun):
    """Implements the part of `commands.platform.ports.Transaction` that is about usage."""

    def lock_kafka_offset(self, place: Place) -> int:
        """The first message of a partition that is not counted yet; nobody else counts any until this ends."""
        self._begin()
        return lock_offset(self._cursor, place)

    def move_kafka_offset(self, place: Place, next_offset: int, end_offset: int, at: datetime) -> None:
        """All messages before this one are counted, if this is committed."""
        move_offset(self._cursor, place, next_offset, end_offset, at)

    def wrong_usage_rows(self, source: str, batch: str) -> Sequence[RefusedRow]:
        """The records of a batch that could be read and are wrong."""
        return wrong_rows(self._cursor, BatchId(source, batch))

    def usage_rows(self, batch: UsageReceived, now: datetime) -> IncomingRows:
        # Heavy, and needed by what receives usage alone.
        from adapters.postgres.usage_rows import UsageRowsWriter

        self._begin()
        return UsageRowsWriter(self._cursor, batch, now)

    def waiting_usage(self, source: str, batch: str, field: str) -> Sequence[tuple[str, str]]:
        return waiting_usage.waiting_batches(self._cursor, source, batch, field)

    def lines_of_waiting_usage(self, source: str, batch: str) -> Sequence[int]:
        return waiting_usage.waiting_lines(self._cursor, BatchId(source, batch))

    def dismiss_waiting_usage(self, source: str, batch: str, lines: Sequence[int]) -> None:
        self._begin()
        waiting_usage.dismiss_lines(self._cursor, BatchId(source, batch), lines)

    def usage_rows_of(self, month: str) -> MonthOfRows:
        self._begin()
        return usage_months.rows_of(self._cursor, month)

    def remove_usage_rows_of(self, month: str) -> None:
        usage_months.remove_rows_of(self._cursor, month)

    def rated_usage(self) -> PostgresRatedUsage:
        self._begin()
        return PostgresRatedUsage(self._cursor)
