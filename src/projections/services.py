"""Which subscriptions are there, on which tariff and in which state?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.services import Change, SubscriptionEvent, change_of, segments, with_change
from projections.projection import Cursor, LoggedEvent, as_columns

Key = tuple[str, str]

UPSERT_SUBSCRIPTIONS = """
    INSERT INTO subscriptions (account, subscription, tariff, status, reason, since_on, activated_on, timeline)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::date[], %b::date[], %b::text[])
    ON CONFLICT (account, subscription) DO UPDATE
    SET tariff = excluded.tariff, status = excluded.status, reason = excluded.reason, since_on = excluded.since_on,
        timeline = excluded.timeline
"""


class Subscriptions:
    """Every subscription with its timeline; status, tariff and `since_on` are those after its last change."""

    name = "subscriptions"
    version = 1
    tables = ("subscriptions",)
    by_stream = True
    definition = """
        CREATE TABLE subscriptions (
            account text COLLATE "C" NOT NULL, subscription text COLLATE "C" NOT NULL, tariff text NOT NULL,
            status text NOT NULL, reason text, since_on date NOT NULL, activated_on date NOT NULL,
            timeline text NOT NULL, PRIMARY KEY (account, subscription));
    """
    indexes = ""

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        changes = [
            ((entry.number, entry.event.subscription), change_of(entry.event))
            for entry in page
            if isinstance(entry.event, SubscriptionEvent)
        ]
        if not changes:
            return
        timelines = _read_timelines(cursor, {key for key, _ in changes})
        for key, change in changes:
            timelines[key] = with_change(timelines.get(key, []), change)
        cursor.execute(UPSERT_SUBSCRIPTIONS, as_columns((_row(*item) for item in timelines.items()), 8))


def _read_timelines(cursor: Cursor, keys: Iterable[Key]) -> dict[Key, list[Change]]:
    cursor.execute(
        """SELECT account, subscription, timeline FROM subscriptions
           JOIN unnest(%b::text[], %b::text[]) AS wanted (account, subscription) USING (account, subscription)""",
        as_columns(keys, 2),
    )
    return {(row[0], row[1]): msgspec.json.decode(row[2], type=list[Change]) for row in cursor.fetchall()}


def _row(key: Key, timeline: list[Change]) -> tuple[Any, ...]:
    last = timeline[-1]
    stretches = segments(timeline)
    standing = stretches[-1].standing if stretches else None
    status = "terminated" if last.kind == "terminate" else standing.status if standing else "terminated"
    tariff = standing.tariff if standing else timeline[0].tariff
    encoded = msgspec.json.encode(timeline).decode()
    reason = standing.reason if standing and status == "suspended" else None
    return *key, tariff, status, reason, last.on, timeline[0].on, encoded


# --- queries


class SubscriptionRow(msgspec.Struct):
    """A subscription as listed."""

    account: str
    subscription: str
    tariff: str
    status: str
    reason: str | None
    since_on: date
    activated_on: date
    timeline: list[Change]


def subscriptions_of(cursor: Cursor, account: str) -> list[SubscriptionRow]:
    """The subscriptions of an account."""
    cursor.execute(
        """SELECT account, subscription, tariff, status, reason, since_on, activated_on, timeline
           FROM subscriptions WHERE account = %s ORDER BY subscription""",
        (account,),
    )
    return [
        SubscriptionRow(*row[:-1], msgspec.json.decode(row[-1], type=list[Change]))  # type: ignore[call-arg]
        for row in cursor.fetchall()
    ]


def count_by_status(cursor: Cursor) -> dict[str, int]:
    """How many subscriptions are in each status."""
    return dict(cursor.execute("SELECT status, count(*) FROM subscriptions GROUP BY status ORDER BY status").fetchall())
