"""One delivery of a webhook: a POST, signed as Standard Webhooks 1.0 says.

    webhook-id: 6f2a63de-...              the same at every try: the receiver takes a delivery once
    webhook-timestamp: 1772359200         when this try was signed
    webhook-signature: v1,K5oZ... v1,g0hM...   HMAC-SHA256 of ID.TIMESTAMP.BODY, by every secret that is valid

    {"type": "payment-received", "timestamp": "2026-03-01T10:00:00+00:00", "data": {the event as in the feed}}

It arrived if the answer has a status of 200 to 299. A redirect is not followed: the address was chosen by somebody who
may register webhooks, what it leads to was not. Of the answer only the status is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from standardwebhooks import Webhook as Signature

from adapters.outgoing.guarded_requests import NotAnswered, Request, Rules, ask
from adapters.outgoing.public_events import PublicEvent


class NotDelivered(Exception):
    """Why a delivery did not arrive, as far as is known."""


def body_of(event: PublicEvent) -> bytes:
    """The body of the request for an event."""
    content = {"type": event.event, "timestamp": event.recorded_at.isoformat(), "data": msgspec.structs.asdict(event)}
    return msgspec.json.encode(content)


def headers_of(key: UUID, at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The headers that prove to the receiver who sent a body, and when."""
    signatures = [Signature(secret).sign(str(key), at, body.decode()) for secret in secrets]
    return {
        "content-type": "application/json",
        "user-agent": "billing-engine",
        "webhook-id": str(key),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def send(url: str, headers: dict[str, str], body: bytes, rules: Rules) -> None:
    """Send a delivery; `NotDelivered` unless the receiver says that it took it."""
    try:
        status = ask(Request("POST", url, headers, body), rules).status
    except NotAnswered as error:
        raise NotDelivered(str(error)) from error
    if not 200 <= status < 300:
        what = "a redirect, which is not followed" if 300 <= status < 400 else "not that it was taken"
        raise NotDelivered(f"the receiver answered {status}: {what}")
