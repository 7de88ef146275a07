"""Messages to customers: those that wait, were sent, failed or came back, and each with its words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from adapters.views.persons import Persons
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import NotFound
from billing_core.outreach.kinds import ChannelName, MessageKind
from billing_core.outreach.messages import Message, MessageState, apply_message
from billing_core.outreach.terms import OutreachTerms, apply_terms
from commands.outreach.terms import outreach_terms_stream
from commands.outreach.writing import message_stream
from commands.platform.concerns import HOUSE, LISTED, Concerns
from projections.outreach.messages import MessageRow, WantedMessages, count_by_state, list_messages


class ListMessages(Listing, frozen=True, kw_only=True):
    """Messages to customers, the newest first; of one customer, in one state, of one kind or channel."""

    customer: str = ""
    state: MessageState | None = None
    kind: MessageKind | None = None
    channel: ChannelName | None = None


class CountMessages(Query, frozen=True, kw_only=True):
    """How many messages are in each state."""


class MessagesInState(msgspec.Struct):
    state: str
    messages: int


class ShowMessage(Query, frozen=True, kw_only=True):
    """A message with its words, and what became of it."""

    message: str


class MessageCard(msgspec.Struct):
    """A message: to whom, by which channel and template, its words, and its state."""

    message: str
    customer: str
    account: str
    seller: str
    kind: str
    channel: str
    language: str
    template_version: int
    cause: str
    about: str
    recipient: str
    subject: str
    text: str
    html: str
    documents: tuple[str, ...]
    state: str
    send_at: datetime
    attempts: int
    reason: str
    reference: str
    answers: int


class ShowOutreachTerms(Query, frozen=True, kw_only=True):
    """Which kinds of messages a seller sends, by which channels, and when it is quiet."""

    seller: str


def _list_messages(query: ListMessages, reading: Reading) -> Page[MessageRow]:
    wanted = WantedMessages(
        customer=query.customer, state=query.state or "", kind=query.kind or "", channel=query.channel or "",
        after=query.after, dealer=reading.dealer,
    )  # fmt: skip
    with reading.source.cursor() as cursor:
        found = list_messages(cursor, wanted, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.message)


def _count(query: CountMessages, reading: Reading) -> Page[MessagesInState]:
    with reading.source.cursor() as cursor:
        counts = count_by_state(cursor)
    return Page([MessagesInState(state, count) for state, count in counts.items()], None)


def _show_message(query: ShowMessage, reading: Reading) -> MessageCard:
    found = reading.app.store.load(message_stream(query.message), apply_message)
    if found is None:
        raise NotFound("no such message", field="message", value=query.message)
    return _card(query.message, found)


def _card(number: str, message: Message) -> MessageCard:
    shown = ("customer", "account", "seller", "kind", "channel", "language", "template_version", "cause", "about",
             "recipient", "subject", "text", "html", "documents")  # fmt: skip
    return MessageCard(
        message=number,
        **{name: getattr(message.queued, name) for name in shown},
        state=message.state,
        send_at=message.send_at,
        attempts=message.attempts,
        reason=message.reason,
        reference=message.reference,
        answers=message.answers,
    )


def _show_terms(query: ShowOutreachTerms, reading: Reading) -> OutreachTerms:
    return reading.app.store.load(outreach_terms_stream(query.seller), apply_terms) or OutreachTerms()


def _of_list(query: ListMessages, page: Page[MessageRow], reading: Reading) -> Iterable[str]:
    return {row.customer for row in page.items}


QUERIES: Queries = {
    ListMessages: _list_messages,
    CountMessages: _count,
    ShowMessage: _show_message,
    ShowOutreachTerms: _show_terms,
}
PERSONS: Persons = {ListMessages: _of_list, ShowMessage: lambda query, card, reading: [card.customer]}
CONCERNS: Concerns = {
    ListMessages: LISTED,
    CountMessages: HOUSE,
    ShowMessage: HOUSE,
    ShowOutreachTerms: HOUSE,
}
