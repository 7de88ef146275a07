"""The feed: every event in order of position, from a cursor on, never skipping one.

    final position 45, events 41 payment, 42 invoice, 43 payment; 46 is being written, and 44 and 45 never came to be

    after=40 limit=2                   items 41, 42   next 42
    after=42 limit=2                   item  43       next 45
    after=40 events=invoice-issued     item  42       next 45
    after=45                           no items       next 45: the reader is at the end, and waits or asks later

Nothing after the final position is shown: an event of a transaction that commits late would be passed over. What is
personal is erased, unless the operator holds the permission for it.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from adapters.edge.values import Kept
from adapters.outgoing.public_events import PublicEvent, kinds_named, public_event
from adapters.views.persons import Persons, customers_in
from adapters.views.query import Limit, Queries, Query, Reading
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, kinds_by_name

PERSONAL_DATA = "outreach.read.personal-data"
MOST_WAIT_SECONDS = 300


def _require_wait(seconds: int) -> None:
    if not 0 <= seconds <= MOST_WAIT_SECONDS:
        raise InvalidValue(f"must be 0 to {MOST_WAIT_SECONDS} seconds")


def _require_position(position: int) -> None:
    if not 0 <= position < 2**63:
        raise InvalidValue("must be a position of the log, 0 for its beginning")


class ListEvents(Query, frozen=True, kw_only=True):
    """Every event after a position, in order: the feed for other programs.

    Ask again with `after` set to `next`. `events` are the names of those that are wanted, by default all. If there is
    none yet, the answer waits up to `wait` seconds for one. Personal data are erased, unless the operator has the
    permission `outreach.read.personal-data`.
    """

    after: Annotated[int, Kept(_require_position)] = 0
    events: tuple[str, ...] = ()
    limit: Limit = 50
    wait: Annotated[int, Kept(_require_wait)] = 0


class EventPage(msgspec.Struct):
    """Events in order; `next` is the position after which to go on, also if there are none."""

    items: list[PublicEvent]
    next: int


def kinds_of(names: tuple[str, ...]) -> tuple[type[Event], ...]:
    """The classes of events of these names; all for none."""
    for name in names:
        if name not in kinds_by_name():
            raise InvalidValue("is no event; /v1/asyncapi.json names all of them", field="events", value=name)
    return kinds_named(names)


def _list_events(query: ListEvents, reading: Reading) -> EventPage:
    kinds, log = kinds_of(query.events), reading.app.log
    mark = log.final_position()
    if query.after > mark and query.after > log.newest_position():
        raise InvalidValue("is after the end of the log", field="after", value=query.after)
    is_personal = reading.permits(PERSONAL_DATA)
    found = log.read_kinds(kinds, query.after, mark, query.limit, is_personal=is_personal)
    is_full = len(found) == query.limit
    items = [public_event(entry) for entry in found]
    return EventPage(items, found[-1].position if is_full else max(mark, query.after))


def _persons(query: ListEvents, page: EventPage, reading: Reading) -> set[str]:
    return customers_in(page.items, reading) if reading.permits(PERSONAL_DATA) else set()


PERSONS: Persons = {ListEvents: _persons}
QUERIES: Queries = {ListEvents: _list_events}
