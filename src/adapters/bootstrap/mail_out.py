"""Mails that leave: what is said to the customer on a ticket, as a follower of the log.

Each comment is one mail, with the same Message-ID at every try. Its receiver is looked up when it is sent: the customer
of the ticket as now known, or who wrote the ticket's last mail if that is nobody who is known. Without an address
nothing is sent: the customer sees the comment elsewhere. Answers to robots and bounces do not exist, for what they say
is said inside.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from adapters.bootstrap.application import Application
from adapters.bootstrap.settings import Settings
from adapters.messages.reading import MailAttachment
from adapters.messages.sending import SmtpServer, send_mail
from adapters.messages.writing import From, TicketMail, write_mail
from billing_core.parties.customers import apply_customer
from billing_core.work.mails import Thread, apply_thread
from billing_core.work.ticket_events import CommentAdded
from commands.parties import customer_stream, kept_number
from commands.platform.bus import SYSTEM
from commands.platform.followers import Delivery, Follower, Undeliverable
from commands.platform.ports import Transaction

NAME = "mail"
# Many mail servers take 25 MB, and a mail grows by a third as it is written.
MOST_FILES_BYTES = 15_000_000


class Sending(NamedTuple):
    """From whom and through which server."""

    sender: From
    server: SmtpServer


def mail_followers(application: Application, settings: Settings) -> list[Follower]:
    """The follower that sends, from the time on at which a server is set; none without."""
    sending = sending_of(application, settings)
    return [Follower(NAME, (CommentAdded,), partial(_deliver, application, sending))] if sending else []


def sending_of(application: Application, settings: Settings) -> Sending | None:
    """How mails leave, as the settings say; None if no server is set."""
    if settings.smtp_host is None or settings.mail_from is None:
        return None
    server = SmtpServer(
        settings.smtp_host, settings.smtp_port, settings.smtp_security, settings.smtp_user,
        settings.smtp_password.get_secret_value(),
    )  # fmt: skip
    return Sending(From(settings.mail_from, application.store.content_key()), server)


def _deliver(application: Application, sending: Sending, delivery: Delivery) -> None:
    entry = delivery.entry
    said = entry.event
    assert isinstance(said, CommentAdded)
    if said.audience != "customer" or said.is_from_customer:
        return
    with application.store.transaction() as transaction:
        thread, _ = transaction.load(entry.stream, apply_thread)
        to = _receiver(thread, transaction) if thread else ""
    if thread is None or not to:
        return
    files, text = _with_files(application, said)
    mail = TicketMail(
        ticket=entry.number,
        number=entry.position,
        to=to,
        subject=thread.subject,
        text=text,
        at=entry.recorded_at,
        answered=thread.message_id,
        is_automatic=entry.origin.role == SYSTEM,
        files=files,
    )
    try:
        written = write_mail(mail, sending.sender)
    except ValueError:
        raise Undeliverable("the customer's address is none that a mail can be sent to") from None
    send_mail(written, written["Reply-To"], to, sending.server)


def _with_files(application: Application, said: CommentAdded) -> tuple[tuple[MailAttachment, ...], str]:
    """The files of a comment as far as a mail can hold them, and its text, which names the others."""
    files, lines, left_bytes = [], [said.text], MOST_FILES_BYTES
    for attachment, name in zip(said.attachments, said.names, strict=False):
        if attachment.size_bytes > left_bytes:
            lines.append(f"[{name}]")
            continue
        left_bytes -= attachment.size_bytes
        _, path = application.attachments.find(attachment.content_hash)
        files.append(MailAttachment(name, attachment.media_type, path.read_bytes()))
    return tuple(files), "\n".join(lines).strip()


def _receiver(thread: Thread, transaction: Transaction) -> str:
    if not thread.customer:
        return thread.address
    state, _ = transaction.load(customer_stream(kept_number(transaction, thread.customer)), apply_customer)
    return (state.customer.email or "") if state and not state.forgotten else ""
