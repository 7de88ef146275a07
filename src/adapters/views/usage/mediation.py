"""What sources of usage delivered, and the records of theirs that wait."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from adapters.views.persons import Persons, owners
from adapters.views.query import Listing, Page, Queries, Reading, page_of
from billing_core.kernel.errors import InvalidValue
from commands.platform.concerns import HOUSE, Concerns
from projections.usage.deliveries import SourceRow, UnbookedDay, sources_after, unbooked_after
from projections.usage.identifiers import holders_of
from projections.usage.waiting import WaitingPlace, WaitingRecord, waiting_after


class ListUsageSources(Listing, frozen=True, kw_only=True):
    """The sources of usage: up to which instant each has delivered, which of its numbers are missing, what waits."""


class ListWaitingUsage(Listing, frozen=True, kw_only=True):
    """The records of usage that wait, and for what; of one source or batch, if it is named.

    `after` is the place of a record, `SOURCE:BATCH:LINE`.
    """

    source: str = ""
    batch: str = ""


class ListUnbookedUsage(Listing, frozen=True, kw_only=True):
    """The days of subscriptions whose records were taken and cannot be booked, and why.

    They are tried again every night, and by `retry-refused-usage`.
    """


class _Said(msgspec.Struct):
    subscriber: str = ""


def place_of(record: WaitingRecord) -> str:
    """The place of a record that waits: `switch:calls.csv:17`."""
    return f"{record.source}:{record.batch}:{record.line}"


def read_place(text: str) -> WaitingPlace:
    """The place that a text names; an empty one is that before all."""
    if not text:
        return WaitingPlace()
    source, _, rest = text.partition(":")
    batch, _, line = rest.rpartition(":")
    if not line.isdecimal():
        raise InvalidValue("must be SOURCE:BATCH:LINE", field="after", value=text)
    return WaitingPlace(source, batch, int(line))


def _list_sources(query: ListUsageSources, reading: Reading) -> Page[SourceRow]:
    with reading.source.cursor() as cursor:
        found = sources_after(cursor, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.source)


def _list_waiting(query: ListWaitingUsage, reading: Reading) -> Page[WaitingRecord]:
    with reading.source.cursor() as cursor:
        found = waiting_after(cursor, read_place(query.after), query.limit + 1, query.source, query.batch)
    return page_of(found, query.limit, place_of)


def _list_unbooked(query: ListUnbookedUsage, reading: Reading) -> Page[UnbookedDay]:
    with reading.source.cursor() as cursor:
        found = unbooked_after(cursor, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.place)


def _customers(query: ListWaitingUsage, page: Page[WaitingRecord], reading: Reading) -> Iterable[str]:
    """The customers who have or had what the records name."""
    named = set(map(_subscriber, page.items)) - {""}
    with reading.source.cursor() as cursor:
        found = {row.customer for row in holders_of(cursor, [name for name in named if "/" not in name])}
    return found.union(owners([name.rpartition("/")[0] for name in named if "/" in name], reading))


def _subscriber(record: WaitingRecord) -> str:
    """The subscriber of a record that could be read."""
    try:
        return msgspec.json.decode(record.raw, type=_Said).subscriber
    except msgspec.MsgspecError:
        return ""


QUERIES: Queries = {ListUsageSources: _list_sources, ListWaitingUsage: _list_waiting, ListUnbookedUsage: _list_unbooked}
PERSONS: Persons = {
    ListWaitingUsage: _customers,
    ListUnbookedUsage: lambda query, page, reading: owners([row.account for row in page.items], reading),
}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
