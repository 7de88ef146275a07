"""An outage answers the tickets that it gathers: each comment to the customer, and its end, once on each of them.

    ticket/T-1  CommentAdded(customer)
    reaction    SpreadAnswers(T-1)      ticket/T-1  AnswerDue(T-2, 1), AnswerDue(T-3, 1)      in one write
    reaction    AnswerGathered(T-2, 1)  ticket/T-2  CommentAdded(customer), OutageAnswered(T-1, 1)
    reaction    AnswerGathered(T-3, 1)  ticket/T-3  ...

The numbers prove that each is given once: a comment that is due to all already is not spread again, and a ticket that
got an answer does not get it again.
"""

from __future__ import annotations

from datetime import date

from billing_core.kernel.events import Event
from billing_core.work.outages import (
    RESTORED,
    AnswerDue,
    Gathering,
    OutageAnswered,
    OutageJoined,
    answers_due,
    gather,
    reason_against,
)
from billing_core.work.ticket_events import CommentAdded, TicketClosed
from billing_core.work.tickets import Ticket
from commands.platform.bus import Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.work.cause_tickets import load_standing
from commands.work.flows import load_flow
from commands.work.known_outages import load_at
from commands.work.progress import load_opened
from commands.work.steps import left_at
from commands.work.streams import OfTicket, load_ticket, ticket_stream

# --- commands


class SpreadAnswers(OfTicket, frozen=True, kw_only=True):
    """Note which gathered tickets are due what their outage said to the customer, and its end. A comment to the
    customer and the end of a ticket give it by themselves."""


class AnswerGathered(OfTicket, frozen=True, kw_only=True):
    """Say on a gathered ticket what its outage said to the customer, by number; -1 is its end, which closes it.

    A ticket on which somebody completed a step or logged time is not closed: it gets a note, and goes on if it waits
    for the message `restored`. What is due gives it by itself.
    """

    outage: str
    answer: int


# --- handlers


def handle_spread_answers(command: SpreadAnswers, transaction: Transaction, origin: Origin) -> Decision:
    _, version = load_ticket(transaction, command.ticket)
    due = answers_due(load_at(transaction, ticket_stream(command.ticket)), origin.today)
    return Decision((Append(ticket_stream(command.ticket), version, due),) if due else ())


def handle_answer_gathered(command: AnswerGathered, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = load_ticket(transaction, command.ticket)
    load_ticket(transaction, command.outage)
    outage = load_at(transaction, ticket_stream(command.outage))
    known = load_at(transaction, ticket_stream(command.ticket))
    is_answered = (command.outage, command.answer) in known.answered
    is_over = command.answer < 0 and outage.closed is None
    if command.ticket not in outage.gathered or is_answered or is_over:
        return Decision(())
    if reason_against(command.outage, command.ticket, ticket, known):
        return Decision(())
    flow = load_flow(transaction, ticket.kind, ticket.flow_version)
    is_touched = bool(ticket.actions) or load_standing(transaction, command.ticket, flow).is_touched
    events = _said(command, outage, ticket, origin.today, is_touched=is_touched)
    if command.answer < 0 and is_touched:
        events += _going_on(command, outage, events, transaction, origin)
    joined = [] if known.outage else [OutageJoined(effective_on=origin.today, outage=command.outage)]
    own = Append(ticket_stream(command.ticket), version, [*joined, *events])
    return Decision((own, *_handed_on(command, outage, transaction, origin)))


def _said(command: AnswerGathered, outage: Gathering, ticket: Ticket, on: date, *, is_touched: bool) -> list[Event]:
    """The comment, or the end, on the gathered ticket."""
    answered = OutageAnswered(effective_on=on, outage=command.outage, answer=command.answer)
    if command.answer > 0:
        text = outage.answers[command.answer - 1]
        said = CommentAdded(effective_on=on, customer=ticket.customer, text=text, audience="customer")
        return [answered, said]
    assert outage.closed is not None
    outcome = outage.closed.outcome
    text = f"the outage {command.outage} was {outcome}"
    note = CommentAdded(effective_on=on, customer=ticket.customer, text=text)
    if outcome != "completed":
        return [answered, note, OutageJoined(effective_on=on, outage="")]
    if is_touched:
        return [answered, note]
    return [answered, TicketClosed(effective_on=on, customer=ticket.customer, outcome="completed", reason=text,
                         parent=ticket.parent, limits=dict(ticket.limits))]  # fmt: skip


def _going_on(
    command: AnswerGathered, outage: Gathering, events: list[Event], transaction: Transaction, origin: Origin
) -> list[Event]:
    """After an outage that was mended a ticket leaves the step at which it waits for the message `restored`."""
    if outage.closed is None or outage.closed.outcome != "completed":
        return []
    return left_at(load_opened(transaction, command.ticket, origin).after(events), "message", RESTORED, transaction)


def _handed_on(
    command: AnswerGathered, outage: Gathering, transaction: Transaction, origin: Origin
) -> tuple[Append, ...]:
    """The other outage that an outage is the same as gathers the ticket now, if it is open."""
    if command.answer > 0 or outage.closed is None or not outage.closed.duplicate_of:
        return ()
    other, version = load_ticket(transaction, outage.closed.duplicate_of)
    if not other.is_open:
        return ()
    stream = ticket_stream(outage.closed.duplicate_of)
    return (Append(stream, version, gather(load_at(transaction, stream), [command.ticket], origin.today)),)


# --- what happens by itself


def _spread(entry: RecordedEvent) -> SpreadAnswers | None:
    match entry.event:
        case TicketClosed() | CommentAdded(audience="customer", is_from_customer=False):
            return SpreadAnswers(ticket=entry.number)
    return None


def _answer(entry: RecordedEvent) -> AnswerGathered:
    assert isinstance(entry.event, AnswerDue)
    return AnswerGathered(ticket=entry.event.ticket, outage=entry.number, answer=entry.event.answer)


HANDLERS: Handlers = {SpreadAnswers: handle_spread_answers, AnswerGathered: handle_answer_gathered}
CONCERNS: Concerns = dict.fromkeys(HANDLERS, HOUSE)
REACTIONS = (
    Reaction("spread-outage-answers", (CommentAdded, TicketClosed), _spread),
    Reaction("answer-gathered-ticket", (AnswerDue,), _answer),
)
