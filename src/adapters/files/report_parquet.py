"""Months of the views of reports as Parquet files, in the order of the day and compressed by zstd.

Amounts are decimals with six places and up to twelve digits before them, other numbers with twelve places; a value that
has more is refused, and so is a file whose rows and sums are not those that the database has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from adapters.files.csv_parts import batches_of
from adapters.files.report_months import ArchivedMonth
from billing_core.kernel.errors import BillingError, InvalidValue

INSTANT = pa.timestamp("us", tz="UTC")
AMOUNT, NUMBER = pa.decimal128(18, 6), pa.decimal128(38, 12)
# How a type is kept in the file, and as what it is read from CSV if that is another type.
KEPT = {
    "flag": pa.bool_(), "count": pa.int64(), "text": pa.string(), "amount": AMOUNT, "number": NUMBER,
    "day": pa.date32(), "instant": INSTANT, "fraction": pa.float64(),
}  # fmt: skip
READ = {**KEPT, "instant": pa.int64(), "amount": pa.decimal128(38, 6)}


class ArchiveDiffers(BillingError):
    """A file that was just written does not hold what the database has."""

    code = "archive-differs"


def write_month(path: Path, types: Mapping[str, str], parts: Iterable[memoryview], expected: ArchivedMonth) -> None:
    """Write rows that come as CSV; what was cut off or is not as expected never has the name of a whole file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    being_written = path.with_suffix(".being-written")
    with pq.ParquetWriter(
        being_written, schema_of(types), compression="zstd", store_decimal_as_integer=True
    ) as writer:  # fmt: skip
        for batch in read_batches(types, parts):
            writer.write_batch(batch)
    _require(being_written, expected)
    being_written.replace(path)


def schema_of(types: Mapping[str, str]) -> Any:
    """The columns as files and tables in memory have them."""
    return pa.schema([(name, KEPT[kind]) for name, kind in types.items()])


def read_batches(types: Mapping[str, str], parts: Iterable[memoryview]) -> Iterable[Any]:
    """Rows that come as CSV, as batches of columns."""
    read_as = {name: READ[kind] for name, kind in types.items()}
    try:
        for batch in batches_of(parts, read_as, has_nulls=True):
            yield batch.cast(schema_of(types))
    except pa.ArrowInvalid as error:
        message = f"has a number that the archive does not keep: {error}"
        raise InvalidValue(message, field="one of the columns", value=", ".join(types)) from error


def _require(path: Path, expected: ArchivedMonth) -> None:
    """The rows and the sums that are in the file."""
    columns = sorted({name for sums in expected.sums.values() for name in sums})
    has_currency = any(expected.sums)
    table = pq.read_table(path, columns=[*columns, *(["currency"] if has_currency else [])])
    found: dict[str, dict[str, Decimal]] = {}
    for currency in expected.sums:
        chosen = table.filter(pc.equal(pc.fill_null(table["currency"], ""), currency)) if has_currency else table
        found[currency] = {name: pc.sum(chosen[name]).as_py() or Decimal(0) for name in columns}
    if (table.num_rows, found) != (expected.rows, expected.sums):
        path.unlink()
        raise ArchiveDiffers("does not hold the rows of the database", field="file", value=path.name)
