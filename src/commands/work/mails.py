"""Take mails into tickets: each once, in the transaction that claims it.

    mail 1 of anna@x.test, no ticket named        ticket/T-17   TicketOpened, CommentAdded, MailReceived
    the same again, from another folder           nothing: its claim leads to T-17
    her answer, proved by a token                 ticket/T-17   CommentAdded, MailReceived
    her answer after T-17 has ended               ticket/T-30   TicketOpened, CommentAdded, MailReceived
                                                  ticket/T-17   ChildOpened

A ticket that has ended is not opened again by a mail: what its flow did would be done twice.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from billing_core.kernel.attachments import require_file_name
from billing_core.kernel.events import Event
from billing_core.parties.customers import CustomerState, apply_customer, emails_of
from billing_core.work.mail_kinds import MailKind
from billing_core.work.mail_tickets import TicketNamed, plain_address
from billing_core.work.mails import (
    MAIL_CLAIM,
    SENDER_CLAIM,
    MailBounced,
    MailReceived,
    Placed,
    Refused,
    place_mail,
    require_hashes,
)
from billing_core.work.ticket_changes import require_words
from billing_core.work.ticket_events import About, ChildOpened, CommentAdded
from billing_core.work.tickets import Ticket, apply_ticket
from commands.parties import customer_stream, kept_number
from commands.platform.attached import AttachedFile, attached
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction
from commands.work.opening import Wanted, opened
from commands.work.streams import ticket_stream

NO_TEXT = "(no text)"
NO_SUBJECT = "(no subject)"

# --- commands


class ReceiveTicketMail(Command, frozen=True, kw_only=True):
    """Take a mail into the ticket that it names, or open one of this kind in this queue. The mailbox gives it; who else
    gives it vouches for what it says of the mail.

    `mail` stands for its content, so that the same mail is taken once; `sender` for its address within one hour. A
    ticket that is named without proof counts only if the mail came from the address of its customer. The answer says
    what became of it: taken, known or refused.
    """

    mail: str
    sender: str
    address: str
    what: MailKind
    kind: str
    queue: str = ""
    ticket: str = ""
    is_proved: bool = False
    customer: str = ""
    subject: str = ""
    text: str = ""
    message_id: str = ""
    attachments: tuple[AttachedFile, ...] = ()
    status: str = ""
    diagnostic: str = ""


class MailOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a mail, and in which ticket, or why it was refused."""

    outcome: Literal["taken", "known", "refused"]
    ticket: str = ""
    reason: str = ""


# --- handlers


class NamedTicket(NamedTuple):
    """The ticket that a mail names, as it is now."""

    number: str
    ticket: Ticket
    version: int


def handle_receive_ticket_mail(command: ReceiveTicketMail, transaction: Transaction, origin: Origin) -> Decision:
    require_hashes(command.mail, command.sender)
    known = transaction.claimed(MAIL_CLAIM, (command.mail,)).get(command.mail)
    if known is not None:
        return Decision((), MailOutcome(outcome="known", ticket=known.stream.partition("/")[2]))
    found = _named(command, transaction)
    named = TicketNamed(found.number, command.is_proved) if found else None
    placed = place_mail(
        command.what, named,
        is_by_customer=found is not None and _is_by_customer(found.ticket, command.address, transaction),
        in_this_hour=len(transaction.claims_beginning(SENDER_CLAIM, f"{command.sender}/")),
    )  # fmt: skip
    if isinstance(placed, Refused):
        return Decision((), MailOutcome(outcome="refused", reason=placed.reason))
    return _put(command, placed, found, transaction, origin)


def _named(command: ReceiveTicketMail, transaction: Transaction) -> NamedTicket | None:
    if not command.ticket:
        return None
    ticket, version = transaction.load(ticket_stream(command.ticket), apply_ticket)
    return None if ticket is None else NamedTicket(command.ticket, ticket, version)


def _is_by_customer(ticket: Ticket, address: str, transaction: Transaction) -> bool:
    """Whether an address is one that the ticket's customer or a contact of the customer has now."""
    state = _customer(ticket, transaction)
    emails = emails_of(state.customer, state.contacts) if state and not state.forgotten else []
    return plain_address(address) in map(plain_address, emails)


def _customer(ticket: Ticket, transaction: Transaction) -> CustomerState | None:
    """The customer of a ticket as now known; None if it has none."""
    if not ticket.customer:
        return None
    return transaction.load(customer_stream(kept_number(transaction, ticket.customer)), apply_customer)[0]


def _put(
    command: ReceiveTicketMail, placed: Placed, found: NamedTicket | None, transaction: Transaction, origin: Origin
) -> Decision:
    if placed.put == "new ticket" or found is None:
        return _opened(command, None, transaction, origin)
    if placed.put == "comment" and not found.ticket.is_open:
        return _opened(command, found, transaction, origin)
    if placed.put == "bounce":
        events: list[Event] = [_bounced(command, found.ticket.customer, origin)]
    else:
        is_inside = placed.put == "comment inside"
        events = _said(command, found.ticket.customer, transaction, origin, is_inside=is_inside)
    append = Append(ticket_stream(found.number), found.version, events)
    return Decision((append,), MailOutcome(outcome="taken", ticket=found.number))


def _opened(
    command: ReceiveTicketMail, ended: NamedTicket | None, transaction: Transaction, origin: Origin
) -> Decision:
    """A new ticket; one that goes on from another is about the same, unless its customer was forgotten."""
    customer, about = command.customer, About()
    if ended:
        state = _customer(ended.ticket, transaction)
        if state is None or not state.forgotten:
            customer, about = kept_number(transaction, ended.ticket.customer), ended.ticket.about
    subject = require_words("subject", command.subject or NO_SUBJECT)
    parent = ended.number if ended else ""
    wanted = Wanted(command.kind, subject, customer, about, "mail", queue=command.queue, parent=parent)
    number, begun = opened(wanted, transaction, origin)
    said = _said(command, customer, transaction, origin, is_inside=False)
    appends = [Append(ticket_stream(number), 0, [*begun, *said])]
    if ended:
        child = ChildOpened(effective_on=origin.today, child=number)
        appends.append(Append(ticket_stream(ended.number), ended.version, [child]))
    return Decision(tuple(appends), MailOutcome(outcome="taken", ticket=number))


def _said(
    command: ReceiveTicketMail, customer: str, transaction: Transaction, origin: Origin, *, is_inside: bool
) -> list[Event]:
    """What the mail says, and that it was taken. What a robot says stays inside and continues no thread."""
    said = CommentAdded(
        effective_on=origin.today, customer=customer, text=require_words("text", command.text or NO_TEXT),
        audience="inside" if is_inside else "customer", is_from_customer=not is_inside,
        message_id=command.message_id, attachments=attached(command.attachments, transaction),
        names=tuple(require_file_name(file.name) for file in command.attachments),
    )  # fmt: skip
    received = MailReceived(
        effective_on=origin.today, customer=customer, mail=command.mail, sender=command.sender, address=command.address
    )
    return [said, received]


def _bounced(command: ReceiveTicketMail, customer: str, origin: Origin) -> MailBounced:
    return MailBounced(
        effective_on=origin.today,
        customer=customer,
        mail=command.mail,
        status=command.status,
        diagnostic=command.diagnostic,
    )


HANDLERS: Handlers = {ReceiveTicketMail: handle_receive_ticket_mail}
CONCERNS: Concerns = {ReceiveTicketMail: HOUSE}
