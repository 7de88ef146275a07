"""The outbox as a thread of the worker, and sent once by hand: messages with the documents that go with them."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.bootstrap.application import Application
from adapters.bootstrap.outbox import outbox_of
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.bootstrap.sms_reports import SmppReceiving
from adapters.documents.assemble import assemble
from adapters.documents.pdf import render_pdf
from adapters.messages.reading import MailAttachment
from adapters.processes.worker import Loop, Part
from billing_core.kernel.errors import RuleViolation
from commands.outreach.channels import OutgoingMessage
from commands.platform.progress import Progress

PAUSE_SECONDS = 0.2
PDF = "application/pdf"


def loops(database_url: str, settings: Settings) -> list[Loop]:
    """The thread that sends, unless no channel is set, and the one that takes in what a centre of SMS reports."""
    if not any((settings.smtp_host, settings.sms_gateway, settings.smpp, settings.push)):
        return []

    def open_outbox(progress: Progress) -> Part:
        application = Application(database_url, settings)
        outbox = outbox_of(application, settings, attached)
        assert outbox is not None

        def close() -> None:
            outbox.close()
            application.close()

        return Part(outbox.advance, close)

    receiving = Loop("smpp", lambda _: _open_receiving(database_url, settings), PAUSE_SECONDS)
    return [Loop("outbox", open_outbox, PAUSE_SECONDS), *([receiving] if settings.smpp is not None else [])]


def _open_receiving(database_url: str, settings: Settings) -> Part:
    assert settings.smpp is not None
    application = Application(database_url, settings)
    receiving = SmppReceiving(application, settings.smpp)

    def close() -> None:
        receiving.close()
        application.close()

    return Part(receiving.advance, close)


def send_once(application: Application, settings: Settings, clock: SellerClock) -> int:
    """Send what is due now; how many messages were tried. Refused if no channel is set."""
    tried = send_due(application, settings, clock)
    if tried is None:
        raise RuleViolation("is not set, so nothing can be sent; set smtp_host and mail_from, sms_gateway, smpp, push",
                            field="channel", value="")  # fmt: skip
    return tried


def send_due(application: Application, settings: Settings, clock: SellerClock) -> int | None:
    """Send what is due now, unless another process does; how many messages were tried, None if no channel is set."""
    outbox = outbox_of(application, settings, attached, clock)
    if outbox is None:
        return None
    tried = 0
    try:
        application.runner.catch_up()
        while count := outbox.advance():
            tried += count
            application.runner.catch_up()
    finally:
        outbox.close()
    return tried


def attached(application: Application, message: OutgoingMessage) -> Sequence[MailAttachment]:
    """The documents of a message as PDF, printed as of the day on which it was queued."""
    today = message.queued_at.date()
    documents = (assemble(number, application.queries, application.store, today) for number in message.documents)
    return [MailAttachment(f"{document.number}.pdf", PDF, render_pdf(document)) for document in documents]


LOOPS = loops
