"""A mail of a ticket as it leaves: the same at every try, so that its receiver can tell a repetition.

From: help@isp.test                                    Auto-Submitted: auto-generated     if no person wrote it
To: anna@x.test                                        X-Auto-Response-Suppress: All      the same, for Exchange
Reply-To: help+t-1251.mzxw6ytboi4dqnzr@isp.test        an answer, and a bounce, finds its ticket
Message-ID: <t-1251.88123.mzxw6ytboi4dqnzr@isp.test>   88123 is the place of the comment in the log
In-Reply-To: <17@x.test>                               the last mail that came in
References: <t-1251.0.mzxw6ytboi4dqnzr@isp.test> <17@x.test>
"""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple

from adapters.messages.reading import MailAttachment
from billing_core.work.mail_texts import line_above_answer
from billing_core.work.mail_tickets import address_of_ticket, message_id, subject_of

# A line of a header holds 998 letters; what others have chosen is only repeated if it is a usual id.
REPEATABLE = re.compile(r"<[!-;=?-~]{1,250}@[!-;=?-~]{1,250}>")


class From(NamedTuple):
    """Our address, and the key of the tokens."""

    address: str
    key: bytes

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


class TicketMail(NamedTuple):
    """What is written to whom. `number` tells apart the mails of the ticket; `answered` is the id of a mail, if any."""

    ticket: str
    number: int
    to: str
    subject: str
    text: str
    at: datetime
    answered: str = ""
    is_automatic: bool = False
    files: tuple[MailAttachment, ...] = ()


def write_mail(mail: TicketMail, sender: From) -> EmailMessage:
    """The mail with its headers; an address that is none is a `ValueError`."""
    thread = message_id(sender.key, mail.ticket, 0, sender.domain)
    answered = mail.answered if REPEATABLE.fullmatch(mail.answered) else ""
    written = EmailMessage(policy=SMTP)
    written["From"] = sender.address
    written["To"] = mail.to
    written["Reply-To"] = address_of_ticket(sender.key, mail.ticket, sender.address)
    written["Subject"] = subject_of(mail.ticket, mail.subject)
    written["Date"] = format_datetime(mail.at)
    written["Message-ID"] = message_id(sender.key, mail.ticket, mail.number, sender.domain)
    written["In-Reply-To"] = answered or thread
    written["References"] = f"{thread} {answered}".strip()
    if mail.is_automatic:
        written["Auto-Submitted"] = "auto-generated"
        written["X-Auto-Response-Suppress"] = "All"
    written.set_content(f"{line_above_answer(mail.ticket)}\n\n{mail.text}\n")
    for file in mail.files:
        maintype, _, subtype = file.media_type.partition("/")
        written.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=file.name)
    return written


class PlainMail(NamedTuple):
    """A mail by itself, which no ticket is about and to which nobody answers; `id` tells it apart from others."""

    id: str
    to: str
    subject: str
    text: str
    at: datetime


def write_plain(mail: PlainMail, sender: From) -> EmailMessage:
    """The mail with its headers; an address that is none is a `ValueError`."""
    written = EmailMessage(policy=SMTP)
    written["From"] = sender.address
    written["To"] = mail.to
    written["Subject"] = mail.subject
    written["Date"] = format_datetime(mail.at)
    written["Message-ID"] = f"<{mail.id}@{sender.domain}>"
    written["Auto-Submitted"] = "auto-generated"
    written["X-Auto-Response-Suppress"] = "All"
    written.set_content(f"{mail.text}\n")
    return written
