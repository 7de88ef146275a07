"""Webhooks as followers of the log: each has a checkpoint, tries and dead letters of its own.

A webhook that is registered, changed or removed meanwhile is noticed at the next look. Each delivers in a thread of its
own, so that a receiver which answers late keeps no other one waiting.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import NamedTuple

from adapters.bootstrap.application import Application
from adapters.bootstrap.settings import Settings
from adapters.outgoing.guarded_requests import Rules
from adapters.outgoing.public_events import kinds_named, public_event
from adapters.outgoing.webhook_requests import NotDelivered, body_of, headers_of, send
from adapters.postgres.followers import PostgresDeliveries
from adapters.postgres.webhook_secrets import PostgresWebhookSecrets
from billing_core.outreach.webhooks import Webhook
from commands.platform.event_log import Clock
from commands.platform.followers import Delivery, Follower, FollowerRunner, Undelivered
from projections.outreach import list_webhooks
from projections.platform.runner import LIVE_SCHEMA

MOST_AT_ONCE = 8
RETRIES_EVERY_SECONDS = 1.0


def follower_name(webhook: str) -> str:
    """The name by which the deliveries of a webhook are kept."""
    return f"webhook {webhook}"


def webhook_followers(application: Application, settings: Settings) -> list[Follower]:
    """A follower for each webhook that was not removed, from its registration on."""
    with application.tables.transaction(LIVE_SCHEMA) as cursor:
        found = list_webhooks(cursor)
    rules = Rules(allows_private=settings.webhooks_to_private_addresses)
    secrets = PostgresWebhookSecrets(application.tables)
    return [
        Follower(
            follower_name(known.webhook.code),
            kinds_named(known.webhook.events),
            partial(_deliver, known.webhook, secrets, rules),
            begins=known.position,
            sees_personal=False,
        )
        for known in found
    ]


def _deliver(webhook: Webhook, secrets: PostgresWebhookSecrets, rules: Rules, delivery: Delivery) -> None:
    now = datetime.now(UTC)
    body = body_of(public_event(delivery.entry))
    headers = headers_of(delivery.key, now, body, secrets.valid(webhook.code, now))
    try:
        send(webhook.url, headers, body, rules)
    except NotDelivered as failed:
        raise Undelivered(str(failed)) from failed


class Look(NamedTuple):
    """When a webhook was looked after the last time, and where the log ended then."""

    position: int
    at: float

    def is_worthwhile_after(self, last: Look | None) -> bool:
        """Whether there are events since the last look, or a next try may have come."""
        return last is None or self.position > last.position or self.at > last.at + RETRIES_EVERY_SECONDS


class WebhookThreads:
    """Delivers for all webhooks, each in a thread of its own."""

    def __init__(self, application: Application, settings: Settings, clock: Clock) -> None:
        self._application = application
        self._settings = settings
        self._clock = clock
        self._deliveries = PostgresDeliveries(application.tables)
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="webhook")
        self._busy: dict[str, Future[int]] = {}
        self._looked: dict[str, Look] = {}

    def advance(self) -> int:
        """Begin for every webhook that has something to do and does not deliver already; how many were tried since."""
        ended = {name: work.result() for name, work in self._busy.items() if work.done()}
        for name, tried in ended.items():
            del self._busy[name]
            if tried:
                self._looked.pop(name, None)  # There may be more.
        look = Look(self._application.log.final_position(), monotonic())
        for follower in webhook_followers(self._application, self._settings):
            if follower.name not in self._busy and look.is_worthwhile_after(self._looked.get(follower.name)):
                runner = FollowerRunner(self._application.log, self._deliveries, self._clock, follower)
                self._looked[follower.name] = look
                self._busy[follower.name] = self._threads.submit(runner.advance)
        return sum(ended.values())

    def close(self) -> None:
        """Wait for the deliveries that are on their way."""
        self._threads.shutdown(cancel_futures=True)
