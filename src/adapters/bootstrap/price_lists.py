"""Price lists with their rows: read from the kept files by hash, and remembered.

A version never changes, so what was read once under a hash holds as long as the process lives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from adapters.bootstrap.attachments import Attachments
from adapters.files.ported_numbers import Porting, ported_content, ported_on, portings_in
from adapters.files.price_list_content import content_of, rows_in
from adapters.postgres.store import PostgresStore
from billing_core.usage.price_lists.lists import (
    DestinationPrice,
    PortedNumber,
    PrefixTable,
    PriceList,
    prefix_table,
)
from billing_core.usage.price_lists.versions import (
    ListedAs,
    ListVersion,
    ListVersions,
    PortedNumbersPublished,
    PortedTables,
    PriceListPublished,
    apply_ported_numbers,
    apply_price_list,
    versions_in_force,
)
from commands.platform.ports import KeptFile, Origin
from commands.price_list_streams import price_list_stream
from commands.usage.ports import PricedVersion
from commands.usage.price_lists import PriceListPublishing, Published, ported_numbers_stream

CSV = "text/csv"
# A list of 100,000 rows takes about 50 MB.
MOST_REMEMBERED = 12


class PublishedPriceLists:
    """Implements `commands.usage.ports.PriceLists`; keeps and publishes what was read of a file."""

    def __init__(self, store: PostgresStore, attachments: Attachments) -> None:
        self._store = store
        self._attachments = attachments
        self._rows = lru_cache(MOST_REMEMBERED)(self._read_rows)
        self._tables = lru_cache(MOST_REMEMBERED)(self._make_table)
        self._portings = lru_cache(MOST_REMEMBERED)(self._read_portings)
        self._ported_on = lru_cache(MOST_REMEMBERED)(self._make_ported_on)

    def publish(self, price_list: PriceList, listed_as: ListedAs, origin: Origin) -> Published:
        """Keep the rows of a sound list, and publish it from its day on; the same list again changes nothing."""
        fact = PriceListPublished(
            effective_on=origin.today,
            terms=price_list.terms,
            valid_from_on=price_list.valid_from_on,
            content_hash=self._keep(content_of(price_list.rows)).content_hash,
            rows=len(price_list.rows),
            destinations=len({row.destination for row in price_list.rows}),
            listed_as=listed_as,
        )
        return PriceListPublishing(self._store).publish(fact, origin)

    def publish_ported(self, country: str, portings: Sequence[Porting], origin: Origin) -> Published:
        """Keep a table of ported numbers, and publish it in place of the one before."""
        fact = PortedNumbersPublished(
            effective_on=origin.today,
            country=country,
            content_hash=self._keep(ported_content(portings)).content_hash,
            numbers=len(portings),
        )
        return PriceListPublishing(self._store).publish_ported(fact, origin)

    def _keep(self, content: bytes) -> KeptFile:
        incoming = self._attachments.begin()
        try:
            incoming.add(content)
            return self._attachments.keep(incoming, CSV)
        finally:
            incoming.abandon()

    def versions(self, code: str) -> ListVersions | None:
        """All versions of a list without their rows; None for an unknown code."""
        return self._store.load(price_list_stream(code), apply_price_list)

    def with_rows(self, version: ListVersion) -> PriceList:
        """A version with its rows."""
        return PriceList(
            terms=version.terms, valid_from_on=version.valid_from_on, rows=self._rows(version.content_hash)
        )

    def table_of(self, version: ListVersion) -> PrefixTable:
        """The rows of a version, ready to be looked up."""
        return self._tables(version.content_hash)

    def versions_of(self, code: str) -> Sequence[PricedVersion]:
        known = self.versions(code)
        return [
            PricedVersion(version.number, from_on, to_on, version.content_hash, self.with_rows(version))
            for version, from_on, to_on in (versions_in_force(known) if known else ())
        ]

    def ported_on(self, country: str, on: date) -> Mapping[str, PortedNumber]:
        return self.ported_in(self._store.load(ported_numbers_stream(country), apply_ported_numbers), on)

    def ported_in(self, known: PortedTables | None, on: date) -> Mapping[str, PortedNumber]:
        """The numbers that the newest of some tables ports on a day."""
        return self._ported_on(known.newest.content_hash, on) if known else {}

    def _read_rows(self, content_hash: str) -> tuple[DestinationPrice, ...]:
        return rows_in(self._attachments.find(content_hash)[1])

    def _make_table(self, content_hash: str) -> PrefixTable:
        return prefix_table(self._rows(content_hash))

    def _read_portings(self, content_hash: str) -> Sequence[Porting]:
        return portings_in(self._attachments.find(content_hash)[1])

    def _make_ported_on(self, content_hash: str, on: date) -> Mapping[str, PortedNumber]:
        return ported_on(self._portings(content_hash), on)
