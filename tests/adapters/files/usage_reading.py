"""Reads usage for the tests: a text as a file, by a profile, on a day on which nothing in the tests has yet to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from adapters.files.profile_files import load_usage_profile
from adapters.files.usage_profile import UsageProfile
from adapters.files.usage_rows import USAGE_ROWS, RefusedRow
from adapters.files.usage_sources.reading import read_usage
from adapters.files.usage_sources.rows import Reading
from adapters.files.yaml_documents import document_in

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOTHING = dict.fromkeys(USAGE_ROWS.names, "") | dict.fromkeys(("seconds", "quantity", "bytes_in", "bytes_out"), 0)


class Taken(NamedTuple):
    """What was taken of a file."""

    rows: list[dict[str, Any]]
    refused: Sequence[RefusedRow]
    passed_over: int


def profile_of(text: str) -> UsageProfile:
    """The profile that a YAML text is."""
    return document_in(text, "profile").read_as(UsageProfile)


def reading_by(profile: UsageProfile | str, batch: str = "b1") -> Reading:
    """A reading by a profile, or by the one of this name that comes with the program."""
    return Reading(load_usage_profile(profile) if isinstance(profile, str) else profile, batch, NOW)


def take(path: Path, content: str | bytes, profile: UsageProfile | str) -> Taken:
    """What a profile takes of a content; its rows without the fields that are empty."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    chunks = list(read_usage(path, reading_by(profile)))
    rows = pa.concat_tables(chunk.rows for chunk in chunks).to_pylist()
    return Taken(
        [{name: value for name, value in row.items() if value != NOTHING[name]} for row in rows],
        [row for chunk in chunks for row in chunk.refused],
        sum(chunk.passed_over for chunk in chunks),
    )


def reasons(taken: Taken) -> list[tuple[int, str, str, str]]:
    """Line, field, value and reason of what was refused."""
    return [(row.line, row.field, row.value, row.reason) for row in taken.refused]


def utc(text: str) -> datetime:
    """An instant of UTC: `2026-10-05 12:00:40`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
