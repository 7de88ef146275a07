"""A message as an e-mail: text and HTML, its attachments, and the headers of mass mail; the same bytes at every try.

    From: isp <news@isp.test>                 Message-ID: <6f9c2d1e-....@isp.test>      by which a repetition is known
    To: anna@x.test                           Auto-Submitted: auto-generated            no robot answers it
    Reply-To: info@isp.test                   List-Unsubscribe: <https://...>           for advertising, by one click
    envelope: news+m-....@isp.test            what cannot be delivered comes back with the message's name

It is written with the older classes of the standard library: they take half the time of the newer ones.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Sequence
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr
from typing import Any, NamedTuple
from uuid import UUID

from adapters.messages.reading import MailAttachment
from billing_core.outreach.mail_addresses import message_id, unsubscribe_link
from commands.outreach.channels import OutgoingMessage

POLICY = compat32.clone(linesep="\r\n", max_line_length=78)
UTF_8 = Charset("utf-8")
UTF_8.body_encoding = QP


class MailFrom(NamedTuple):
    """From whom mails leave: our address, the key of the tokens, and where the own pages are, if customers have some.

    `name` and `reply_to` are those of the seller, if it has some.
    """

    address: str
    key: bytes
    pages: str = ""
    name: str = ""
    reply_to: str = ""


def mail_of(message: OutgoingMessage, sender: MailFrom, attachments: Sequence[MailAttachment] = ()) -> bytes:
    """The mail as it leaves; an address that is none is a `ValueError`."""
    mail = _with_attachments(_body(message), attachments, message)
    mail["From"] = formataddr((sender.name, sender.address), "utf-8")
    mail["To"] = _address(message.recipient)
    if sender.reply_to:
        mail["Reply-To"] = _address(sender.reply_to)
    mail["Subject"] = _encoded(message.subject)
    mail["Date"] = format_datetime(message.queued_at)
    mail["Message-ID"] = message_id(message.message, sender.address)
    mail["Content-Language"] = message.language
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if message.consent and sender.pages:
        mail["List-Unsubscribe"] = f"<{unsubscribe_link(sender.key, message.message, sender.pages)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return mail.as_bytes(policy=POLICY)


def _body(message: OutgoingMessage) -> MIMEMultipart:
    """The plain text first: a reader shows the last part that it can."""
    body = MIMEMultipart("alternative", boundary=_boundary(message, "body"), policy=POLICY)
    body.attach(MIMEText(f"{message.text}\n", "plain", UTF_8))  # type: ignore[arg-type]
    body.attach(MIMEText(message.html, "html", UTF_8))  # type: ignore[arg-type]
    return body


def _with_attachments(
    body: MIMEMultipart, attachments: Sequence[MailAttachment], message: OutgoingMessage
) -> MIMEMultipart:
    if not attachments:
        return body
    mail = MIMEMultipart("mixed", boundary=_boundary(message, "mail"), policy=POLICY)
    mail.attach(body)
    for each in attachments:
        maintype, _, subtype = each.media_type.partition("/")
        part = MIMEBase(maintype, subtype, policy=POLICY)
        part.set_payload(each.content)
        encode_base64(part)
        part.add_header("Content-Disposition", "attachment", filename=each.name)
        mail.attach(part)
    return mail


def _boundary(message: OutgoingMessage, part: str) -> str:
    """The line between parts is the message's own, so that every try has the same bytes."""
    return f"={part}={b32encode(UUID(message.message).bytes).decode().rstrip('=')}"


def _encoded(subject: str) -> Any:
    return subject if subject.isascii() else Header(subject, UTF_8, header_name="Subject")


def _address(address: str) -> str:
    """An address on one line, with something before and after its at sign."""
    local, _, domain = address.rpartition("@")
    if not local or not domain or not address.isprintable() or any(letter in address for letter in ' <>,"'):
        raise ValueError("no address")
    return address
