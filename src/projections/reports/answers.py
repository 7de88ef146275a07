"""The answer to a report: rows in order, a part at a time or all of them as they come, and totals by currency.

Amounts of two currencies are never added: whatever has an amount has a currency in its row, and there is a line of
totals for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from billing_core.kernel.errors import InvalidValue
from projections.platform.projection import Cursor
from projections.reports.definition import ParameterKind, Report
from projections.reports.views import Views, expanded

WORD = re.compile(r"(?<![:\w]):([a-z_]+)")
CASTS: Mapping[ParameterKind, str] = {
    "day": "date", "text": "text", "choice": "text", "count": "bigint", "amount": "numeric"
}  # fmt: skip
# What asks for the rows in which a text is empty; an empty value asks for all.
EMPTY = "(none)"
Value = date | str | int | Decimal | None
Row = tuple[Any, ...]


class Asked(NamedTuple):
    """A report with the values of its parameters; by `sort`, a column with or without a minus before it."""

    report: Report
    values: Mapping[str, Value]
    dealer: str = ""
    sort: str = ""


class Totals(msgspec.Struct, frozen=True):
    """The sums of the columns that have one, by the column's name; of the rows of one currency if there are amounts."""

    currency: str
    rows: int
    sums: dict[str, Decimal]


def statement(asked: Asked, views: Views) -> str:
    """The report as a statement of psycopg: its views written out, its parameters with their types."""
    kinds = {parameter.name: CASTS[parameter.kind] for parameter in asked.report.parameters}
    kinds |= {"today": "date", "dealer_asking": "text"}
    sql = expanded(asked.report.sql.strip(), views, asked.dealer).replace("%", "%%")
    return WORD.sub(lambda found: f"%({found.group(1)})s::{kinds[found.group(1)]}", sql)


def rows_of(cursor: Cursor, asked: Asked, views: Views, limit: int | None = None, after: int = 0) -> list[Row]:
    """The rows in order, so many after so many."""
    cursor.execute(_ordered(asked, views, limit, after), given_to(asked))
    return list(cursor.fetchall())


def every_row(cursor: Cursor, asked: Asked, views: Views) -> Iterator[Row]:
    """All rows in order, as they come: `cursor` reads them from the server in parts."""
    cursor.execute(_ordered(asked, views, None, 0), given_to(asked))
    yield from cursor


def totals_of(cursor: Cursor, asked: Asked, views: Views) -> list[Totals]:
    """The totals over all rows, by currency in order."""
    summed = asked.report.summed
    currency = "currency" if asked.report.has_currency else "''::text"
    sums = "".join(f', coalesce(sum("{column.name}"), 0)' for column in summed)
    cursor.execute(
        f"SELECT {currency}, count(*){sums} FROM ({statement(asked, views)}) AS answer GROUP BY 1 ORDER BY 1",
        given_to(asked),
    )
    return [
        Totals(code or "", rows, {column.name: Decimal(value) for column, value in zip(summed, values, strict=True)})
        for code, rows, *values in cursor
    ]


def part_of(cursor: Cursor, asked: Asked, views: Views, limit: int, after: int = 0) -> tuple[list[Row], list[Totals]]:
    """So many rows after so many and one more if there are more, with the totals over all rows, if it has totals.

    The database is asked for the totals only if these are not all rows.
    """
    rows = rows_of(cursor, asked, views, limit + 1, after)
    if not asked.report.summed:
        return rows, []
    if after == 0 and len(rows) <= limit:
        return rows, _totals_in(rows, asked.report)
    return rows, totals_of(cursor, asked, views)


def _totals_in(rows: list[Row], report: Report) -> list[Totals]:
    names = [column.name for column in report.columns]
    summed = {column.name: names.index(column.name) for column in report.summed}
    of_currency: dict[str, list[Row]] = {}
    for row in rows:
        of_currency.setdefault((row[names.index("currency")] or "") if report.has_currency else "", []).append(row)
    return [
        Totals(code, len(found), {name: sum((Decimal(row[at] or 0) for row in found), Decimal(0))
                                  for name, at in summed.items()})
        for code, found in sorted(of_currency.items())
    ]  # fmt: skip


def estimated_cost(cursor: Cursor, asked: Asked, views: Views) -> int:
    """What the database thinks the answer costs, in its own unit of a page read in order; nothing is read for it."""
    cursor.execute(f"EXPLAIN (FORMAT JSON) {_ordered(asked, views, None, 0)}", given_to(asked))
    ((plans,),) = cursor.fetchall()
    return round(plans[0]["Plan"]["Total Cost"])


def _ordered(asked: Asked, views: Views, limit: int | None, after: int) -> str:
    columns = ", ".join(f'"{column.name}"' for column in asked.report.columns)
    part = "" if limit is None else f" LIMIT {int(limit)} OFFSET {int(after)}"
    return f"SELECT {columns} FROM ({statement(asked, views)}) AS answer{_order(asked)}{part}"


def _order(asked: Asked) -> str:
    """The order that is asked for, ties by the columns from the left; else that of the statement."""
    if not asked.sort:
        return ""
    name = asked.sort.removeprefix("-")
    if asked.report.column(name) is None:
        raise InvalidValue("the report has no such column", field="sort", value=asked.sort)
    direction = "DESC" if asked.sort.startswith("-") else "ASC"
    others = [f', "{column.name}"' for column in asked.report.columns if column.name != name]
    return f' ORDER BY "{name}" {direction} NULLS LAST{"".join(others)}'


def given_to(asked: Asked) -> dict[str, Value]:
    """The values of the statement's parameters."""
    named = {parameter.name: asked.values.get(parameter.name) for parameter in asked.report.parameters}
    return {"today": asked.values["today"], "dealer_asking": asked.dealer, **named}
