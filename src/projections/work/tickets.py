"""Which tickets are open, at which step, in which queue and with whom, and how did the others end?

Open tickets have indexes of their own, so that those that ended, however many, do not slow them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.work.tickets import (
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
)
from projections.dealers import customers_of
from projections.platform.projection import Cursor, LoggedEvent, as_columns

# --- table

COLUMNS = {
    "number": "text", "sequence": "int8", "kind": "text", "subject": "text", "customer": "text", "account": "text",
    "subscription": "text", "address": "text", "device": "text", "node": "text", "product": "text", "document": "text",
    "source": "text", "priority": "text", "queue": "text", "assignee": "text", "crew": "text", "steps": "text[]",
    "actions": "text[]", "state": "text", "parent": "text", "cause": "text", "tags": "text[]",
    "labour_minutes": "int8", "opened_on": "date", "opened_at": "timestamptz", "step_since": "timestamptz",
    "due_at": "timestamptz", "first_reply_at": "timestamptz", "closed_at": "timestamptz", "duplicate_of": "text",
}  # fmt: skip
NAMES = ", ".join(COLUMNS)
LISTS = frozenset(name for name, kind in COLUMNS.items() if kind.endswith("[]"))
# Lists pass through `unnest` as texts, for it would take apart a list of lists.
PASSED = ", ".join(f"%b::{'text' if name in LISTS else kind}[]" for name, kind in COLUMNS.items())
TAKEN = ", ".join(f"{name}::{kind}" for name, kind in COLUMNS.items())
REPLACED = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "number")
UPSERT = f"""
    INSERT INTO tickets ({NAMES}) SELECT {TAKEN} FROM unnest({PASSED}) AS changed ({NAMES})
    ON CONFLICT (number) DO UPDATE SET {REPLACED}
"""


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
    labour_minutes: int
    opened_on: date
    opened_at: datetime
    step_since: datetime
    due_at: datetime | None
    first_reply_at: datetime | None
    closed_at: datetime | None
    duplicate_of: str = ""


class Tickets:
    """Every ticket as of its last change."""

    name = "tickets"
    version = 1
    tables = ("tickets",)
    by_stream = False
    definition = f"""
        CREATE TABLE tickets (
            {
        ", ".join(
            f"{name} {kind}{_collated}"
            for name, kind, _collated in (
                (name, kind, ' COLLATE "C"' if kind == "text" else "") for name, kind in COLUMNS.items()
            )
        )
    },
            PRIMARY KEY (number));
        CREATE INDEX ON tickets (customer) WHERE customer <> '';
    """
    indexes = """
        CREATE INDEX ON tickets (queue, sequence) WHERE state = 'open';
        CREATE INDEX ON tickets (assignee, sequence) WHERE state = 'open';
        CREATE INDEX ON tickets (due_at) WHERE state = 'open';
        CREATE INDEX ON tickets (sequence);
    """
    streams = ("ticket", "customer")
    folds: tuple[type[Event], ...] = (
        TicketOpened, StepCompleted, ActionDone, ActionOverruled, TicketAssigned, TicketChanged, TicketEscalated,
        CommentAdded, LabourLogged, TicketClosed, TicketReopened, CustomerForgotten,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        forgotten = [entry.event for entry in page if isinstance(entry.event, CustomerForgotten)]
        rows = _before(cursor, page)
        for entry in page:
            if isinstance(entry.event, TicketOpened):
                rows[entry.number] = _opened(entry, entry.event)
            elif entry.number in rows:
                _apply(rows[entry.number], entry)
        if rows:
            cursor.execute(UPSERT, as_columns(map(_values, rows.values()), len(COLUMNS)))
        if forgotten:
            self.forget(cursor, forgotten)

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        customers = [fact.customer for fact in forgotten]
        cursor.execute("UPDATE tickets SET subject = 'erased' WHERE customer = ANY(%s)", (customers,))


# --- fold


def _before(cursor: Cursor, page: Sequence[LoggedEvent]) -> dict[str, TicketRow]:
    """The tickets that change in a page, as they were before it."""
    changed = {entry.number for entry in page if not isinstance(entry.event, TicketOpened | CustomerForgotten)}
    if not changed:
        return {}
    found = cursor.execute(f"SELECT {NAMES} FROM tickets WHERE number = ANY(%s)", (sorted(changed),)).fetchall()
    return {row[0]: TicketRow(*row) for row in found}


def _opened(entry: LoggedEvent, fact: TicketOpened) -> TicketRow:
    about = fact.about
    return TicketRow(
        number=entry.number, sequence=int(entry.number.rpartition("-")[2]), kind=fact.kind, subject=fact.subject,
        customer=fact.customer, account=about.account, subscription=about.subscription, address=about.address,
        device=about.device, node=about.node, product=about.product, document=about.document, source=fact.source,
        priority=fact.priority, queue=fact.queue, assignee="", crew="", steps=list(fact.steps),
        actions=list(fact.actions), state="open", parent=fact.parent, cause=fact.cause, tags=[], labour_minutes=0,
        opened_on=fact.effective_on, opened_at=entry.recorded_at, step_since=entry.recorded_at, due_at=fact.due_at,
        first_reply_at=None, closed_at=None,
    )  # fmt: skip


def _apply(row: TicketRow, entry: LoggedEvent) -> None:
    match entry.event:
        case StepCompleted() as fact:
            row.steps, row.actions = list(fact.steps), [*row.actions, *fact.actions]
            row.queue, row.step_since = fact.queue or row.queue, entry.recorded_at
        case ActionDone() | ActionOverruled():
            row.actions = row.actions[1:]
        case TicketAssigned() as fact:
            row.queue, row.assignee, row.crew = fact.queue, fact.assignee, fact.crew
        case TicketChanged() as fact:
            row.subject, row.priority, row.due_at = fact.subject, fact.priority, fact.due_at
            row.tags = list(fact.tags)
        case TicketEscalated() as fact:
            row.queue, row.priority = fact.queue, fact.priority
        case CommentAdded(audience="customer", is_from_customer=False) if row.first_reply_at is None:
            row.first_reply_at = entry.recorded_at
        case LabourLogged() as fact:
            row.labour_minutes += fact.minutes
        case TicketClosed() as fact:
            row.state, row.steps, row.actions = fact.outcome, [], []
            row.closed_at, row.duplicate_of = entry.recorded_at, fact.duplicate_of
        case TicketReopened() as fact:
            row.state, row.steps, row.closed_at = "open", [fact.step], None
            row.step_since, row.duplicate_of = entry.recorded_at, ""


def _values(row: TicketRow) -> list[Any]:
    return [_as_array(getattr(row, name)) if name in LISTS else getattr(row, name) for name in COLUMNS]


def _as_array(codes: Sequence[str]) -> str:
    """A list as PostgreSQL reads it."""
    escaped = (code.replace("\\", "\\\\").replace('"', '\\"') for code in codes)
    return "{" + ",".join(f'"{code}"' for code in escaped) + "}"


# --- queries


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which tickets are asked for: what is empty is not asked."""

    state: str = "open"
    queue: str = ""
    assignee: str = ""
    crew: str = ""
    kind: str = ""
    step: str = ""
    customer: str = ""
    account: str = ""
    address: str = ""
    node: str = ""
    product: str = ""
    parent: str = ""
    tag: str = ""
    overdue_at: datetime | None = None


