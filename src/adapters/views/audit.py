"""The LOG: who changed what, when and from where, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from adapters.bootstrap.registry import streams_of_customer
from adapters.postgres.refused_attempts import PostgresRefusedAttempts, RefusedAttempt
from adapters.texts.sentences import event_name, sentence
from adapters.views.query import Limit, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import InvalidValue, NotFound
from commands.platform.answers import plain
from projections.audit import positions_by_actor, stretches_of_correlation
from projections.platform.projection import LoggedEvent
from projections.platform.runner import LIVE_SCHEMA


class ListChanges(Query, frozen=True, kw_only=True):
    """Every change, the newest first: of one `customer` with its accounts, by one `actor`, or of one operation.

    `correlation` is the id that all changes of an operation share, of a run or of a list of corrections. `before` is
    the position before which to go on.
    """

    customer: str = ""
    actor: str = ""
    correlation: UUID | None = None
    before: int | None = None
    limit: Limit = 50


class ListRefusedAttempts(Query, frozen=True, kw_only=True):
    """Attempts that were refused, the newest first: of one `actor`, before a number."""

    actor: str = ""
    before: int | None = None
    limit: Limit = 50


class Change(msgspec.Struct):
    """An event with its author; `what` is its content in a sentence."""

    position: int
    recorded_at: datetime
    actor: str
    role: str
    channel: str
    source: str
    command_id: str
    correlation_id: str
    stream: str
    version: int
    event: str
    effective_on: date
    what: str
    content: dict[str, Any]


def _list_changes(query: ListChanges, reading: Reading) -> Page[Change]:
    if query.correlation is not None and (query.customer or query.actor):
        raise InvalidValue("cannot be combined with customer or actor", field="correlation", value=query.correlation)
    if query.correlation is not None:
        found = _of_correlation(reading, query.correlation, query)
    elif query.customer:
        found = _of_customer(reading, query)
    else:
        found = _of_everybody(reading, query)
    return page_of([_change(entry) for entry in found], query.limit, lambda change: change.position)


def _of_correlation(reading: Reading, correlation: UUID, query: ListChanges) -> Sequence[LoggedEvent]:
    with reading.app.tables.transaction(LIVE_SCHEMA) as cursor:
        stretches = stretches_of_correlation(cursor, correlation)
    found, _ = reading.app.log.of_correlation(correlation, stretches, query.limit + 1, query.before)
    return found


def _of_customer(reading: Reading, query: ListChanges) -> Sequence[LoggedEvent]:
    with reading.app.tables.transaction(LIVE_SCHEMA) as cursor:
        streams = streams_of_customer(cursor, query.customer)
    wanted = None if query.actor else query.limit + 1
    found = reading.app.log.of_streams(streams, wanted, query.before)
    if not found and query.before is None:
        raise NotFound("no such customer", field="customer", value=query.customer)
    return [entry for entry in found if query.actor in ("", entry.origin.actor)][: query.limit + 1]


def _of_everybody(reading: Reading, query: ListChanges) -> Sequence[LoggedEvent]:
    if not query.actor:
        return reading.app.log.newest(query.limit + 1, query.before)
    with reading.app.tables.transaction(LIVE_SCHEMA) as cursor:
        positions = positions_by_actor(cursor, query.actor, query.limit + 1, query.before)
    return reading.app.log.at_positions(positions)


def _change(entry: LoggedEvent) -> Change:
    origin = entry.origin
    return Change(
        position=entry.position,
        recorded_at=entry.recorded_at,
        actor=origin.actor,
        role=origin.role,
        channel=origin.channel,
        source=origin.source,
        command_id=origin.command,
        correlation_id=origin.correlation,
        stream=entry.stream,
        version=entry.version,
        event=event_name(entry.event),
        effective_on=entry.event.effective_on,
        what=sentence(entry.event),
        content=plain(entry.event),
    )


def _list_refused(query: ListRefusedAttempts, reading: Reading) -> Page[RefusedAttempt]:
    found = PostgresRefusedAttempts(reading.app.tables).newest(query.actor, query.limit + 1, query.before)
    return page_of(list(found), query.limit, lambda attempt: attempt.number)


QUERIES: Queries = {ListChanges: _list_changes, ListRefusedAttempts: _list_refused}
