"""Which tickets are open, at which step, in which queue and with whom, and how did the others end?

Open tickets have indexes of their own, so that those that ended, however many, do not slow them. An account, a device,
a document or a parent has few tickets in all, so one index finds the open ones and those that ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from datetime import date, datetime
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.personal import ERASED
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.work.ticket_events import (
    ActionDone,
    ActionOverruled,
    CommentAdded,
    LabourLogged,
    StepCompleted,
    TicketAssigned,
    TicketChanged,
    TicketClosed,
    TicketEscalated,
    TicketOpened,
    TicketReopened,
    WatchersChanged,
)
from billing_core.work.tickets import actions_left
from projections.customer_search import words_in
from projections.platform.projection import Cursor, LoggedEvent, as_array, as_columns, insert_rows

# --- table

COLUMNS = {
    "number": "text", "sequence": "int8", "kind": "text", "subject": "text", "customer": "text", "account": "text",
    "subscription": "text", "address": "text", "device": "text", "node": "text", "product": "text", "document": "text",
    "source": "text", "priority": "text", "queue": "text", "assignee": "text", "crew": "text", "steps": "text[]",
    "actions": "text[]", "state": "text", "parent": "text", "cause": "text", "tags": "text[]", "watchers": "text[]",
    "labour_minutes": "int8", "opened_on": "date", "opened_at": "timestamptz", "step_since": "timestamptz",
    "reply_due_at": "timestamptz", "due_at": "timestamptz", "first_reply_at": "timestamptz", "closed_on": "date",
    "closed_at": "timestamptz", "duplicate_of": "text",
}  # fmt: skip
NAMES = ", ".join(COLUMNS)
WRITTEN = {**COLUMNS, "words": "text"}  # What is sought of the subject stands beside what is shown.
LISTS = frozenset(name for name, kind in COLUMNS.items() if kind.endswith("[]"))
# Lists pass through `unnest` as texts, for it would take apart a list of lists.
PASSED = {name: "text" if name in LISTS else kind for name, kind in WRITTEN.items()}
COLLATED = {"text": 'text COLLATE "C"', "text[]": 'text[] COLLATE "C"'}
TABLE = ", ".join(f"{name} {COLLATED.get(kind, kind)}" for name, kind in WRITTEN.items())


class TicketRow(msgspec.Struct):
    """A ticket as it is listed; `state` is open, completed, cancelled or duplicate."""

    number: str
    sequence: int
    kind: str
    subject: str
    customer: str
    account: str
    subscription: str
    address: str
    device: str
    node: str
    product: str
    document: str
    source: str
    priority: str
    queue: str
    assignee: str
    crew: str
    steps: list[str]
    actions: list[str]
    state: str
    parent: str
    cause: str
    tags: list[str]
    watchers: list[str]
    labour_minutes: int
    opened_on: date
    opened_at: datetime
    step_since: datetime
    reply_due_at: datetime | None
    due_at: datetime | None
    first_reply_at: datetime | None
    closed_on: date | None
    closed_at: datetime | None
    duplicate_of: str = ""

    @property
    def words(self) -> str:
        """The words by which it is found."""
        return words_of(self.subject)


class Tickets:
    """Every ticket as of its last change."""

    name = "tickets"
    version = 4
    tables = ("tickets",)
    by_stream = True
    # Most changes touch no index: their row finds room on the same page, and no index has to be written.
    definition = f"""
        CREATE TABLE tickets ({TABLE}, PRIMARY KEY (number)) WITH (fillfactor = 70);
        CREATE INDEX ON tickets (customer, sequence) WHERE customer <> '';
    """
    indexes = """
        CREATE INDEX ON tickets (sequence) WHERE state = 'open';
        CREATE INDEX ON tickets (queue, sequence) WHERE state = 'open';
        CREATE INDEX ON tickets (assignee, sequence) WHERE state = 'open' AND assignee <> '';
        CREATE INDEX ON tickets (due_at, sequence) WHERE state = 'open';
        CREATE INDEX ON tickets USING gin (watchers) WHERE state = 'open' AND watchers <> '{}';
        CREATE INDEX ON tickets (address, sequence) WHERE state = 'open' AND address <> '';
        CREATE INDEX ON tickets (node, sequence) WHERE state = 'open' AND node <> '';
        CREATE INDEX ON tickets (product, sequence) WHERE state = 'open' AND product <> '';
        CREATE INDEX ON tickets (device, sequence) WHERE device <> '';
        CREATE INDEX ON tickets (account, sequence) WHERE account <> '';
        CREATE INDEX ON tickets (document, sequence) WHERE document <> '';
        CREATE INDEX ON tickets (parent, sequence) WHERE parent <> '';
        CREATE INDEX ON tickets (sequence);
        CREATE INDEX ON tickets (opened_on);
        CREATE INDEX ON tickets (closed_on) WHERE closed_on IS NOT NULL;
        CREATE INDEX ON tickets (duplicate_of) WHERE duplicate_of <> '';
    """
    streams = ("ticket", "customer")
    folds: tuple[type[Event], ...] = (
        TicketOpened, StepCompleted, ActionDone, ActionOverruled, TicketAssigned, TicketChanged, TicketEscalated,
        WatchersChanged, CommentAdded, LabourLogged, TicketClosed, TicketReopened, CustomerForgotten,
    )  # fmt: skip
    # Of a person's words the subject alone; answers, comments and reasons are not decrypted for it.
    shows: tuple[type[Event], ...] = (TicketOpened, TicketChanged)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        forgotten = [entry.event for entry in page if isinstance(entry.event, CustomerForgotten)]
        opened = {entry.number: opened_by(entry) for entry in page if isinstance(entry.event, TicketOpened)}
        later = [entry for entry in page if not isinstance(entry.event, (TicketOpened, CustomerForgotten))]
        known = _known(cursor, {entry.number for entry in later} - opened.keys())
        changed: dict[str, TicketRow] = {}
        columns: set[str] = set()
        for entry in later:
            row = opened.get(entry.number) or known.get(entry.number)
            assert row is not None, f"{entry.stream} does not begin with its opening"
            if (found := change(row, entry)) and entry.number not in opened:
                changed[entry.number] = row
                columns.update(found)
        if opened:
            insert_rows(cursor, "tickets", WRITTEN, map(_inserted, opened.values()))
        if changed:
            _update(cursor, changed.values(), sorted(columns))
        if forgotten:
            self.forget(cursor, forgotten)

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        customers = [fact.customer for fact in forgotten]
        cursor.execute(
            "UPDATE tickets SET subject = %s, words = %s WHERE customer = ANY(%s) AND customer <> ''",
            (ERASED, words_of(ERASED), customers),
        )


# --- fold


def _known(cursor: Cursor, numbers: Set[str]) -> dict[str, TicketRow]:
    """Tickets as they were before a page."""
    if not numbers:
        return {}
    found = cursor.execute(f"SELECT {NAMES} FROM tickets WHERE number = ANY(%s)", (sorted(numbers),)).fetchall()
    return {row[0]: TicketRow(*row) for row in found}


def opened_by(entry: LoggedEvent) -> TicketRow:
    """A ticket when it was opened."""
    fact = entry.event
    assert isinstance(fact, TicketOpened)
    about = fact.about
    return TicketRow(
        number=entry.number, sequence=int(entry.number.rpartition("-")[2]), kind=fact.kind, subject=fact.subject,
        customer=fact.customer, account=about.account, subscription=about.subscription, address=about.address,
        device=about.device, node=about.node, product=about.product, document=about.document, source=fact.source,
        priority=fact.priority, queue=fact.queue, assignee="", crew="", steps=list(fact.steps),
        actions=list(fact.actions), state="open", parent=fact.parent, cause=fact.cause, tags=[], watchers=[],
        labour_minutes=0, opened_on=fact.effective_on, opened_at=entry.recorded_at, step_since=entry.recorded_at,
        reply_due_at=fact.reply_due_at, due_at=fact.due_at, first_reply_at=None, closed_on=None, closed_at=None,
    )  # fmt: skip


def change(row: TicketRow, entry: LoggedEvent) -> Sequence[str]:  # noqa: PLR0911  (one for each kind of event)
    """Change a ticket by a later event of its stream; the columns that change."""
    match entry.event:
        case StepCompleted() as fact:
            row.steps, row.actions = list(fact.steps), [*row.actions, *fact.actions]
            row.queue, row.step_since = fact.queue or row.queue, entry.recorded_at
            return "steps", "actions", "queue", "step_since"
        case ActionDone() | ActionOverruled() as fact:
            row.actions = list(actions_left(row.actions, fact))
            return ("actions",)
        case TicketAssigned() as fact:
            row.queue, row.assignee, row.crew = fact.queue, fact.assignee, fact.crew
            return "queue", "assignee", "crew"
        case TicketChanged() as fact:
            row.subject, row.priority, row.due_at = fact.subject, fact.priority, fact.due_at
            row.tags = list(fact.tags)
            return "subject", "words", "priority", "due_at", "tags"
        case TicketEscalated() as fact:
            row.queue, row.priority = fact.queue, fact.priority
            return "queue", "priority"
        case TicketClosed() as fact:
            row.state, row.steps, row.actions = fact.outcome, [], []
            row.closed_on, row.closed_at = fact.effective_on, entry.recorded_at
            row.duplicate_of = fact.duplicate_of
            return "state", "steps", "actions", "closed_on", "closed_at", "duplicate_of"
        case TicketReopened() as fact:
            row.state, row.steps, row.step_since = "open", [fact.step], entry.recorded_at
            row.closed_on, row.closed_at, row.duplicate_of = None, None, ""
            return "state", "steps", "step_since", "closed_on", "closed_at", "duplicate_of"
    return _changed_a_little(row, entry)


def _changed_a_little(row: TicketRow, entry: LoggedEvent) -> Sequence[str]:
    match entry.event:
        case WatchersChanged() as fact:
            row.watchers = list(fact.watchers)
            return ("watchers",)
        case CommentAdded(audience="customer", is_from_customer=False) if row.first_reply_at is None:
            row.first_reply_at = entry.recorded_at
            return ("first_reply_at",)
        case LabourLogged() as fact:
            row.labour_minutes += fact.minutes
            return ("labour_minutes",)
    return ()


def _inserted(row: TicketRow) -> tuple[Any, ...]:
    return (*msgspec.structs.astuple(row), row.words)


def _update(cursor: Cursor, rows: Iterable[TicketRow], columns: Sequence[str]) -> None:
    """Write some columns of tickets: those that a page changes are few."""
    statement = f"""
        UPDATE tickets SET {", ".join(f"{name} = changed.{name}::{WRITTEN[name]}" for name in columns)}
        FROM unnest(%b::text[], {", ".join(f"%b::{PASSED[name]}[]" for name in columns)})
            AS changed (number, {", ".join(columns)})
        WHERE tickets.number = changed.number
    """
    values = ([row.number, *(_passed(row, name) for name in columns)] for row in rows)
    cursor.execute(statement, as_columns(values, 1 + len(columns)))


def _passed(row: TicketRow, name: str) -> Any:
    value = getattr(row, name)
    return as_array(value) if name in LISTS else value


def words_of(subject: str) -> str:
    """The words by which a ticket is found, with a space around each."""
    return f" {' '.join(words_in(subject))} "


# --- queries


def ticket_named(cursor: Cursor, number: str) -> TicketRow | None:
    """The ticket of a number."""
    row = cursor.execute(f"SELECT {NAMES} FROM tickets WHERE number = %s", (number,)).fetchone()
    return None if row is None else TicketRow(*row)


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The streams of the tickets of a customer."""
    rows = cursor.execute("SELECT number FROM tickets WHERE customer = %s ORDER BY sequence", (customer,))
    return [f"ticket/{number}" for (number,) in rows]


