"""Records that were refused and wait, read again as they came: their profile may have been mended since.

What a profile refused is kept as a small file of its form: below the line that names its columns, if it has one. So the
records of one header are read as one file, each under the line that it had.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa

from adapters.files.usage_profile import UsageProfile
from adapters.files.usage_rows import USAGE_ROWS, RefusedRow, UsageChunk
from adapters.files.usage_sources.reading import read_stream
from adapters.files.usage_sources.rows import Reading
from billing_core.kernel.errors import BillingError

BY_LINE = ("csv", "fixed", "json-lines")
NOT_TAKEN = "is not taken by the profile as it is now; dismiss it"


def read_again(profile: UsageProfile, refused: Sequence[RefusedRow], now: datetime) -> UsageChunk:
    """What a profile takes of refused records, each under its line; those that it still refuses, with their reason."""
    reading = Reading(profile, "", now)
    tables, still = [USAGE_ROWS.empty_table()], dict[int, RefusedRow]()
    for header, rows in _files(profile, refused):
        numbers = np.array([row.line for row in rows], np.int64)
        try:
            chunks = list(read_stream(io.BytesIO(_content(header, rows)), reading))
        except BillingError as error:
            still |= {row.line: row._replace(field="row", reason=str(error)) for row in rows}
            continue
        first = 2 if header else 1
        for chunk in chunks:
            lines = pa.array(numbers[chunk.rows["line"].to_numpy() - first])
            tables.append(chunk.rows.set_column(0, USAGE_ROWS.field("line"), lines))
            found = {int(numbers[row.line - first]): row for row in chunk.refused}
            still |= {line: row._replace(line=line) for line, row in found.items()}
    taken = _with_their_keys(pa.concat_tables(tables).sort_by("line"), refused)
    known = {*taken["line"].to_pylist(), *still}
    still |= {row.line: row._replace(reason=NOT_TAKEN) for row in refused if row.line not in known}
    as_they_came = {row.line: row.raw for row in refused}
    return UsageChunk(taken, [still[line]._replace(raw=as_they_came[line]) for line in sorted(still)])


def _files(profile: UsageProfile, refused: Sequence[RefusedRow]) -> Iterator[tuple[str, list[RefusedRow]]]:
    """The records that can be read as one file, with the line that names their columns."""
    if profile.form not in BY_LINE:
        yield from (("", [row]) for row in refused)
        return
    by_header: dict[str, list[RefusedRow]] = {}
    for row in refused:
        header = row.raw.partition("\n")[0] if profile.form == "csv" and profile.header else ""
        by_header.setdefault(header, []).append(row)
    yield from by_header.items()


def _content(header: str, rows: Sequence[RefusedRow]) -> bytes:
    lines = [row.raw.removeprefix(f"{header}\n") if header else row.raw for row in rows]
    return "".join(f"{line}\n" for line in ([header] if header else []) + lines).encode(errors="replace")


def _with_their_keys(taken: pa.Table, refused: Sequence[RefusedRow]) -> pa.Table:
    """The rows under the keys that they had, which may be made of the name of their batch."""
    known = {row.line: row.key for row in refused if row.key}
    numbered = zip(taken["line"].to_pylist(), taken["key"].to_pylist(), strict=True)
    keys = [known.get(line, key) for line, key in numbered]
    return taken.set_column(1, USAGE_ROWS.field("key"), pa.array(keys, pa.string()))
