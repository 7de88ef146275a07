"""How the stored samples of webhooks are read."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.events import Event
from billing_core.outreach.webhooks import WebhookChanged, WebhookRegistered, WebhookRemoved, WebhookSecretChanged

ON = date(2026, 3, 2)
URL = "https://shop.example/events"
SAMPLES: dict[str, Event] = {
    "webhook-registered/1": WebhookRegistered(effective_on=ON, webhook="shop", url=URL, events=("payment-received",)),
    "webhook-changed/1": WebhookChanged(effective_on=ON, webhook="shop", url=URL, events=()),
    "webhook-secret-changed/1": WebhookSecretChanged(effective_on=ON, webhook="shop"),
    "webhook-removed/1": WebhookRemoved(effective_on=ON, webhook="shop", reason="the shop has closed"),
}