# --- what must hold

INVARIANTS = {
    "an open ticket waits at a step, or something is due by itself": """
        SELECT number FROM tickets WHERE state = 'open' AND steps = '{}' AND actions = '{}'
    """,
    "a ticket that ended waits at no step, nothing of it is due, and it says when it ended": """
        SELECT number FROM tickets WHERE state <> 'open'
        AND (steps <> '{}' OR actions <> '{}' OR closed_at IS NULL OR closed_at < opened_at)
    """,
    "a ticket's parent is a ticket": """
        SELECT number FROM tickets WHERE parent <> ''
        AND NOT EXISTS (SELECT FROM tickets AS others WHERE others.number = tickets.parent)
    """,
    "a duplicate is one of another ticket, and no other ticket is": """
        SELECT tickets.number FROM tickets LEFT JOIN tickets AS others ON others.number = tickets.duplicate_of
        WHERE (tickets.state = 'duplicate') <> (tickets.duplicate_of <> '') OR tickets.duplicate_of = tickets.number
        OR (tickets.duplicate_of <> '' AND others.number IS NULL)
    """,
    "no ticket has less than no labour": "SELECT number FROM tickets WHERE labour_minutes < 0",
    # An account is another customer's if records of one customer were merged, before or after the ticket.
    "a ticket is about an account that is or was its customer's": """
        SELECT tickets.number FROM tickets LEFT JOIN accounts ON accounts.number = tickets.account
        WHERE tickets.account <> '' AND (tickets.customer = ANY(accounts.customers)) IS NOT TRUE
    """,
}
