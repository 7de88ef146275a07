"""To which addresses of other systems are events sent?"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from billing_core.kernel.events import Event
from billing_core.outreach.webhooks import Webhook, WebhookChanged, WebhookRegistered, WebhookRemoved, apply_webhook
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT_WEBHOOKS = """
    INSERT INTO webhooks (code, position, details) SELECT * FROM unnest(%b::text[], %b::bigint[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET details = excluded.details
"""


class KnownWebhook(msgspec.Struct, frozen=True):
    """A webhook with the position at which it was registered: later events are sent."""

    position: int
    webhook: Webhook


class Webhooks:
    """Every webhook, as now known."""

    name = "webhooks"
    version = 1
    tables = ("webhooks",)
    by_stream = True
    definition = """
        CREATE TABLE webhooks (code text COLLATE "C" PRIMARY KEY, position bigint NOT NULL, details text NOT NULL);
    """
    indexes = ""
    streams = ("webhook",)
    folds: tuple[type[Event], ...] = (WebhookRegistered, WebhookChanged, WebhookRemoved)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        known = {each.webhook.code: each for each in _read(cursor, [entry.number for entry in page])}
        for entry in page:
            before = known.get(entry.number)
            webhook = apply_webhook(before.webhook if before else None, entry.event)
            assert webhook is not None
            known[entry.number] = KnownWebhook(before.position if before else entry.position, webhook)
        rows = ((code, each.position, msgspec.json.encode(each.webhook).decode()) for code, each in known.items())
        cursor.execute(UPSERT_WEBHOOKS, as_columns(rows, 3))


def _read(cursor: Cursor, codes: Sequence[str]) -> list[KnownWebhook]:
    rows = cursor.execute("SELECT position, details FROM webhooks WHERE code = ANY(%s)", (list(codes),)).fetchall()
    return [_known(*row) for row in rows]


def _known(position: int, details: str) -> KnownWebhook:
    return KnownWebhook(position, msgspec.json.decode(details, type=Webhook))


# --- queries


def list_webhooks(cursor: Cursor) -> list[KnownWebhook]:
    """Every webhook that was not removed, in order of code."""
    rows = cursor.execute("SELECT position, details FROM webhooks ORDER BY code").fetchall()
    return [known for known in (_known(*row) for row in rows) if not known.webhook.is_removed]
