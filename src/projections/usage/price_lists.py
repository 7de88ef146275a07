"""Which price lists are published, in which versions, and which tables of ported numbers?

The rows of a version are a file that its hash names; here stands what a list shows of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.usage.price_lists.versions import PortedNumbersPublished, PriceListPublished, PriceListWithdrawn
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

VERSION_COLUMNS = {
    "code": "text", "version": "int8", "name": "text", "kind": "text", "carrier": "text", "currency": "text",
    "unit": "text", "valid_from_on": "date", "content_hash": "text", "rows": "int8", "destinations": "int8",
    "published_at": "timestamptz", "published_by": "text",
}  # fmt: skip
PORTED_COLUMNS = {
    "country": "text", "publication": "int8", "content_hash": "text", "numbers": "int8", "published_at": "timestamptz",
    "published_by": "text",
}  # fmt: skip
WITHDRAW = """
    UPDATE price_list_versions SET withdrawn_because = said.reason
    FROM unnest(%s::text[], %s::int8[], %s::text[]) AS said (code, version, reason)
    WHERE price_list_versions.code = said.code AND price_list_versions.version = said.version
"""
# The files that something names, for the platform.
ATTACHED = "SELECT content_hash FROM price_list_versions UNION ALL SELECT content_hash FROM ported_tables"


class PriceListVersions:
    """Every version of every price list."""

    name = "price-list-versions"
    version = 1
    tables = ("price_list_versions",)
    by_stream = True
    definition = """
        CREATE TABLE price_list_versions (
            code text COLLATE "C" NOT NULL, version bigint NOT NULL, name text NOT NULL, kind text NOT NULL,
            carrier text NOT NULL, currency text NOT NULL, unit text NOT NULL, valid_from_on date NOT NULL,
            content_hash text COLLATE "C" NOT NULL, rows bigint NOT NULL, destinations bigint NOT NULL,
            published_at timestamptz NOT NULL, published_by text NOT NULL, withdrawn_because text NOT NULL DEFAULT '',
            PRIMARY KEY (code, version));
    """
    indexes = "CREATE INDEX ON price_list_versions (content_hash);"
    streams = ("price-list",)
    folds: tuple[type[Event], ...] = (PriceListPublished, PriceListWithdrawn)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        published = [entry for entry in page if isinstance(entry.event, PriceListPublished)]
        if published:
            numbers = _newest(cursor, [entry.number for entry in published])
            rows = [_version_row(entry, entry.event, numbers) for entry in published]  # type: ignore[arg-type]
            insert_rows(cursor, "price_list_versions", VERSION_COLUMNS, rows)
        withdrawn = [entry.event for entry in page if isinstance(entry.event, PriceListWithdrawn)]
        if withdrawn:
            columns = ([fact.code for fact in withdrawn], [fact.version for fact in withdrawn],
                       [fact.reason for fact in withdrawn])  # fmt: skip
            cursor.execute(WITHDRAW, columns)


def _newest(cursor: Cursor, codes: Sequence[str]) -> dict[str, int]:
    """The newest version of each list so far."""
    statement = "SELECT code, max(version) FROM price_list_versions WHERE code = ANY(%s) GROUP BY code"
    return dict(cursor.execute(statement, (list(codes),)))


def _version_row(entry: LoggedEvent, fact: PriceListPublished, numbers: dict[str, int]) -> tuple[Any, ...]:
    numbers[entry.number] = numbers.get(entry.number, 0) + 1
    terms, listed_as = fact.terms, fact.listed_as
    return (
        entry.number, numbers[entry.number], terms.name, listed_as.kind, listed_as.carrier, terms.currency, terms.unit,
        fact.valid_from_on, fact.content_hash, fact.rows, fact.destinations, entry.recorded_at, entry.origin.actor,
    )  # fmt: skip


class PortedTables:
    """Every table of ported numbers that was published."""

    name = "ported-tables"
    version = 1
    tables = ("ported_tables",)
    by_stream = True
    definition = """
        CREATE TABLE ported_tables (
            country text COLLATE "C" NOT NULL, publication bigint NOT NULL, content_hash text COLLATE "C" NOT NULL,
            numbers bigint NOT NULL, published_at timestamptz NOT NULL, published_by text NOT NULL,
            PRIMARY KEY (country, publication));
    """
    indexes = "CREATE INDEX ON ported_tables (content_hash);"
    streams = ("ported-numbers",)
    folds: tuple[type[Event], ...] = (PortedNumbersPublished,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rows = [
            (entry.number, entry.version, entry.event.content_hash, entry.event.numbers, entry.recorded_at,
             entry.origin.actor)
            for entry in page if isinstance(entry.event, PortedNumbersPublished)
        ]  # fmt: skip
        if rows:
            insert_rows(cursor, "ported_tables", PORTED_COLUMNS, rows)


class PriceListRow(msgspec.Struct):
    """A version of a price list, with the days on which it holds; a version that never holds has none."""

    code: str
    version: int
    name: str
    kind: str
    carrier: str
    currency: str
    unit: str
    from_on: date
    to_on: date | None
    holds: bool
    rows: int
    destinations: int
    published_at: datetime
    published_by: str
    withdrawn_because: str


class PortedTableRow(msgspec.Struct):
    """The newest table of the ported numbers of a country."""

    country: str
    publication: int
    numbers: int
    published_at: datetime
    published_by: str


# A version holds from its day until the day of the next one; of several from one day the last one does.
SELECT_VERSIONS = """
    SELECT code, version, name, kind, carrier, currency, unit, valid_from_on, next_on,
           withdrawn_because = '' AND version = last_of_day AS holds,
           rows, destinations, published_at, published_by, withdrawn_because
    FROM price_list_versions LEFT JOIN LATERAL (
        SELECT min(later.valid_from_on) AS next_on FROM price_list_versions AS later
        WHERE later.code = price_list_versions.code AND later.withdrawn_because = ''
        AND later.valid_from_on > price_list_versions.valid_from_on
    ) AS following ON true LEFT JOIN LATERAL (
        SELECT max(same.version) AS last_of_day FROM price_list_versions AS same
        WHERE same.code = price_list_versions.code AND same.withdrawn_because = ''
        AND same.valid_from_on = price_list_versions.valid_from_on
    ) AS of_day ON true
"""


def list_price_lists(cursor: Cursor, after: str, limit: int, on: date) -> list[PriceListRow]:
    """The version of each list that holds on a day, else its newest one, in order of code after a code."""
    statement = f"""
        SELECT DISTINCT ON (code) listed.* FROM ({SELECT_VERSIONS}) AS listed WHERE code > %s
        ORDER BY code, holds AND valid_from_on <= %s DESC, valid_from_on DESC, version DESC LIMIT %s
    """
    return [PriceListRow(*row) for row in cursor.execute(statement, (after, on, limit))]


def versions_of_list(cursor: Cursor, code: str) -> list[PriceListRow]:
    """All versions of a list, the newest first."""
    statement = f"SELECT listed.* FROM ({SELECT_VERSIONS}) AS listed WHERE code = %s ORDER BY version DESC"
    return [PriceListRow(*row) for row in cursor.execute(statement, (code,))]


def list_ported_tables(cursor: Cursor) -> list[PortedTableRow]:
    """The newest table of each country."""
    statement = """
        SELECT DISTINCT ON (country) country, publication, numbers, published_at, published_by FROM ported_tables
        ORDER BY country, publication DESC
    """
    return [PortedTableRow(*row) for row in cursor.execute(statement)]
