"""Mails of tickets: where one that came in is put, or why it is refused, and the thread that an answer continues.

    what it is    ticket proved by a token    ticket only in the subject                     no ticket
    person        comment of the customer     the same if the customer wrote it,             a new ticket
                                              else a new ticket: nobody writes into another's
    robot         comment inside              refused                                        refused
    bounce        noted, the mail was lost    refused                                        refused
    own           refused                     refused                                        refused

The sender of a mail is easily forged, so what the customer's address alone allows is to add words to a ticket, never to
see any. Of one sender at most 20 mails are taken within an hour: a robot that does not say that it is one, and takes
each of our answers for a new mail, comes to an end by that. Nothing of a refused mail is kept here; it lies in the
mailbox. How mails are fetched and sent is not decided here.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.work.mail_kinds import MailKind
from billing_core.work.mail_tickets import TicketNamed
from billing_core.work.ticket_events import CommentAdded, TicketChanged, TicketOpened

MAIL_CLAIM = "mail"
SENDER_CLAIM = "mail-sender"
MOST_IN_AN_HOUR = 20

Put = Literal["comment", "comment inside", "new ticket", "bounce"]

# --- events


@event("mail-received")
class MailReceived(Event, frozen=True, kw_only=True):
    """A mail was taken into its ticket. `mail` stands for its content, so that the same one is taken once.

    `sender` stands for the address that sent it within one hour.
    """

    customer: PersonNumber = ""
    mail: str
    sender: str
    address: Personal[str] = ""

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """The mail, and its place among those of its sender in this hour."""
        return Claim(MAIL_CLAIM, self.mail, stream, ""), Claim(SENDER_CLAIM, f"{self.sender}/{self.mail}", stream, "")


@event("mail-bounced")
class MailBounced(Event, frozen=True, kw_only=True):
    """A mail of the ticket did not reach its receiver: the status of RFC 3463, and what the mail server said."""

    customer: PersonNumber = ""
    mail: str
    status: str
    diagnostic: Personal[str] = ""

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """The mail that says so."""
        return (Claim(MAIL_CLAIM, self.mail, stream, ""),)


# --- state


class Thread(msgspec.Struct, frozen=True):
    """What an answer continues: subject and customer of the ticket, and the last mail that came in, if one did."""

    customer: str
    subject: str
    message_id: str = ""
    address: str = ""


def apply_thread(thread: Thread | None, fact: Event) -> Thread | None:
    """The thread after an event of its ticket."""
    if isinstance(fact, TicketOpened):
        return Thread(fact.customer, fact.subject)
    assert thread is not None
    match fact:
        case TicketChanged():
            return msgspec.structs.replace(thread, subject=fact.subject)
        case CommentAdded(is_from_customer=True):
            return msgspec.structs.replace(thread, message_id=fact.message_id or thread.message_id)
        case MailReceived():
            return msgspec.structs.replace(thread, address=fact.address)
    return thread


# --- decisions


class Placed(msgspec.Struct, frozen=True):
    """Where a mail is put; a new ticket has no name yet."""

    put: Put
    ticket: str = ""


class Refused(msgspec.Struct, frozen=True):
    """Why a mail is not taken."""

    reason: str


def require_hashes(mail: str, sender: str) -> None:
    """What stands for a mail and its sender are hashes: 40 and 32 hexadecimal digits."""
    for field, value, digits in (("mail", mail, 40), ("sender", sender, 32)):
        if not re.fullmatch(f"[0-9a-f]{{{digits}}}", value):
            raise InvalidValue(f"must be {digits} hexadecimal digits", field=field, value=value[:50])


def place_mail(
    kind: MailKind, named: TicketNamed | None, *, is_by_customer: bool, in_this_hour: int
) -> Placed | Refused:
    """Where a mail is put that names a known ticket or none; `in_this_hour` are the mails its sender had before."""
    proved = named.ticket if named and named.is_proved else ""
    if kind == "own":
        return Refused("it is one of our own mails")
    if kind == "bounce":
        return Placed("bounce", proved) if proved else Refused("it is a bounce of a mail that no ticket has sent")
    if in_this_hour >= MOST_IN_AN_HOUR:
        return Refused(f"its sender has sent {MOST_IN_AN_HOUR} mails within this hour")
    if kind == "robot":
        return (
            Placed("comment inside", proved) if proved else Refused("a robot wrote it, and it is in no ticket's thread")
        )
    ticket = named.ticket if named and (named.is_proved or is_by_customer) else ""
    return Placed("comment", ticket) if ticket else Placed("new ticket")
