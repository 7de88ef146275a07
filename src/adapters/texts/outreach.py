"""Webhooks, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from billing_core.outreach.webhooks import WebhookChanged, WebhookRegistered, WebhookRemoved, WebhookSecretChanged


def _sends(fact: WebhookRegistered | WebhookChanged) -> str:
    return f"webhook {fact.webhook} sends {', '.join(fact.events) or 'every event'} to {fact.url}"


SENTENCES: Sentences = {
    WebhookRegistered: _sends,
    WebhookChanged: _sends,
    WebhookSecretChanged: lambda fact: f"webhook {fact.webhook} signs by another secret",
    WebhookRemoved: lambda fact: f"webhook {fact.webhook} sends nothing any more: {fact.reason}",
}