EQUAL = ("queue", "assignee", "crew", "kind", "customer", "account", "address", "node", "product", "parent")


def list_tickets(cursor: Cursor, sought: Sought, after: int, limit: int, dealer: str = "") -> list[TicketRow]:
    """Tickets in order of number, after one of them; of a dealer's customers if one is named."""
    conditions = [f"{name} = %({name})s" for name in EQUAL if getattr(sought, name)]
    if sought.state:
        conditions.append("state = 'open'" if sought.state == "open" else "state = %(state)s")
    if sought.step:
        conditions.append("%(step)s = ANY(steps)")
    if sought.tag:
        conditions.append("%(tag)s = ANY(tags)")
    if sought.overdue_at:
        conditions.append("due_at < %(overdue_at)s")
    wanted = {**msgspec.structs.asdict(sought), "after": after, "limit": limit, "dealer": dealer}
    rows = cursor.execute(
        f"""SELECT {NAMES} FROM tickets WHERE sequence > %(after)s AND {" AND ".join(conditions) or "true"}
            AND {customers_of("customer", dealer)} ORDER BY sequence LIMIT %(limit)s""",
        wanted,
    )
    return [TicketRow(*row) for row in rows]


def ticket_named(cursor: Cursor, number: str) -> TicketRow | None:
    """The ticket of a number."""
    row = cursor.execute(f"SELECT {NAMES} FROM tickets WHERE number = %s", (number,)).fetchone()
    return None if row is None else TicketRow(*row)


class BoardCell(msgspec.Struct):
    """How many open tickets of a queue are at a step, how many of them are overdue, and since when the oldest is."""

    queue: str
    step: str
    tickets: int
    overdue: int
    oldest_since: datetime


SELECT_BOARD = """
    SELECT queue, coalesce(steps[1], ''), count(*), count(*) FILTER (WHERE due_at < %(now)s), min(step_since)
    FROM tickets WHERE state = 'open' AND (%(queue)s = '' OR queue = %(queue)s) AND {of_dealer}
    GROUP BY 1, 2 ORDER BY 1, 2
"""


def board(cursor: Cursor, now: datetime, queue: str = "", dealer: str = "") -> list[BoardCell]:
    """The open tickets by queue and step."""
    statement = SELECT_BOARD.format(of_dealer=customers_of("customer", dealer))
    return [BoardCell(*row) for row in cursor.execute(statement, {"now": now, "queue": queue, "dealer": dealer})]


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The streams of the tickets of a customer."""
    rows = cursor.execute("SELECT number FROM tickets WHERE customer = %s ORDER BY sequence", (customer,))
    return [f"ticket/{number}" for (number,) in rows]


# --- what must hold

INVARIANTS = {
    "an open ticket waits at a step, or something is due by itself": """
        SELECT number FROM tickets WHERE state = 'open' AND steps = '{}' AND actions = '{}'
    """,
    "a ticket's parent is a ticket": """
        SELECT number FROM tickets WHERE parent <> '' AND parent NOT IN (SELECT number FROM tickets)
    """,
}
