"""Months of usage rows as Parquet files: written before the rows are purged, and asked by DuckDB.

A file is one month, compressed by zstd and sorted by day and time. It says nothing by itself about whether it is the
right one: the event of the purge has its SHA-256.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import file_digest
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from adapters.files.csv_parts import batches_of

INSTANT = pa.timestamp("us", tz="UTC")
TEXTS = (
    "source", "key", "batch", "kind", "subscriber", "account", "subscription", "component", "number", "network",
    "session", "direction",
)  # fmt: skip
COUNTS = ("line", "seconds", "quantity", "bytes_in", "bytes_out")
READ_AS: dict[str, Any] = {
    "started_at": pa.int64(), "used_on": pa.date32(), **dict.fromkeys(TEXTS, pa.string()),
    **dict.fromkeys(COUNTS, pa.int64()),
}  # fmt: skip


class ArchivedMonth(NamedTuple):
    """The file of a month, how many rows it has, and its SHA-256."""

    path: Path
    rows: int
    content_hash: str


def archive_path(folder: Path, month: str) -> Path:
    """The file of a month: `usage-2026-05.parquet`."""
    return folder / f"usage-{month}.parquet"


def write_month(folder: Path, month: str, parts: Iterable[memoryview]) -> ArchivedMonth:
    """Write the rows of a month, given as CSV; a file that was cut off never has the name of a whole one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = archive_path(folder, month)
    being_written = path.with_suffix(".being-written")
    rows = 0
    with _written(being_written) as writer:
        for batch in batches_of(parts, READ_AS):
            started_at = batch.column("started_at").cast(INSTANT)
            writer.write_batch(batch.set_column(0, pa.field("started_at", INSTANT), started_at))
            rows += batch.num_rows
    being_written.replace(path)
    with path.open("rb") as file:
        return ArchivedMonth(path, rows, file_digest(file, "sha256").hexdigest())


def _written(path: Path) -> Any:
    schema = pa.schema([(name, INSTANT if name == "started_at" else READ_AS[name]) for name in READ_AS])
    return pq.ParquetWriter(path, schema, compression="zstd", sorting_columns=[
        pq.SortingColumn(schema.get_field_index(name)) for name in ("used_on", "started_at")
    ])  # fmt: skip


def archived_months(folder: Path) -> list[str]:
    """The months that have a file, the oldest first."""
    return sorted(path.stem.removeprefix("usage-") for path in folder.glob("usage-????-??.parquet"))
