"""What was used of each component on each day, as the accounts know it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from billing_core.kernel.events import Event
from billing_core.services.events import UsageBroughtAlong
from billing_core.usage.rating.rated import UsageRated
from billing_core.usage.records import UsageRecorded, UsageWithdrawn
from projections.platform.projection import Cursor, LoggedEvent, as_columns

Key = tuple[str, str, str, date]
# What was brought along is said as a whole each time: components that are named no more have brought nothing.
FORGET_BROUGHT = """
    UPDATE usage_days SET brought = 0 FROM unnest(%b::text[], %b::text[]) AS again (account, subscription)
    WHERE (usage_days.account, usage_days.subscription) = (again.account, again.subscription) AND brought <> 0
"""
UPSERT_DAYS = """
    INSERT INTO usage_days AS known (account, subscription, component, used_on, recorded, rated, brought)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::numeric[], %b::numeric[], %b::numeric[])
    ON CONFLICT (account, subscription, component, used_on) DO UPDATE SET
        recorded = known.recorded + excluded.recorded, rated = coalesce(excluded.rated, known.rated),
        brought = coalesce(excluded.brought, known.brought)
"""


class UsageDays:
    """Units by service, component and day, in which the component counts.

    They are what was recorded less what was withdrawn, what was rated, and what the service brought along from another
    account on the day on which it moved here.
    """

    name = "usage-days"
    version = 1
    tables = ("usage_days",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE usage_days (
            account text COLLATE "C", subscription text COLLATE "C", component text COLLATE "C", used_on date,
            recorded numeric NOT NULL, rated numeric, brought numeric,
            PRIMARY KEY (account, subscription, component, used_on)
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (UsageRecorded, UsageWithdrawn, UsageRated, UsageBroughtAlong)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        recorded: dict[Key, Decimal] = {}
        rated: dict[Key, Decimal] = {}
        brought: dict[Key, Decimal] = {}
        for entry in page:
            for key, units in _recorded(entry):
                recorded[key] = recorded.get(key, Decimal(0)) + units
            rated.update(_rated(entry))
            if isinstance(entry.event, UsageBroughtAlong):
                _bring(brought, entry.number, entry.event)
        again = {key[:2] for key in brought}
        if again:
            cursor.execute(FORGET_BROUGHT, as_columns(again, 2))
        keys = dict.fromkeys([*recorded, *rated, *brought])
        rows = [(*key, recorded.get(key, Decimal(0)), rated.get(key), brought.get(key)) for key in keys]
        if rows:
            cursor.execute(UPSERT_DAYS, as_columns(rows, 7))


def _recorded(entry: LoggedEvent) -> Iterator[tuple[Key, Decimal]]:
    match entry.event:
        case UsageRecorded() as fact:
            for day in fact.days:
                yield _key(entry, fact, day.on), sum(day.quantities, Decimal(0))
        case UsageWithdrawn() as fact:
            yield _key(entry, fact, fact.effective_on), -fact.quantity


def _rated(entry: LoggedEvent) -> Iterator[tuple[Key, Decimal]]:
    fact = entry.event
    if isinstance(fact, UsageRated):
        for day in fact.days:
            yield _key(entry, fact, day.on), day.units if day.records else Decimal(0)


def _key(entry: LoggedEvent, fact: Any, on: date) -> Key:
    return entry.number, fact.subscription, fact.component, on


def _bring(brought: dict[Key, Decimal], account: str, fact: UsageBroughtAlong) -> None:
    for key in brought:
        if key[:2] == (account, fact.subscription):
            brought[key] = Decimal(0)
    for before in fact.used_before:
        key = (account, fact.subscription, before.component, fact.effective_on)
        brought[key] = brought.get(key, Decimal(0)) + sum(before.quantities or (), Decimal(0))
