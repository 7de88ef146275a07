"""Which step of its quota is each service at, and how much of it is used?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.catalogue.quotas import size_of
from billing_core.kernel.events import Event
from billing_core.usage.control.quotas import QuotaReset, QuotaStepReached, QuotaToppedUp, QuotaTopUpEnded
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT_QUOTAS = """
    INSERT INTO usage_quotas AS known
        (account, subscription, component, from_on, to_on, step, action, raised, full_up_to, unit, size, recorded_size,
        changed_on)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::date[], %b::int8[], %b::text[],
        %b::numeric[], %b::numeric[], %b::text[], %b::int8[], %b::int8[], %b::date[])
    ON CONFLICT (account, subscription, component, from_on) DO UPDATE SET to_on = excluded.to_on,
        step = coalesce(excluded.step, known.step), action = coalesce(excluded.action, known.action),
        raised = known.raised + excluded.raised, full_up_to = excluded.full_up_to, unit = excluded.unit,
        size = excluded.size, recorded_size = excluded.recorded_size, changed_on = excluded.changed_on
"""
UPDATE_ENDED = """
    UPDATE usage_quotas AS known SET raised = known.raised - lost.units
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::numeric[])
        AS lost (account, subscription, component, ended_on, units)
    WHERE (known.account, known.subscription, known.component) = (lost.account, lost.subscription, lost.component)
    AND known.from_on <= lost.ended_on AND lost.ended_on < known.to_on
"""
SELECT_QUOTAS = """
    SELECT account, subscription, component, from_on, to_on, coalesce(step, 0), coalesce(action, 'full'), unit,
        (
            SELECT trim_scale(round(
                coalesce(sum(recorded + coalesce(rated, 0) + coalesce(brought, 0)), 0) * recorded_size / size, 6
            )) FROM usage_days AS day
            WHERE (day.account, day.subscription, day.component) = (quota.account, quota.subscription, quota.component)
                AND used_on >= from_on AND used_on < to_on
        ), full_up_to, raised, changed_on
    FROM usage_quotas AS quota WHERE account = %s AND (%s = '' OR subscription = %s)
    ORDER BY subscription, component, from_on DESC LIMIT %s
"""


class UsageQuotas:
    """By period the step that each quota reached, and by how much it was raised; of periods in which something was."""

    name = "usage-quotas"
    version = 2
    tables = ("usage_quotas",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE usage_quotas (
            account text COLLATE "C", subscription text COLLATE "C", component text COLLATE "C", from_on date,
            to_on date NOT NULL, step bigint, action text, raised numeric NOT NULL, full_up_to numeric NOT NULL,
            unit text NOT NULL, size bigint NOT NULL, recorded_size bigint NOT NULL, changed_on date NOT NULL,
            PRIMARY KEY (account, subscription, component, from_on)
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (QuotaStepReached, QuotaToppedUp, QuotaTopUpEnded, QuotaReset)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        for entry in page:  # A few a month of each service.
            fact = entry.event
            if isinstance(fact, QuotaTopUpEnded):
                row = (entry.number, fact.subscription, fact.component, fact.effective_on, fact.unused)
                cursor.execute(UPDATE_ENDED, as_columns([row], 5))
            else:
                cursor.execute(UPSERT_QUOTAS, as_columns([_quota_row(entry)], 13))


def _quota_row(entry: LoggedEvent) -> list[Any]:
    fact = entry.event
    assert isinstance(fact, QuotaStepReached | QuotaToppedUp | QuotaReset)
    row: list[Any] = [entry.number, fact.subscription, fact.component, fact.from_on, fact.to_on]
    match fact:
        case QuotaStepReached():
            row += [fact.step, fact.action, Decimal(0)]
        case QuotaToppedUp():
            row += [None, None, fact.units]
        case QuotaReset():
            row += [0, "full", sum((entry.units for entry in fact.top_ups), Decimal(0))]
    return [*row, fact.full_up_to, fact.unit, size_of(fact.unit), size_of(fact.counted_in), fact.effective_on]


class QuotaRow(msgspec.Struct):
    """The step of a quota in a period: `used` of `full_up_to` units, raised by those that were bought."""

    account: str
    subscription: str
    component: str
    from_on: date
    to_on: date
    step: int
    action: str
    unit: str
    used: Decimal
    full_up_to: Decimal
    raised: Decimal
    changed_on: date


def quotas_of(cursor: Cursor, account: str, subscription: str, limit: int) -> list[QuotaRow]:
    """The quotas of an account, or of one of its subscriptions, the newest periods first."""
    rows = cursor.execute(SELECT_QUOTAS, (account, subscription, subscription, limit))
    return [QuotaRow(*row) for row in rows]
