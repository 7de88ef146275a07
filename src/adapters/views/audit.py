"""The LOG: who changed what, when and from where, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from adapters.bootstrap.registry import streams_of_customer
from adapters.postgres.log import Wanted
from adapters.postgres.personal_reads import PersonalRead, PostgresPersonalReads
from adapters.postgres.refused_attempts import PostgresRefusedAttempts, RefusedAttempt
from adapters.texts.sentences import event_name, sentence
from adapters.views.before_after import ChangedField, before_of, fields_of, is_replacing
from adapters.views.event_groups import Group, events_of_group
from adapters.views.persons import Persons, customers_in
from adapters.views.query import Limit, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import NotFound
from commands.dealers import dealer_stream, no_such_dealer
from commands.platform.answers import plain
from commands.platform.concerns import HOUSE, Concern, Concerns, Named
from projections.audit import stretches_with
from projections.dealers import streams_of_dealer
from projections.platform.projection import LoggedEvent
from projections.platform.runner import LIVE_SCHEMA

# The ways into the log, and how many stretches of it are read through at once at most, and for one page.
WAYS = ("actor", "source", "correlation")
STRETCHES_AT_ONCE, MOST_STRETCHES = 16, 60
MOST_OTHERS, MOST_EARLIER = 50, 1_000


class ListChanges(Query, frozen=True, kw_only=True):
    """Every change, the newest first; what is named must hold for each.

    `customer` is a number, with its accounts; `dealer` a code, with its customers; `stream` an object, as
    `account/1001` or `tariff/net`; `actor` who made it; `event` its kind, as `payment-received`, or `group` all kinds
    about money, services, prices, customers, rights or work; `source` the address or machine it came from;
    `correlation` the id that all changes of an operation share, of a run or of a list of corrections. `since` and
    `until` are instants, as `2026-03-01T00:00:00+02:00`; the second one is excluded. `before` is the position before
    which to go on.
    """

    customer: str = ""
    dealer: str = ""
    stream: str = ""
    actor: str = ""
    event: str = ""
    group: Group = ""
    source: str = ""
    correlation: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    limit: Limit = 50


class ListRefusedAttempts(Query, frozen=True, kw_only=True):
    """Attempts that were refused, the newest first: of one `actor`, before a number."""

    actor: str = ""
    before: int | None = None
    limit: Limit = 50


class ListPersonalReads(Query, frozen=True, kw_only=True):
    """Who read whose personal data over HTTP, the newest first: those of a `customer`, by an `actor`, before a number.

    They are kept if the server is set up so.
    """

    customer: str = ""
    actor: str = ""
    before: int | None = None
    limit: Limit = 50


class ShowChange(Query, frozen=True, kw_only=True):
    """One change, by its position in the log: what it changed, before and after, and whether it is sealed."""

    position: int


class ShowProof(Query, frozen=True, kw_only=True):
    """A proof of the change at a position of the log, which `billing check-proof` checks without the database."""

    position: int


class ShownProof(msgspec.Struct):
    """The event as it was sealed, the path from it to the root of a seal, and the seal; bytes are in Base64."""

    format: str
    row: str
    path: list[str]
    seal: dict[str, Any]


class Change(msgspec.Struct):
    """An event with its author; `what` is its content in a sentence.

    With `requested_by`, that operator asked for it, and the actor approved it as the second person.
    """

    position: int
    recorded_at: datetime
    actor: str
    requested_by: str
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


class ShownChange(msgspec.Struct):
    """A change with its fields; `is_compared` if it replaces what was known, so that what it was before is shown.

    `others` are the changes of the same action.
    """

    change: Change
    fields: list[ChangedField]
    is_compared: bool
    is_sealed: bool
    others: list[Change]


def list_changes(query: ListChanges, reading: Reading) -> Page[Change]:
    """A page may be short although there are more: so much of the log was read through in vain for it."""
    streams = _streams(query, reading)
    wanted = Wanted(
        streams,
        _events(query),
        query.actor or None,
        query.source or None,
        str(query.correlation) if query.correlation else None,
        query.since,
        query.until,
    )
    if streams is not None:
        found = reading.app.log.search(wanted, None, query.limit + 1, query.before)
        return page_of([change_of(entry) for entry in found], query.limit, lambda change: change.position)
    return _search(wanted, reading, query.limit, query.before)


def _events(query: ListChanges) -> Sequence[str] | None:
    """The kinds that are looked for: the one that is named, of the group if there is one; None is all."""
    if not query.group:
        return [query.event] if query.event else None
    of_group = events_of_group(query.group)
    return [name for name in of_group if query.event in ("", name)]


def _streams(query: ListChanges, reading: Reading) -> list[str] | None:
    """The streams in which to search, those of all that is named; None is all."""
    named = [[query.stream]] if query.stream else []
    with reading.app.tables.transaction(LIVE_SCHEMA) as cursor:
        if query.customer:
            named.append(streams_of_customer(cursor, query.customer))
            if not reading.app.store.versions(named[-1]):
                raise NotFound(
                    "no such customer; `billing customers` lists them", field="customer", value=query.customer
                )
        if dealer := reading.dealer or query.dealer:
            named.append(streams_of_dealer(cursor, dealer))
            if not reading.app.store.versions([dealer_stream(dealer)]):
                raise no_such_dealer(dealer)
    return list(set.intersection(*map(set, named))) if named else None


def _search(wanted: Wanted, reading: Reading, limit: int, before: int | None) -> Page[Change]:
    """Stretch by stretch of the log, at most `MOST_STRETCHES` of them."""
    ways = {way: [value] for way in WAYS if (value := getattr(wanted, way)) is not None}
    if wanted.events is not None:
        ways["event"] = list(wanted.events)
    with reading.app.tables.transaction(LIVE_SCHEMA) as cursor:
        stretches = stretches_with(cursor, ways, wanted.since, wanted.until, before, MOST_STRETCHES + 1)
    found: list[LoggedEvent] = []
    first, some = 0, 1  # One stretch is often enough; what is rare is looked for in more and more of them at once.
    while first < min(len(stretches), MOST_STRETCHES) and len(found) <= limit:
        within = stretches[first : min(first + some, MOST_STRETCHES)]
        found += reading.app.log.search(wanted, within, limit + 1 - len(found), before)
        first, some = first + some, min(2 * some, STRETCHES_AT_ONCE)
    page = page_of([change_of(entry) for entry in found], limit, lambda change: change.position)
    if page.next is None and len(stretches) > MOST_STRETCHES:
        return Page(page.items, str(stretches[MOST_STRETCHES].stop))
    return page


def change_of(entry: LoggedEvent) -> Change:
    """An event as the LOG shows it."""
    origin = entry.origin
    return Change(
        position=entry.position,
        recorded_at=entry.recorded_at,
        actor=origin.actor,
        requested_by=origin.requested_by,
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


def _show_change(query: ShowChange, reading: Reading) -> ShownChange:
    position, log = query.position, reading.app.log
    found = log.at_positions([position])
    if not found:
        raise NotFound("no event at this position of the log", field="position", value=position)
    entry = found[0]
    change = change_of(entry)
    earlier = log.of_streams([entry.stream], MOST_EARLIER, position) if is_replacing(entry.event) else ()
    before = before_of(entry.event, [each.event for each in earlier])
    seal = reading.app.seals.newest()
    others = []
    if change.correlation_id:
        ways = Wanted(correlation=change.correlation_id)
        others = _search(ways, reading, MOST_OTHERS, None).items
    return ShownChange(
        change, fields_of(change.content, before), before is not None, seal is not None and position <= seal.last,
        [other for other in others if other.position != position],
    )  # fmt: skip


def _list_refused(query: ListRefusedAttempts, reading: Reading) -> Page[RefusedAttempt]:
    found = PostgresRefusedAttempts(reading.app.tables).newest(query.actor, query.limit + 1, query.before)
    return page_of(list(found), query.limit, lambda attempt: attempt.number)


def _show_proof(query: ShowProof, reading: Reading) -> ShownProof:
    proof = reading.app.seals.prove(query.position, lambda message, signature: True)
    return msgspec.convert(msgspec.to_builtins(proof), ShownProof)


def _list_personal_reads(query: ListPersonalReads, reading: Reading) -> Page[PersonalRead]:
    reads = PostgresPersonalReads(reading.app.tables)
    found = reads.newest(query.customer, query.actor, query.limit + 1, query.before)
    return page_of(list(found), query.limit, lambda read: read.number)


QUERIES: Queries = {
    ListChanges: list_changes,
    ListRefusedAttempts: _list_refused,
    ListPersonalReads: _list_personal_reads,
    ShowChange: _show_change,
    ShowProof: _show_proof,
}
PERSONS: Persons = {
    ListChanges: lambda query, page, reading: customers_in(page.items, reading),
    ShowChange: lambda query, shown, reading: customers_in([shown.change, *shown.others], reading),
}
CONCERNS: Concerns = {
    ListChanges: Concern(
        "listed",
        (Named("customer", ("customer",), is_optional=True), Named("dealer", ("dealer",), is_optional=True)),
    ),
    ListRefusedAttempts: HOUSE,
    ListPersonalReads: HOUSE,
    ShowChange: HOUSE,
    ShowProof: HOUSE,
}
