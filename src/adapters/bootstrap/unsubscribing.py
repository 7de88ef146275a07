"""The end of advertising by one click: who has the link of a message withdraws the consent, without signing in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from adapters.bootstrap.application import Application
from adapters.bootstrap.seller_clock import SellerClock
from billing_core.kernel.errors import NotFound
from billing_core.outreach.mail_addresses import is_token_of
from billing_core.outreach.messages import MessageQueued, apply_message
from billing_core.self_care import ROLE, actor_of
from commands.outreach.writing import message_stream
from commands.parties import WithdrawConsent
from commands.platform.identity import new_id
from commands.platform.ports import Origin

CHANNEL = "unsubscribe link"


class Link(NamedTuple):
    """A message, and the token that proves that its recipient has it."""

    message: str
    token: str


def proved(application: Application, link: Link) -> MessageQueued:
    """The message of a link; one that was never made here gets the same answer as one that does not exist."""
    is_ours = is_token_of(application.store.content_key(), link.message, link.token)
    found = application.store.load(message_stream(link.message), apply_message) if is_ours else None
    if found is None or not found.queued.consent:
        raise NotFound("this link ends nothing; perhaps a part of it is missing", field="link", value=None)
    return found.queued


def unsubscribe(application: Application, link: Link, source: str) -> None:
    """The customer agrees no more to what the message was sent by; a second time it changes nothing."""
    queued = proved(application, link)
    stream, identity = message_stream(link.message), new_id()
    today = SellerClock(application.store, application.tables).today_of([stream])[stream]
    origin = Origin(
        actor=actor_of(queued.customer), role=ROLE, channel=CHANNEL, source=source, command_id=identity,
        correlation_id=identity, recorded_at=datetime.now(UTC), today=today,
    )  # fmt: skip
    application.execute(WithdrawConsent(customer=queued.customer, purpose=queued.consent, channel="web"), origin)
