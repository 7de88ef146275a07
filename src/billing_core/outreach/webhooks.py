"""Webhooks: to which addresses of other systems events are sent, and which of them.

Decides what may be registered and changed; not how a delivery is signed, sent and tried again. The secret that signs
the deliveries is in no event.

    1 March   register shop https://shop.example/events, payment-received          from then on every payment is sent
    2 March   change   shop https://shop.example/events, payment-received, invoice-issued
    9 March   remove   shop                                                        nothing is sent; the code stays taken
"""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

import msgspec

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event, kinds_by_name

CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}")
MOST_URL_LETTERS = 2_000

# --- events


@event("webhook-registered")
class WebhookRegistered(Event, frozen=True, kw_only=True):
    """From now on events of these names are sent to an address; every event if there are none."""

    webhook: str
    url: str
    events: tuple[str, ...]


@event("webhook-changed")
class WebhookChanged(Event, frozen=True, kw_only=True):
    """Address and names of events from now on, complete."""

    webhook: str
    url: str
    events: tuple[str, ...]


@event("webhook-secret-changed")
class WebhookSecretChanged(Event, frozen=True, kw_only=True):
    """Deliveries are signed by another secret; for a day also by the one before."""

    webhook: str


@event("webhook-removed")
class WebhookRemoved(Event, frozen=True, kw_only=True):
    """Nothing is sent any more."""

    webhook: str
    reason: str


# --- state


class Webhook(msgspec.Struct, frozen=True):
    """An address to which events are sent."""

    code: str
    url: str
    events: tuple[str, ...]
    is_removed: bool = False


def apply_webhook(webhook: Webhook | None, fact: Event) -> Webhook | None:
    """The webhook after an event of its stream."""
    match fact:
        case WebhookRegistered() | WebhookChanged():
            return Webhook(fact.webhook, fact.url, fact.events)
        case WebhookRemoved():
            assert webhook is not None
            return msgspec.structs.replace(webhook, is_removed=True)
    return webhook


# --- decisions


def register_webhook(existing: Webhook | None, wanted: Webhook, on: date) -> list[Event]:
    """A new webhook; nothing changes if it is registered like this."""
    if not CODE.fullmatch(wanted.code):
        raise InvalidValue("must be 1 to 50 of the letters a to z, digits, and . _ -", field="webhook",
                           value=wanted.code)  # fmt: skip
    _require_sendable(wanted)
    if existing is None:
        return [WebhookRegistered(effective_on=on, webhook=wanted.code, url=wanted.url, events=wanted.events)]
    if existing == wanted:
        return []
    raise RuleViolation("is taken already; change it, or choose another code", field="webhook", value=wanted.code)


def change_webhook(webhook: Webhook, url: str, events: tuple[str, ...], on: date) -> list[Event]:
    """Another address, or other events."""
    _require_kept(webhook)
    changed = Webhook(webhook.code, url, events)
    _require_sendable(changed)
    return [] if changed == webhook else [WebhookChanged(effective_on=on, webhook=webhook.code, url=url, events=events)]


def change_webhook_secret(webhook: Webhook, on: date) -> list[Event]:
    """Another secret."""
    _require_kept(webhook)
    return [WebhookSecretChanged(effective_on=on, webhook=webhook.code)]


def remove_webhook(webhook: Webhook, reason: str, on: date) -> list[Event]:
    """End a webhook; what was not delivered stays undelivered."""
    return [] if webhook.is_removed else [WebhookRemoved(effective_on=on, webhook=webhook.code, reason=reason)]


def _require_kept(webhook: Webhook) -> None:
    if webhook.is_removed:
        raise RuleViolation("was removed; register another one", field="webhook", value=webhook.code)


def _require_sendable(webhook: Webhook) -> None:
    """An address of HTTP that carries no password, and names of events that exist."""
    fault = _fault_of(webhook.url)
    if fault:
        raise InvalidValue(f"{fault}; write it as https://shop.example/events", field="url", value=webhook.url)
    known = kinds_by_name()
    for name in webhook.events:
        if name not in known:
            raise InvalidValue("is no event", field="events", value=name)


def _fault_of(url: str) -> str:
    if len(url) > MOST_URL_LETTERS or not url.isascii() or not url.isprintable() or " " in url:
        return f"is not an address of at most {MOST_URL_LETTERS:,} letters of ASCII without spaces"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        return "is not an address of HTTP"
    if parts.username is not None or parts.password is not None:
        return "must not carry a password, since every event and answer shows it"
    return "must not have a part after #" if parts.fragment else ""
