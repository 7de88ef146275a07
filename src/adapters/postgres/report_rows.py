"""The rows of a view for the archive: the types of its columns, what each month holds, and the rows themselves."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import date
from typing import Any, NamedTuple

from psycopg import Cursor

from adapters.files.report_months import ArchivedMonth
from billing_core.kernel.errors import InvalidValue
from projections.reports.views import View, Views, expanded

# The types that can be archived, by the number that PostgreSQL has for each.
TYPES = {
    16: "flag", 20: "count", 21: "count", 23: "count", 25: "text", 1043: "text", 1700: "number", 1082: "day",
    1184: "instant", 701: "fraction",
}  # fmt: skip


class Rows(NamedTuple):
    """A view in the tables that the cursor finds."""

    cursor: Cursor[Any]
    view: View
    views: Views

    @property
    def statement(self) -> str:
        """Its rows as a statement without parameters."""
        return f"({expanded(self.view.sql.strip(), self.views)}) AS every"


def types_of(rows: Rows) -> dict[str, str]:
    """The type of each column: flag, count, text, amount, number, day, instant or fraction."""
    names = [column.name for column in rows.view.columns]
    rows.cursor.execute(f"SELECT {_listed(names)} FROM {rows.statement} LIMIT 0".encode())
    described = rows.cursor.description or ()
    for column in described:
        if column.type_code not in TYPES:
            raise InvalidValue("has a column of a type that files do not keep", field=rows.view.name, value=column.name)
    money = {column.name for column in rows.view.columns if column.kind == "money"}
    types = {column.name: TYPES[column.type_code] for column in described}
    return {name: "amount" if kind == "number" and name in money else kind for name, kind in types.items()}


def held_by_month(rows: Rows, before: date) -> dict[str, ArchivedMonth]:
    """What each month before a day holds, the oldest first: `2026-05`."""
    view, month = rows.view, f"to_char({_quoted(rows.view.archived_by)}, 'YYYY-MM')"
    money = [column.name for column in view.columns if column.kind == "money"]
    currency = "coalesce(currency, '')" if view.column("currency") else "''"
    names = _listed([column.name for column in view.columns])
    sums = "".join(f", coalesce(sum({_quoted(name)}), 0)" for name in money)
    rows.cursor.execute(
        f"""SELECT {month}, {currency}, count(*), sum(hashtextextended(ROW({names})::text, 0)::numeric)::text {sums}
            FROM {rows.statement} WHERE {_quoted(view.archived_by)} < {_day(before)} GROUP BY 1, 2 ORDER BY 1, 2
        """.encode()
    )
    found: dict[str, ArchivedMonth] = {}
    for of, code, count, digest, *amounts in rows.cursor.fetchall():
        known = found.get(of, ArchivedMonth(0, {}, ""))
        by_currency = known.sums | ({code: dict(zip(money, amounts, strict=True))} if money else {})
        found[of] = ArchivedMonth(known.rows + count, by_currency, f"{known.digest} {code}{digest}".strip())
    return found


def rows_of_month(rows: Rows, types: dict[str, str], from_on: date, to_on: date) -> Generator[memoryview, None, None]:
    """The rows of `[from_on, to_on)` as CSV, in the order of their days."""
    by = _quoted(rows.view.archived_by)
    return _copied(rows, types, f"WHERE {by} >= {_day(from_on)} AND {by} < {_day(to_on)} ORDER BY {by}")


def open_rows(rows: Rows, types: dict[str, str], since: date | None) -> Generator[memoryview, None, None]:
    """The rows from a day on and those without a day as CSV; without a day all rows."""
    by = _quoted(rows.view.archived_by) if since else ""
    return _copied(rows, types, f"WHERE {by} >= {_day(since)} OR {by} IS NULL" if since else "")


def _copied(rows: Rows, types: dict[str, str], condition: str) -> Generator[memoryview, None, None]:
    """Instants as microseconds since 1970."""
    columns = ", ".join(
        f"(extract(epoch FROM {_quoted(name)}) * 1000000)::int8 AS {_quoted(name)}" if kind == "instant"
        else _quoted(name)
        for name, kind in types.items()
    )  # fmt: skip
    statement = f"COPY (SELECT {columns} FROM {rows.statement} {condition}) TO STDOUT (FORMAT CSV, HEADER)"
    with rows.cursor.copy(statement.encode()) as copy:
        for part in copy:
            yield memoryview(part)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(_quoted, names))


def _quoted(name: str) -> str:
    return f'"{name}"'


def _day(on: date) -> str:
    return f"date '{on.isoformat()}'"
