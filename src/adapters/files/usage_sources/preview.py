"""What would be taken of a file of usage: its first rows, what is refused, of whom it tells and by which components."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from adapters.files.usage_rows import RefusedRow, UsageChunk
from adapters.files.usage_sources.reading import read_usage
from adapters.files.usage_sources.rows import Reading

MILLION = 1_000_000


class Totals(msgspec.Struct):
    """The records of a component: how many, and their sums; `quantity` is in whole units."""

    component: str
    kind: str
    records: int = 0
    seconds: int = 0
    quantity: str = "0"
    bytes_in: int = 0
    bytes_out: int = 0


class Refusal(msgspec.Struct):
    """A record that is refused: which field is wrong and why."""

    line: int
    key: str
    field: str
    value: str
    reason: str


class UsagePreview(msgspec.Struct):
    """What a profile takes of a file. Nothing of it is kept, and keys that are known already are not known here."""

    taken: int = 0
    refused: int = 0
    passed_over: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    subscribers: int = 0
    components: list[Totals] = []
    reasons: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    refusals: list[Refusal] = []


def preview(path: Path, reading: Reading, limit: int) -> UsagePreview:
    """What a profile takes of a file, with the first rows and refusals up to a limit."""
    found = UsagePreview()
    subscribers: set[str] = set()
    sums: dict[tuple[str, str], Counter[str]] = {}
    reasons: Counter[str] = Counter()
    for chunk in read_usage(path, reading):
        _add(found, chunk, limit)
        reasons.update(f"{row.field}: {row.reason}" for row in chunk.refused)
        subscribers.update(pc.unique(chunk.rows["subscriber"]).to_pylist())
        for component, kind, counts in _sums(chunk.rows):
            sums.setdefault((component, kind), Counter()).update(counts)
    found.subscribers = len(subscribers)
    found.reasons = dict(reasons.most_common())
    found.components = [_totals(*named, counts) for named, counts in sorted(sums.items())]
    return found


def _add(found: UsagePreview, chunk: UsageChunk, limit: int) -> None:
    found.taken += chunk.rows.num_rows
    found.refused += len(chunk.refused)
    found.passed_over += chunk.passed_over
    found.rows += chunk.rows.slice(0, limit - len(found.rows)).to_pylist()
    found.refusals += [_refusal(row) for row in chunk.refused[: limit - len(found.refusals)]]
    if chunk.rows.num_rows:
        first, last = pc.min_max(chunk.rows["started_at"]).as_py().values()
        found.first_at = min(found.first_at or first, first)
        found.last_at = max(found.last_at or last, last)


def _refusal(row: RefusedRow) -> Refusal:
    return Refusal(row.line, row.key, row.field, row.value, row.reason)


def _sums(rows: pa.Table) -> Sequence[tuple[str, str, dict[str, int]]]:
    names = ("seconds", "quantity", "bytes_in", "bytes_out")
    grouped = rows.group_by(["component", "kind"]).aggregate([([], "count_all"), *((name, "sum") for name in names)])
    return [
        (row["component"], row["kind"], {"records": row["count_all"], **{name: row[f"{name}_sum"] for name in names}})
        for row in grouped.to_pylist()
    ]


def _totals(component: str, kind: str, counts: Counter[str]) -> Totals:
    whole, part = divmod(counts["quantity"], MILLION)
    quantity = f"{whole}.{part:06}".rstrip("0").rstrip(".")
    return Totals(
        component, kind, counts["records"], counts["seconds"], quantity, counts["bytes_in"], counts["bytes_out"]
    )
