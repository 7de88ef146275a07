"""Views over archived months and the rows of the others, asked by DuckDB.

The statements are those that PostgreSQL gets: a parameter `%(from)s::date` is written as DuckDB knows it. Rows come
with the same values: what counts, adds up or is divided and then rounded is exact (`report_division`). What a report
divides without rounding the quotient itself is a binary fraction there; an amount may not be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from adapters.files.report_division import MACROS, with_exact_quotients
from adapters.files.report_parquet import read_batches, schema_of
from projections.reports.views import View, Views

GIVEN = re.compile(r"%\((\w+)\)s::(\w+)")
TYPES = {"numeric": "DECIMAL(38, 6)"}
MIDNIGHT = datetime.min.time()
CENT = Decimal("0.01")


class BooksCursor:
    """Asks DuckDB as a cursor of psycopg asks PostgreSQL."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, query: str, params: Mapping[str, Any] | None = None) -> BooksCursor:
        """Ask a statement with named parameters."""
        return self._asked("", query, params or {})

    def types_of(self, query: str, params: Mapping[str, Any]) -> dict[str, str]:
        """The type that DuckDB gives to each column of a statement's answer."""
        return {name: kind for name, kind, *_ in self._asked("DESCRIBE ", query, params).fetchall()}

    def _asked(self, verb: str, query: str, params: Mapping[str, Any]) -> BooksCursor:
        named = {name for name, _ in GIVEN.findall(query)}
        statement = GIVEN.sub(lambda found: f"CAST(${found[1]} AS {TYPES.get(found[2], found[2])})", query)
        given = {name: value for name, value in params.items() if name in named}
        exact = with_exact_quotients(self._connection, statement.replace("%%", "%"))
        self._connection.execute(verb + exact, given or None)
        return self

    def fetchone(self) -> Any:
        row = self._connection.fetchone()
        return None if row is None else tuple(map(_plain, row))

    def fetchall(self) -> list[Any]:
        return [tuple(map(_plain, row)) for row in self._connection.fetchall()]

    def __iter__(self) -> Iterator[Any]:
        while (row := self.fetchone()) is not None:
            yield row


def _plain(value: Any) -> Any:
    """A day is no instant at midnight, a fraction has the digits that it shows, and a number no zeros but two."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Decimal):
        exact = value.normalize()
        return exact if exact.as_tuple().exponent <= -2 else exact.quantize(CENT)  # type: ignore[operator]
    return value.date() if isinstance(value, datetime) and value.tzinfo is None and value.time() == MIDNIGHT else value


@contextmanager
def opened_books() -> Iterator[Any]:
    """A connection of DuckDB that sorts and divides whole numbers as PostgreSQL does, and fetches nothing."""
    import duckdb

    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET default_null_order = 'postgres'")
        connection.execute("SET integer_division = true")
        connection.execute("CREATE SCHEMA books")
        for macro in MACROS:
            connection.execute(macro)
        yield connection


def add_view(
    connection: Any, view: View, types: Mapping[str, str], parts: Iterable[memoryview], files: Iterable[Path] = ()
) -> None:
    """Make a view of rows that come as CSV and of files."""
    open_rows = pa.Table.from_batches(read_batches(types, parts), schema_of(types))
    connection.register(f"open_{view.name}", open_rows)
    archived = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    closed = f" UNION ALL BY NAME SELECT * FROM read_parquet([{archived}])" if archived else ""
    connection.execute(f'CREATE VIEW books."{view.name}" AS SELECT * FROM "open_{view.name}"{closed}')


def views_in_books(views: Views) -> Views:
    """The same views, read from the books."""
    return {name: msgspec.structs.replace(view, sql=f'SELECT * FROM books."{name}"') for name, view in views.items()}


def has_binary_amounts(cursor: BooksCursor, statement: str, given: Mapping[str, Any], amounts: Iterable[str]) -> bool:
    """Whether an amount of an answer would be a binary fraction."""
    kinds = cursor.types_of(f"SELECT * FROM ({statement}) AS answer", given)
    return any(kinds[name] in ("DOUBLE", "FLOAT") for name in amounts)
