"""A report as a Parquet file, for analysts: money is `decimal128`, days are dates, an instant is in UTC.

Amounts, quantities and shares have ten decimals; what is computed, such as an average or a share, is rounded to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Context, Decimal
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from projections.reports.definition import Column
from projections.reports.whole import Value, WholeAnswer

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_AT_ONCE = 50_000
DIGITS, SCALE = 38, 10
ONE = Decimal(1).scaleb(-SCALE)
EXACT = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)


def write_parquet(answer: WholeAnswer, file: BinaryIO) -> None:
    """The rows under the names of the columns; the title and the question stand with the schema."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = answer.report.columns
    about = {"title": answer.report.title, "question": answer.report.question} | dict(answer.given)
    schema = pa.schema([(column.name, _type_of(column)) for column in columns], metadata=about)
    with pq.ParquetWriter(file, schema) as writer:
        for part in _in_parts(answer):
            arrays = [
                pa.array([_value(row[place]) for row in part], schema.field(place).type)
                for place in range(len(columns))
            ]
            writer.write_table(pa.table(arrays, schema=schema))


def _in_parts(answer: WholeAnswer) -> Iterator[list[tuple[Value, ...]]]:
    while part := list(islice(answer.rows, ROWS_AT_ONCE)):
        yield part


def _value(value: Value) -> Value:
    return value.quantize(ONE, context=EXACT) if isinstance(value, Decimal) else value


def _type_of(column: Column) -> pa.DataType:
    import pyarrow as pa

    match column.kind:
        case "count":
            return pa.int64()
        case "money" | "quantity" | "share":
            return pa.decimal128(DIGITS, SCALE)
        case "day" | "month":
            return pa.date32()
        case "instant":
            return pa.timestamp("us", tz="UTC")
        case "flag":
            return pa.bool_()
    return pa.string()
