"""What changed with which service, on which day, and who recorded it? In which state was it on which days?

A change that was cancelled is gone, and what is corrected in the past stands as it is known now. Of each service its
timeline is kept without prices, since only the whole timeline says what held on a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, cast

import msgspec

from billing_core.kernel.events import Event
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionChangeCancelled,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionMovedAway,
    SubscriptionMovedIn,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
    SubscriptionTermsCorrected,
)
from billing_core.services.history import ServiceChange, ServiceChangeKind, changes_of, spans_of
from billing_core.services.subscriptions import Subscription, apply_subscription, change_of
from billing_core.services.terms_in_force import Change
from billing_core.services.timeline import Terms
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

CHANGES = {
    "account": "text", "subscription": "text", "place": "int4", "changed_on": "date", "kind": "text",
    "tariff_before": "text", "tariff_after": "text", "reason": "text", "operator": "text", "recorded_at": "timestamptz",
}  # fmt: skip
SPANS = {
    "account": "text", "subscription": "text", "from_on": "date", "to_on": "date", "status": "text", "tariff": "text",
    "reason": "text", "reasons": "text[]",
}  # fmt: skip
UPSERT_HISTORIES = """
    INSERT INTO service_histories (account, subscription, timeline, corrections, recorded)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[])
    ON CONFLICT (account, subscription) DO UPDATE
    SET timeline = excluded.timeline, corrections = excluded.corrections, recorded = excluded.recorded
