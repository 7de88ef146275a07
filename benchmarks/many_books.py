"""The read models of a hundred thousand customers with two years, made of those of a few hundred with one.

A few hundred customers of the made-up operator of the demo live through a year. In the tables of the read models their
facts are written once more, a year earlier and with all invoices paid, and then all rows once more for each further
customer: every number of a customer, account, document, payment or credit gets an ending, and all else stays as it is.
Sums that are kept are taken once more. No event is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from adapters.bootstrap.application import Application
from adapters.bootstrap.initialising import initialise
from adapters.demo.year import DemoYear
from adapters.postgres.server import create_database
from benchmarks.books import settle
from benchmarks.measurement import drop, note
from projections.money_in import SELECT_KEPT

SEED_CUSTOMERS = 400
OWNERS = {"account", "customer"}
# Tables of facts without a day or an owner of their own.
FACTS_OF_OTHERS = {"allocations", "document_texts"}
# Facts that a table may be about; of the tables with none of them no second year is made.
FACTS = {"document", "payment", "credit", "invoice", "charge", "key", "corrects", "stream", "ticket"}
NUMBERED = {"accounts": "account", "customers": "customer", "documents": "document", "account_states": "account"}
SUMMED = """
    INSERT INTO payment_sums (part, source, currency, received, allocated)
    SELECT 0, source, currency, coalesce(sum(amount) FILTER (WHERE place = 'received'), 0),
        coalesce(sum(amount) FILTER (WHERE place = 'allocated'), 0)
    FROM ({}) AS kept GROUP BY source, currency
"""
COLUMNS = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'live' AND is_generated = 'NEVER' AND is_updatable = 'YES'
    ORDER BY table_name, ordinal_position
"""


@contextmanager
def many_books(server_url: str, name: str, customers: int) -> Iterator[str]:
    """The URL of a database with so many customers, which is dropped afterwards."""
    url = create_database(server_url, name)
    initialise(url)
    seed = min(customers, SEED_CUSTOMERS)
    _live_through_a_year(url, seed)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET search_path TO live")
        tables = list(_tables(connection))
        for table, columns in tables:
            if _is_of_facts(table, columns):
                _copy(connection, table, columns, "'p'", 1, is_earlier=True)
        for table, columns in tables:
            _copy(connection, table, columns, "'-' || copy", max(0, customers // seed - 1), is_earlier=False)
            note(f"{table} is full")
        connection.execute(f"TRUNCATE payment_sums; {SUMMED.format(SELECT_KEPT)}".encode())
        connection.execute("VACUUM ANALYZE")
    settle(url)
    yield url
    drop(server_url, name)


def _live_through_a_year(url: str, customers: int) -> None:
    application = Application(url)
    year = DemoYear(application, customers)
    year.bring_in(lambda done: None)
    for until in year.month_ends():
        year.live_through(until, lambda done: None)
    application.runner.catch_up()
    application.close()


def _tables(connection: psycopg.Connection[Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """The tables with rows of customers, each with the types of its columns."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(COLUMNS):
        found.setdefault(table, {})[column] = kind
    for table, columns in found.items():
        if OWNERS & set(columns) or table in NUMBERED or table in FACTS_OF_OTHERS:
            yield table, columns


def _is_of_facts(table: str, columns: dict[str, str]) -> bool:
    """Whether its rows are facts of a day, with a number of their own, or belong to such facts."""
    is_dated = bool(FACTS & set(columns) or table == "documents") and "date" in columns.values()
    return is_dated or table in FACTS_OF_OTHERS


def _copy(
    connection: psycopg.Connection[Any], table: str, columns: dict[str, str], ending: str, copies: int, *,
    is_earlier: bool,
) -> None:  # fmt: skip
    """Write every row so many times more; facts of the year before keep their owner."""
    endings = FACTS if is_earlier else FACTS | OWNERS
    values = [_value(table, column, kind, ending, endings, is_earlier) for column, kind in columns.items()]
    connection.execute(
        f"""INSERT INTO {table} ({_listed(list(columns))}) SELECT {", ".join(values)}
            FROM {table} AS every, generate_series(1, {copies}) AS copy ON CONFLICT DO NOTHING
        """.encode()
    )


def _value(table: str, column: str, kind: str, ending: str, endings: set[str], is_earlier: bool) -> str:
    stands_for = NUMBERED.get(table, column) if column == "number" else column
    if kind == "text" and stands_for in endings:
        return f"""CASE WHEN every."{column}" <> '' THEN every."{column}" || {ending} ELSE every."{column}" END"""
    if is_earlier and kind == "date":
        return f"""(every."{column}" - interval '1 year')::date"""
    if is_earlier and column == "open_amount":
        return "0"
    return f'every."{column}"'


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
