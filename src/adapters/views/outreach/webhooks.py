"""Webhooks: to which address each sends what, how far it has come, and what its receiver did not take."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.webhooks import follower_name
from adapters.postgres.log_lag import Lag
from adapters.views.query import Page, Queries, Query, Reading
from projections.outreach import list_webhooks
from projections.platform.runner import LIVE_SCHEMA


class ListWebhooks(Query, frozen=True, kw_only=True):
    """Webhooks with lag and dead letters. `list-deliveries` of the follower shows each delivery that failed."""


class WebhookRow(msgspec.Struct):
    """A webhook: how many events it is behind, and deliveries that wait for their next try or are dead letters."""

    webhook: str
    url: str
    events: tuple[str, ...]
    follower: str
    position: int | None
    lag_events: int
    lag_seconds: int
    waiting: int
    dead: int


def _list_webhooks(query: ListWebhooks, reading: Reading) -> Page[WebhookRow]:
    automation = automation_of(reading.app)
    lags = {lag.name: lag for lag in automation.follower_lags(datetime.now(UTC))}
    states = automation.deliveries.counts()
    with reading.app.tables.transaction(LIVE_SCHEMA) as cursor:
        known = list_webhooks(cursor)
    rows = []
    for each in known:
        name, webhook = follower_name(each.webhook.code), each.webhook
        lag = lags.get(name) or Lag(name, None, 0, 0)
        rows.append(
            WebhookRow(webhook.code, webhook.url, webhook.events, name, lag.position, lag.lag_events, lag.lag_seconds,
                       states[name, "waiting"], states[name, "dead"])
        )  # fmt: skip
    return Page(rows, None)


QUERIES: Queries = {ListWebhooks: _list_webhooks}
