"""The outbox on one database: what waits as the read models show it, and the channels that the settings allow."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from time import monotonic

from adapters.bootstrap.application import Application
from adapters.bootstrap.mail_out import sending_of
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.bootstrap.sms import push_channel, sms_channel
from adapters.messages.reading import MailAttachment
from adapters.outreach.dkim_signing import DkimSigner
from adapters.outreach.email import EmailChannel, Mailing
from adapters.outreach.mail import MailFrom
from adapters.postgres.tables import PostgresTables
from billing_core.kernel.errors import InvalidValue
from billing_core.outreach.kinds import MessageKind
from billing_core.parties.sellers import apply_seller
from commands.outreach.channels import Channel, OutgoingMessage
from commands.outreach.outbox import Due, Line, Outbox, Ports
from commands.parties import seller_stream
from commands.platform.bus import SYSTEM
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from projections.outreach.messages import DueMessage, WantedDue, due_messages, lines_with_due
from projections.platform.runner import LIVE_SCHEMA

NAME = "outbox"
# Prints the documents that go with a message; reads them with this application.
Attach = Callable[[Application, OutgoingMessage], Sequence[MailAttachment]]


class PostgresOutbox:
    """Implements `OutboxTables`."""

    def __init__(self, application: Application) -> None:
        self._tables: PostgresTables = application.tables
        self._runner = application.runner

    def only_sender(self) -> AbstractContextManager[bool]:
        return self._tables.only_runner_unless_busy(NAME)

    def lines(self, at: datetime) -> Sequence[Line]:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return [Line(*line) for line in lines_with_due(cursor, at)]

    def due(
        self, line: Line, at: datetime, kinds: Sequence[MessageKind], limit: int, but_not: Sequence[str]
    ) -> Sequence[Due]:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            found = due_messages(cursor, WantedDue(line.seller, line.channel, at, kinds, limit, but_not))
        return [Due(_outgoing(each, line), each.version) for each in found]

    def position(self) -> int:
        return self._runner.position()


def _outgoing(due: DueMessage, line: Line) -> OutgoingMessage:
    content = due.content
    return OutgoingMessage(
        message=due.message, customer=due.customer, seller=line.seller, kind=due.kind, channel=line.channel,
        recipient=due.recipient, subject=due.subject, text=content.text, html=content.html, language=due.language,
        queued_at=due.queued_at, account=due.account, documents=content.documents, consent=content.consent,
        attempt=due.attempts + 1,
    )  # fmt: skip


class OutboxClock:
    """Implements `commands.outreach.outbox.Clock`."""

    def __init__(self, clock: SellerClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def today(self, stream: str) -> date:
        return self._clock.today_of([stream])[stream]

    def seconds(self) -> float:
        return monotonic()


def outbox_of(
    application: Application, settings: Settings, attach: Attach, clock: SellerClock | None = None
) -> Outbox | None:
    """The outbox; None if the settings allow no channel."""
    channels = channels_of(application, settings, attach)
    if not channels:
        return None
    clock = clock or SellerClock(application.store, application.tables)
    ports = Ports(application.store, PostgresOutbox(application), OutboxClock(clock), _origin)
    return Outbox(ports, channels)


def channels_of(application: Application, settings: Settings, attach: Attach) -> Mapping[str, Channel]:
    """The channels by name; one whose settings are missing is none, so that its messages wait."""
    found: list[Channel] = []
    if (email := _email(application, settings, attach)) is not None:
        found.append(email)
    found += filter(None, (sms_channel(application, settings), push_channel(settings)))
    return {channel.name: channel for channel in found}


def _email(application: Application, settings: Settings, attach: Attach) -> EmailChannel | None:
    sending = sending_of(application, settings)
    if sending is None:
        return None
    address, key = sending.sender

    def sender_of(seller: str) -> MailFrom:
        known = application.store.load(seller_stream(seller), apply_seller)
        name, reply_to = (known.name, known.email or "") if known else ("", "")
        return MailFrom(address, key, settings.own_pages or "", name, reply_to)

    def attached(message: OutgoingMessage) -> Sequence[MailAttachment]:
        return attach(application, message) if message.documents else ()

    signer = _signer(settings, sending.sender.domain)
    return EmailChannel(Mailing(sending.server, settings.smtp_connections, sender_of, attached, signer))


def _signer(settings: Settings, domain: str) -> DkimSigner | None:
    if settings.dkim_selector is None or settings.dkim_key is None:
        return None
    try:
        key = settings.dkim_key.read_bytes()
    except OSError as error:
        raise InvalidValue(f"cannot be read ({error.strerror})", field="dkim_key", value=settings.dkim_key) from None
    return DkimSigner(domain, settings.dkim_selector, key)


def _origin(now: datetime, today: date) -> Origin:
    identity = new_id()
    return Origin(
        actor=NAME, role=SYSTEM, channel=NAME, source=socket.gethostname(), command_id=identity,
        correlation_id=identity, recorded_at=now, today=today,
    )  # fmt: skip
