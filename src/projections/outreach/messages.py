"""Which messages wait, were sent, failed or came back? Which are to be sent now, and with which words?

The words are kept until they were sent; afterwards the message's stream has them. All of it goes when the customer is
forgotten, and what waited is not sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from billing_core.kernel.events import Event
from billing_core.outreach.kinds import MARKETING, ChannelName, MessageKind
from billing_core.outreach.messages import (
    CHANGES,
    UNSENT,
    MessageAnswered,
    MessageBounced,
    MessageCancelled,
    MessageDelivered,
    MessageFailed,
    MessageQueued,
    MessageRetried,
    MessageSent,
)
from billing_core.parties.forgotten import CustomerForgotten
from projections.dealers import customers_of
from projections.parties import SELECT_RECORDS
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {
    "message": "text", "version": "int8", "customer": "text", "seller": "text", "account": "text", "kind": "text",
    "channel": "text", "language": "text", "cause": "text", "about": "text", "is_marketing": "bool", "state": "text",
    "queued_at": "timestamptz", "send_at": "timestamptz", "recipient": "text", "subject": "text", "content": "text",
}  # fmt: skip
CHANGED = ("state", "attempts", "reason", "reference", "send_at")
UNSENT_STATES = ", ".join(f"'{state}'" for state in sorted(UNSENT))
TO_SEND = "state IN ('queued', 'waiting')"
UPDATE_MESSAGES = f"""
    UPDATE messages SET version = change.version, state = coalesce(change.state, messages.state),
        attempts = coalesce(change.attempts, messages.attempts), reason = coalesce(change.reason, messages.reason),
        reference = coalesce(change.reference, messages.reference),
        send_at = coalesce(change.send_at, messages.send_at),
        answers = messages.answers + change.answers,
        content = CASE WHEN coalesce(change.state, messages.state) IN ({UNSENT_STATES}) THEN content END
    FROM unnest(%b::text[], %b::int8[], %b::int8[], %b::text[], %b::int8[], %b::text[], %b::text[], %b::timestamptz[])
        AS change (message, version, answers, state, attempts, reason, reference, send_at)
    WHERE messages.message = change.message
"""
FORGET = f"""
    UPDATE messages SET recipient = '', subject = '', content = NULL,
        state = CASE WHEN state IN ({UNSENT_STATES}) THEN 'cancelled' ELSE state END
    WHERE customer = ANY(%s)
"""
SELECT_DUE = f"""
    SELECT message, version, customer, kind, language, queued_at, account, recipient, subject, attempts, content
    FROM messages WHERE seller = %(seller)s AND channel = %(channel)s AND {TO_SEND} AND send_at <= %(at)s
        AND kind = ANY(%(kinds)s) AND message <> ALL(%(but_not)s)
    ORDER BY is_marketing, send_at, message LIMIT %(limit)s
"""


class Content(msgspec.Struct, frozen=True):
    """The words of a message, and what goes with them."""

    text: str
    html: str
    documents: tuple[str, ...] = ()
    consent: str = ""


class Messages:
    """Every message: to whom, about what, in which state; with its words until it was sent."""

    name = "messages"
    version = 1
    tables = ("messages",)
    by_stream = False
    definition = """
        CREATE TABLE messages (
            message text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, customer text COLLATE "C" NOT NULL,
            seller text COLLATE "C" NOT NULL, account text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL,
            channel text COLLATE "C" NOT NULL, language text NOT NULL, cause text NOT NULL, about text NOT NULL,
            is_marketing boolean NOT NULL, state text COLLATE "C" NOT NULL, queued_at timestamptz NOT NULL,
            send_at timestamptz NOT NULL, recipient text NOT NULL, subject text NOT NULL, content text,
            attempts bigint NOT NULL DEFAULT 0, reason text NOT NULL DEFAULT '', reference text NOT NULL DEFAULT '',
            answers bigint NOT NULL DEFAULT 0);
    """
    indexes = f"""
        CREATE INDEX ON messages (seller, channel, is_marketing, send_at, message) WHERE {TO_SEND};
        CREATE INDEX ON messages (customer);
        CREATE INDEX ON messages (queued_at, message);
        CREATE INDEX ON messages (state, kind, queued_at, message);
        CREATE INDEX ON messages (reference) WHERE reference <> '';
    """
    streams = ("message", "customer")
    folds: tuple[type[Event], ...] = (
        MessageQueued, MessageSent, MessageFailed, MessageRetried, MessageDelivered, MessageBounced, MessageAnswered,
        MessageCancelled, CustomerForgotten,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        queued = [_row(entry, entry.event) for entry in page if isinstance(entry.event, MessageQueued)]
        if queued:
            insert_rows(cursor, "messages", COLUMNS, queued)
        if changed := _changed(page):
            cursor.execute(UPDATE_MESSAGES, as_columns(changed, 8))
        if forgotten := [entry.event for entry in page if isinstance(entry.event, CustomerForgotten)]:
            self.forget(cursor, forgotten)

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        cursor.execute(FORGET, ([fact.customer for fact in forgotten],))


def _row(entry: LoggedEvent, fact: MessageQueued) -> tuple[Any, ...]:
    content = Content(fact.text, fact.html, fact.documents, fact.consent)
    return (
        entry.number, entry.version, fact.customer, fact.seller, fact.account, fact.kind, fact.channel, fact.language,
        fact.cause, fact.about, fact.kind in MARKETING, "queued", entry.recorded_at, fact.send_at, fact.recipient,
        fact.subject, msgspec.json.encode(content).decode(),
    )  # fmt: skip


def _changed(page: Sequence[LoggedEvent]) -> list[tuple[Any, ...]]:
    """By message: its version, how many answers came, and the last word on each field; None if there is none."""
    fields: dict[str, dict[str, Any]] = {}
    for entry in page:
        fact = entry.event
        change = CHANGES.get(type(fact))
        if change is None and not isinstance(fact, MessageAnswered):
            continue
        known = fields.setdefault(entry.number, {"answers": 0})
        known["version"] = entry.version
        if change is None:
            known["answers"] += 1
        else:
            known |= change(fact)
    return [
        (message, known["version"], known["answers"], *(known.get(name) for name in CHANGED))
        for message, known in fields.items()
    ]


# --- queries


class DueMessage(msgspec.Struct, frozen=True):
    """A message that is to be sent now, with the version of its stream, as far as the tables show it."""

    message: str
    version: int
    customer: str
    kind: MessageKind
    language: str
    queued_at: datetime
    account: str
    recipient: str
    subject: str
    attempts: int
    content: Content


class MessageRow(msgspec.Struct):
    """A message in a list."""

    message: str
    customer: str
    account: str
    seller: str
    kind: str
    channel: str
    state: str
    about: str
    recipient: str
    subject: str
    queued_at: datetime
    send_at: datetime
    attempts: int
    reason: str
    answers: int


class WantedMessages(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages are listed; an empty word stands for any. `after` is a message: only those listed after it."""

    customer: str = ""
    state: str = ""
    kind: str = ""
    channel: str = ""
    after: str = ""
    dealer: str = ""


