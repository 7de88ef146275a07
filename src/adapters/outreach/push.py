"""The channel of push: each message as a POST to the house's own app server, signed as Standard Webhooks 1.0 says.

    {"type": "message", "timestamp": "...", "data": {"message": "...", "customer": "C-1", "kind": "invoice",
     "account": "A-1", "language": "cs", "text": "..."}}

An answer of 200 to 299 takes it. 404 and 410 say that the customer has no app: it is never taken. Everything else is
tried again, with the same id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus

import msgspec
from pydantic import BaseModel, Field, SecretStr
from standardwebhooks import Webhook as Signature

from adapters.outgoing.guarded_requests import NotAnswered, Request, Rules, ask
from billing_core.outreach.kinds import ChannelName
from commands.outreach.channels import Outcome, OutgoingMessage, Refused, Taken, Unsent

NO_APP = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class PushSettings(BaseModel, extra="forbid", frozen=True):
    """Where messages are pushed to, and the secret that signs them: `whsec_` and 24 to 64 bytes as base64."""

    url: str
    secret: SecretStr = Field(min_length=24)
    to_private_address: bool = False


class PushChannel:
    """Implements `Channel`."""

    name: ChannelName = "push"

    def __init__(self, settings: PushSettings) -> None:
        self._settings = settings

    def send(self, batch: Sequence[OutgoingMessage]) -> Sequence[Outcome]:
        return [self._push(message) for message in batch]

    def close(self) -> None:
        """Nothing is open between two requests."""

    def _push(self, message: OutgoingMessage) -> Outcome:
        now = datetime.now(UTC)
        body = _body_of(message)
        signature = Signature(self._settings.secret.get_secret_value()).sign(message.message, now, body.decode())
        headers = {
            "content-type": "application/json",
            "user-agent": "billing-engine",
            "webhook-id": message.message,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
        rules = Rules(allows_private=self._settings.to_private_address)
        try:
            status = ask(Request("POST", self._settings.url, headers, body), rules).status
        except NotAnswered as error:
            return Unsent(f"push: {error}")
        if status in NO_APP:
            return Refused(f"push: the customer has no app ({status})")
        return Taken() if 200 <= status < 300 else Unsent(f"push: the receiver answered {status}")


def _body_of(message: OutgoingMessage) -> bytes:
    data = {
        "message": message.message,
        "customer": message.customer,
        "kind": message.kind,
        "account": message.account,
        "language": message.language,
        "text": message.text,
    }
    return msgspec.json.encode({"type": "message", "timestamp": message.queued_at.isoformat(), "data": data})
