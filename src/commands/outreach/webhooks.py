"""Register webhooks, change them, and end them."""

from __future__ import annotations

from billing_core.kernel.errors import NotFound
from billing_core.outreach.webhooks import (
    Webhook,
    apply_webhook,
    change_webhook,
    change_webhook_secret,
    register_webhook,
    remove_webhook,
)
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class RegisterWebhook(Command, frozen=True, kw_only=True):
    """Send events to an address of another system from now on, each as a signed POST (Standard Webhooks).

    `events` are their names; without any every event is sent. Personal data are erased in all of them.
    `take-webhook-secret` shows the secret that signs the deliveries, once.
    """

    webhook: str
    url: str
    events: tuple[str, ...] = ()


class OfWebhook(Command, frozen=True, kw_only=True):
    webhook: str


class ChangeWebhook(OfWebhook, frozen=True, kw_only=True):
    """Another address, and the names of the events that are sent from now on; every event without any."""

    url: str
    events: tuple[str, ...] = ()


class ChangeWebhookSecret(OfWebhook, frozen=True, kw_only=True):
    """Another secret, which `take-webhook-secret` shows once. For a day deliveries are signed by both."""


class RemoveWebhook(OfWebhook, frozen=True, kw_only=True):
    """Send nothing any more."""

    reason: str


# --- handlers


def webhook_stream(webhook: str) -> str:
    return f"webhook/{webhook}"


def load_webhook(transaction: Transaction, code: str) -> tuple[Webhook, int]:
    """The webhook, or `NotFound`."""
    webhook, version = transaction.load(webhook_stream(code), apply_webhook)
    if webhook is None:
        raise NotFound("no such webhook; `billing webhooks` lists them", field="webhook", value=code)
    return webhook, version


def handle_register_webhook(command: RegisterWebhook, transaction: Transaction, origin: Origin) -> Decision:
    stream = webhook_stream(command.webhook)
    existing, version = transaction.load(stream, apply_webhook)
    events = register_webhook(existing, Webhook(command.webhook, command.url, command.events), origin.today)
    if events:
        transaction.make_webhook_secret(command.webhook, origin.recorded_at)
    return Decision((Append(stream, version, events),))


def handle_change_webhook(command: ChangeWebhook, transaction: Transaction, origin: Origin) -> Decision:
    webhook, version = load_webhook(transaction, command.webhook)
    events = change_webhook(webhook, command.url, command.events, origin.today)
    return Decision((Append(webhook_stream(webhook.code), version, events),))


def handle_change_webhook_secret(command: ChangeWebhookSecret, transaction: Transaction, origin: Origin) -> Decision:
    webhook, version = load_webhook(transaction, command.webhook)
    events = change_webhook_secret(webhook, origin.today)
    transaction.make_webhook_secret(webhook.code, origin.recorded_at)
    return Decision((Append(webhook_stream(webhook.code), version, events),))


def handle_remove_webhook(command: RemoveWebhook, transaction: Transaction, origin: Origin) -> Decision:
    webhook, version = load_webhook(transaction, command.webhook)
    events = remove_webhook(webhook, command.reason, origin.today)
    transaction.drop_webhook_secrets(webhook.code)
    return Decision((Append(webhook_stream(webhook.code), version, events),))


HANDLERS: Handlers = {
    RegisterWebhook: handle_register_webhook,
    ChangeWebhook: handle_change_webhook,
    ChangeWebhookSecret: handle_change_webhook_secret,
    RemoveWebhook: handle_remove_webhook,
}
