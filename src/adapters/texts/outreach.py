"""Webhooks and messages to customers, in words."""

from __future__ import annotations

from adapters.texts import bulk_messages
from adapters.texts.sentences import Sentences
from billing_core.outreach.letters import LettersDrawnUp
from billing_core.outreach.messages import (
    MessageAnswered,
    MessageBounced,
    MessageCancelled,
    MessageDelivered,
    MessageFailed,
    MessageQueued,
    MessageRetried,
    MessageSent,
)
from billing_core.outreach.templates import MessageTemplatePublished, MessageTemplateWithdrawn
from billing_core.outreach.terms import OutreachTermsSet
from billing_core.outreach.webhooks import WebhookChanged, WebhookRegistered, WebhookRemoved, WebhookSecretChanged


def _sends(fact: WebhookRegistered | WebhookChanged) -> str:
    return f"webhook {fact.webhook} sends {', '.join(fact.events) or 'every event'} to {fact.url}"


def _queued(fact: MessageQueued) -> str:
    about = f" about {fact.about}" if fact.about else ""
    return f"message to customer {fact.customer} by {fact.channel}: {fact.kind}{about}"


def _failed(fact: MessageFailed) -> str:
    again = f"again at {fact.again_at:%Y-%m-%d %H:%M}" if fact.again_at else "not tried again"
    return f"message not sent, try {fact.attempt}, {again}: {fact.reason}"


def _terms(fact: OutreachTermsSet) -> str:
    kinds = ", ".join(each.kind for each in fact.terms.kinds) or "none"
    return f"seller {fact.seller} sends messages of these kinds: {kinds}"


SENTENCES: Sentences = {
    **bulk_messages.SENTENCES,
    WebhookRegistered: _sends,
    WebhookChanged: _sends,
    WebhookSecretChanged: lambda fact: f"webhook {fact.webhook} signs by another secret",
    WebhookRemoved: lambda fact: f"webhook {fact.webhook} sends nothing any more: {fact.reason}",
    MessageTemplatePublished: lambda fact: f"template {fact.template.key} version {fact.version}",
    MessageTemplateWithdrawn: lambda fact: f"the ready-made template again: {fact.reason}",
    OutreachTermsSet: _terms,
    LettersDrawnUp: lambda fact: f"batch {fact.batch} of {fact.seller.code} was drawn up, letters: {fact.letters}",
    MessageQueued: _queued,
    MessageSent: lambda fact: f"message sent at try {fact.attempt}",
    MessageFailed: _failed,
    MessageRetried: lambda fact: "message to be sent again",
    MessageDelivered: lambda fact: f"message delivered at {fact.at:%Y-%m-%d %H:%M}",
    MessageBounced: lambda fact: f"message came back: {fact.reason}",
    MessageAnswered: lambda fact: f"customer {fact.customer} answered the message",
    MessageCancelled: lambda fact: f"message cancelled: {fact.reason}",
}