SELECT_LIST = f"""
    SELECT message, customer, account, seller, kind, channel, state, about, recipient, subject, queued_at, send_at,
           attempts, reason, answers
    FROM messages WHERE (%(customer)s = '' OR customer = ANY(ARRAY({SELECT_RECORDS})))
        AND (%(state)s = '' OR state = %(state)s)
        AND (%(kind)s = '' OR kind = %(kind)s) AND (%(channel)s = '' OR channel = %(channel)s)
        AND (%(after)s = ''
            OR (queued_at, message) < (SELECT queued_at, message FROM messages WHERE message = %(after)s))
"""


class WantedDue(NamedTuple):
    """Which messages are asked for whose time has come: of a seller by a channel, of some kinds, without some."""

    seller: str
    channel: str
    at: datetime
    kinds: Sequence[str]
    limit: int
    but_not: Sequence[str] = ()


def due_messages(cursor: Cursor, wanted: WantedDue) -> list[DueMessage]:
    """The next messages, advertising last."""
    asked = wanted._asdict() | {"kinds": list(wanted.kinds), "but_not": list(wanted.but_not)}
    rows = cursor.execute(SELECT_DUE, asked).fetchall()
    return [_due(*row) for row in rows]


def _due(*row: Any) -> DueMessage:
    values = (*row[:-1], msgspec.json.decode(row[-1], type=Content))
    return DueMessage(*values)


def messages_of_reference(cursor: Cursor, channel: ChannelName, reference: str) -> list[str]:
    """The messages of a channel that have the same reference, as the letters of a batch have."""
    rows = cursor.execute(
        "SELECT message FROM messages WHERE reference = %s AND channel = %s ORDER BY message", (reference, channel)
    )
    return [message for (message,) in rows]


def customers_of_reference(cursor: Cursor, channel: ChannelName, reference: str) -> set[str]:
    """Those to whom such messages went, without those who were forgotten."""
    rows = cursor.execute(
        "SELECT DISTINCT customer FROM messages WHERE reference = %s AND channel = %s AND recipient <> ''",
        (reference, channel),
    )
    return {customer for (customer,) in rows}


def lines_with_due(cursor: Cursor, at: datetime) -> list[tuple[str, ChannelName]]:
    """Sellers and channels with a message whose time has come, in order."""
    rows = cursor.execute(
        f"SELECT DISTINCT seller, channel FROM messages WHERE {TO_SEND} AND send_at <= %s ORDER BY seller, channel",
        (at,),
    )
    return [(seller, channel) for seller, channel in rows]


def list_messages(cursor: Cursor, wanted: WantedMessages, limit: int) -> list[MessageRow]:
    """Messages, the newest first; of a customer also those to records that were merged into it."""
    chosen = {**msgspec.structs.asdict(wanted), "limit": limit}
    in_order = "ORDER BY queued_at DESC, message DESC LIMIT %(limit)s"
    rows = cursor.execute(f"{SELECT_LIST} AND {customers_of('customer', wanted.dealer)} {in_order}", chosen)
    return [MessageRow(*row) for row in rows]


def count_by_state(cursor: Cursor) -> dict[str, int]:
    """How many messages are in each state."""
    return dict(cursor.execute("SELECT state, count(*) FROM messages GROUP BY state ORDER BY state").fetchall())


# --- what must hold

INVARIANTS = {
    "messages are those of sellers who are registered": """
        SELECT DISTINCT seller FROM messages LEFT JOIN sellers ON sellers.code = seller WHERE sellers.code IS NULL
    """,
}


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The messages to a customer."""
    rows = cursor.execute("SELECT message FROM messages WHERE customer = %s ORDER BY message", (customer,))
    return [f"message/{message}" for (message,) in rows]


def sellers_of_messages(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    """Which seller's message each is."""
    messages = [stream.partition("/")[2] for stream in streams if stream.startswith("message/")]
    rows = cursor.execute("SELECT message, seller FROM messages WHERE message = ANY(%s)", (messages,))
    return {f"message/{message}": seller for message, seller in rows}
