"""Rows of usage for tests, as a source gives them, and what is kept of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pyarrow as pa

from adapters.bootstrap.origins import origin_of_process
from adapters.files.usage_rows import USAGE_ROWS, UsageChunk
from billing_core.usage.mediation.deliveries import RefusedRow
from commands.platform.ports import Origin
from commands.usage.mediation import IncomingBatch, Received, WaitingUsage
from projections.usage.deliveries import SourceRow, sources_after
from tests.operators import Operator, silent

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
A, B = "A0001/main", "B0001/main"


def row(line: int, key: str, at: str, subscriber: str = A, **fields: Any) -> dict[str, Any]:
    """A call of a minute; `at` is `05-10 08:00` of 2026, in UTC."""
    started_at = datetime.fromisoformat(f"2026-{at}").replace(tzinfo=UTC)
    usual = {
        "line": line, "key": key, "kind": "call", "subscriber": subscriber, "component": "data",
        "started_at": started_at, "seconds": 60, "quantity": 1_000_000, "bytes_in": 0, "bytes_out": 0,
        "number": "420700000001", "network": "trunk", "session": "", "direction": "out",
    }  # fmt: skip
    return usual | fields


def chunk(rows: Iterable[dict[str, Any]], refused: Sequence[RefusedRow] = ()) -> UsageChunk:
    return UsageChunk(pa.Table.from_pylist(list(rows), schema=USAGE_ROWS), refused)


def origin(at: datetime = NOW) -> Origin:
    return origin_of_process("switch", at.date(), uuid4())._replace(recorded_at=at)


def receive(
    operator: Operator, batch: str, rows: Iterable[dict[str, Any]], refused: Sequence[RefusedRow] = (), **fields: Any
) -> Received:
    mediation = operator.application.usage_mediation()
    return mediation.receive(IncomingBatch("switch", batch, **fields), [chunk(rows, refused)], origin())


def retry(operator: Operator, *waiting: str) -> list[Received]:
    return operator.application.usage_mediation().retry(WaitingUsage(*waiting), origin())


def book_all(operator: Operator) -> None:
    operator.application.usage_import().book_unbooked(origin(), silent)


def retry_booking(operator: Operator) -> int:
    operator.application.runner.catch_up()
    return operator.application.usage_import().book_refused(origin())


def kept(operator: Operator, *columns: str) -> list[tuple[Any, ...]]:
    """The rows that are kept, by their keys."""
    return operator.select(f"SELECT {', '.join(columns or ('key',))} FROM billing.usage_rows ORDER BY key, started_at")


def waiting(operator: Operator) -> list[tuple[Any, ...]]:
    """The records that wait: batch, line, key, field and value."""
    return operator.select("SELECT batch, line, key, field, value FROM billing.usage_waiting ORDER BY batch, line")


def sources(operator: Operator) -> list[SourceRow]:
    """The sources as they are listed."""
    operator.application.runner.catch_up()
    with operator.application.queries.cursor() as cursor:
        return sources_after(cursor, "", 10)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")