"""
# The facts that a change is made by, besides a correction of the past.
FACTS: Mapping[ServiceChangeKind, str] = {
    "activated": "activate", "moved-in": "move-in", "tariff-changed": "change-tariff", "held": "hold",
    "suspended": "suspend", "resumed": "resume", "terminated": "terminate", "moved-away": "move-away",
}  # fmt: skip
CORRECTION = "correct"
Key = tuple[str, str]


class Recorded(msgspec.Struct, frozen=True, array_like=True):
    """A fact that stands: its kind and days, whether money made it, and who recorded it at which instant."""

    kind: str
    on: date
    to_on: date | None
    is_of_money: bool
    operator: str
    at: datetime


class History(NamedTuple):
    """A service as it is known, without prices, and the facts that it is known by, in the order of recording."""

    service: Subscription
    recorded: list[Recorded]


class ServiceChanges:
    """The changes of every service in the order of their days, and the spans of days with one tariff and status."""

    name = "service-changes"
    version = 1
    tables = ("service_changes", "service_spans", "service_histories")
    by_stream = True
    definition = """
        CREATE TABLE service_changes (
            account text COLLATE "C" NOT NULL, subscription text COLLATE "C" NOT NULL, place integer NOT NULL,
            changed_on date NOT NULL, kind text NOT NULL, tariff_before text NOT NULL, tariff_after text NOT NULL,
            reason text NOT NULL, operator text NOT NULL, recorded_at timestamptz NOT NULL,
            PRIMARY KEY (account, subscription, place));
        CREATE TABLE service_spans (
            account text COLLATE "C" NOT NULL, subscription text COLLATE "C" NOT NULL, from_on date NOT NULL,
            to_on date, status text NOT NULL, tariff text NOT NULL, reason text NOT NULL, reasons text[] NOT NULL,
            PRIMARY KEY (account, subscription, from_on));
        CREATE TABLE service_histories (
            account text COLLATE "C" NOT NULL, subscription text COLLATE "C" NOT NULL, timeline text NOT NULL,
            corrections text NOT NULL, recorded text NOT NULL, PRIMARY KEY (account, subscription));
    """
    indexes = "CREATE INDEX ON service_changes (changed_on, kind);"
    streams = ("account",)
    folds: tuple[type[Event], ...] = (
        SubscriptionActivated, SubscriptionMovedIn, SubscriptionTariffChanged, SubscriptionHeld, SubscriptionSuspended,
        SubscriptionResumed, SubscriptionTerminated, SubscriptionMovedAway, SubscriptionActivationCorrected,
        SubscriptionTermsCorrected, SubscriptionChangeCancelled,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        keys = {(entry.number, cast(SubscriptionEvent, entry.event).subscription) for entry in page}
        before = _read(cursor, keys)
        known = dict(before)
        for entry in page:
            fact = cast(SubscriptionEvent, entry.event)
            history = _after(known.get((entry.number, fact.subscription)), fact, entry)
            if history is not None:
                known[entry.number, fact.subscription] = history
        changed = {key: history for key, history in known.items() if history is not before.get(key)}
        if changed:
            _clear(cursor, changed.keys() & before.keys())
            _write(cursor, changed)


# --- the fold


def _after(history: History | None, fact: SubscriptionEvent, entry: LoggedEvent) -> History | None:
    """A history with one more fact; None, or the same one, if the fact changes neither status nor tariff."""
    if isinstance(fact, SubscriptionChangeCancelled) and fact.kind not in FACTS.values():
        return history
    services = {} if history is None else {fact.subscription: msgspec.structs.replace(history.service)}
    apply_subscription(services, fact)
    recorded = [] if history is None else history.recorded
    if isinstance(fact, SubscriptionChangeCancelled):
        return History(services[fact.subscription], _without(recorded, fact))
    return History(services[fact.subscription], [*recorded, _recorded(fact, entry)])


def _recorded(fact: SubscriptionEvent, entry: LoggedEvent) -> Recorded:
    operator, at = entry.origin.actor, entry.recorded_at
    if isinstance(fact, SubscriptionActivationCorrected | SubscriptionTermsCorrected):
        to_on = fact.to_on if isinstance(fact, SubscriptionTermsCorrected) else None
        return Recorded(CORRECTION, fact.effective_on, to_on, False, operator, at)
    change = change_of(fact)
    return Recorded(change.kind, change.on, None, change.lifted_by == "money", operator, at)


def _without(recorded: Sequence[Recorded], fact: SubscriptionChangeCancelled) -> list[Recorded]:
    """The facts without the last one of a kind on a day; what money did only if people did nothing of the kind."""
    found = [place for place, each in enumerate(recorded) if (each.kind, each.on) == (fact.kind, fact.effective_on)]
    gone = max(found, key=lambda place: (not recorded[place].is_of_money, place))
    return [*recorded[:gone], *recorded[gone + 1 :]]


def _made_by(change: ServiceChange, recorded: Sequence[Recorded]) -> Recorded:
    """The fact that a change is owed to: the last of its kind on its day, else the last that says something of it."""

    def fits(each: Recorded) -> tuple[bool, bool]:
        is_of_day = change.on in (each.on, each.to_on)
        return is_of_day and each.kind in (FACTS[change.kind], CORRECTION), is_of_day

    last = max(range(len(recorded)), key=lambda place: (*fits(recorded[place]), place))
    return recorded[last]


# --- the tables


def _read(cursor: Cursor, keys: Iterable[Key]) -> dict[Key, History]:
    cursor.execute(
        """SELECT account, subscription, timeline, corrections, recorded FROM service_histories
           JOIN unnest(%b::text[], %b::text[]) AS wanted (account, subscription) USING (account, subscription)""",
        as_columns(keys, 2),
    )
    return {
        (account, code): History(
            Subscription(
                code,
                msgspec.json.decode(timeline, type=list[Change]),
                corrections=msgspec.json.decode(corrections, type=list[Terms]),
            ),
            msgspec.json.decode(recorded, type=list[Recorded]),
        )
        for account, code, timeline, corrections, recorded in cursor.fetchall()
    }


def _clear(cursor: Cursor, keys: Iterable[Key]) -> None:
    columns = as_columns(keys, 2)
    if not columns[0]:
        return
    for table in ("service_changes", "service_spans"):
        cursor.execute(
            f"""DELETE FROM {table} USING unnest(%b::text[], %b::text[]) AS changed (account, subscription)
                WHERE {table}.account = changed.account AND {table}.subscription = changed.subscription""",
            columns,
        )


def _write(cursor: Cursor, changed: Mapping[Key, History]) -> None:
    rows = (
        (account, code, _encoded(_bare(service.timeline)), _encoded(_bare(service.corrections)), _encoded(recorded))
        for (account, code), (service, recorded) in changed.items()
    )
    cursor.execute(UPSERT_HISTORIES, as_columns(rows, 5))
    insert_rows(cursor, "service_changes", CHANGES, _changes(changed))
    insert_rows(cursor, "service_spans", SPANS, _spans(changed))


def _changes(changed: Mapping[Key, History]) -> Iterator[tuple[Any, ...]]:
    for (account, code), (service, recorded) in changed.items():
        for place, change in enumerate(changes_of(service)):
            made_by = _made_by(change, recorded)
            yield account, code, place, *change, made_by.operator, made_by.at


def _spans(changed: Mapping[Key, History]) -> Iterator[tuple[Any, ...]]:
    for (account, code), (service, _) in changed.items():
        for span in spans_of(service):
            reason = span.reasons[0] if span.reasons else ""
            yield account, code, span.from_on, span.to_on, span.status, span.tariff, reason, list(span.reasons)


def _bare(entries: Sequence[Change] | Sequence[Terms]) -> list[Change | Terms]:
    """The entries without prices, options and discounts, which change neither status nor tariff."""
    return [
        msgspec.structs.replace(entry, agreed_prices={}, agreed_until=None, options=(), discounts=(), since={},
                                commitments=())
        if isinstance(entry, Change) else msgspec.structs.replace(entry, agreed_prices={}, vat_rates={})
        for entry in entries
    ]  # fmt: skip


def _encoded(entries: Sequence[Change | Terms | Recorded]) -> str:
    return msgspec.json.encode(entries).decode()


# --- what must hold

INVARIANTS = {
    "the days of a service are those of its spans, and so are the days on which it is stopped": """
        SELECT subscriptions.account || '/' || subscriptions.subscription FROM subscriptions LEFT JOIN (
            SELECT account, subscription, range_agg(daterange(from_on, to_on)) AS active,
                range_agg(daterange(from_on, to_on)) FILTER (WHERE status <> 'active') AS stopped
            FROM service_spans GROUP BY account, subscription
        ) AS spans USING (account, subscription)
        WHERE subscriptions.active <> coalesce(spans.active, '{}')
            OR subscriptions.stopped <> coalesce(spans.stopped, '{}')
    """,
}
