"""What decisions on tickets read: the ticket itself, a number for a new one, and what is no event.

A ticket is read by one statement with the keys of its person and with who has it open, because nearly every command on
one asks for all three.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from psycopg import Cursor

from adapters.postgres.person_keys import USABLE_DOCUMENT_KEY, KeysRead
from adapters.postgres.stream_facts import Rows
from billing_core.kernel.events import decode, topics_of
from billing_core.work.assignment import Load
from billing_core.work.ticket_events import TicketAssigned

TICKETS = "ticket/"
# The first event of a ticket names its person; without one the ticket stands for a person of its own.
SELECT_TICKET = f"""
    SELECT originator_id, originator_version, topic, state, keys.*, holds.*
    FROM billing.events LEFT JOIN (
        SELECT customer, personal_key, {USABLE_DOCUMENT_KEY} FROM billing.person_keys WHERE customer = (
            SELECT coalesce(nullif(convert_from(state, 'UTF8')::json ->> 'customer', ''), originator_id)
            FROM billing.events WHERE originator_id = %(stream)s AND originator_version = 1)
    ) AS keys ON true CROSS JOIN (
        SELECT array_agg(operator ORDER BY held_at, operator), array_agg(until_at ORDER BY held_at, operator)
        FROM billing.ticket_holds WHERE ticket = %(number)s
    ) AS holds
    WHERE originator_id = %(stream)s ORDER BY originator_version
"""
NEWEST_VERSION = "(SELECT max(originator_version) FROM billing.events WHERE originator_id = %s)"
MOST_ABOUT = 5_000
MOST_NEWER = 10_000
SELECT_ABOUT = """
    SELECT number FROM live.tickets WHERE state = 'open'
    AND ((node <> '' AND node = %(node)s) OR (address <> '' AND address = %(address)s))
    ORDER BY sequence LIMIT %(limit)s
"""
SELECT_LOADS = """
    SELECT assignee, count(*), max(sequence) FROM live.tickets
    WHERE state = 'open' AND assignee <> '' AND assignee = ANY(%s) GROUP BY 1
"""
# What was assigned since the read models were written counts too: tickets that come at once go to different operators.
SELECT_NEWER = """
    SELECT originator_id, topic, state FROM billing.events
    WHERE position > greatest(
        (SELECT position FROM billing.checkpoints WHERE schema_name = 'live' AND projection = 'tickets'),
        (SELECT max(position) FROM billing.events) - %s)
    AND topic = ANY(%s)
"""
SELECT_HOLDERS = (
    "SELECT operator FROM billing.ticket_holds WHERE ticket = %s AND until_at > %s ORDER BY held_at, operator"
)


# Until when who has a ticket open, in the order in which they opened it.
Holds = Mapping[str, datetime]


class TicketRead(NamedTuple):
    """The events of a ticket as they are stored, the keys of its person if it has any, and who has it open."""

    rows: Rows
    keys: KeysRead
    holds: Holds


def read_ticket(cursor: Cursor[Any], stream: str) -> TicketRead:
    """A ticket with what commands on it need in addition, by one look-up."""
    named = {"stream": stream, "number": stream.removeprefix(TICKETS)}
    rows = cursor.execute(SELECT_TICKET, named, prepare=True).fetchall()
    if not rows:
        return TicketRead((), {}, {})
    *_, person, personal_key, document_key, operators, until = rows[0]
    keys: KeysRead = {} if person is None else {person: (personal_key, document_key)}
    return TicketRead([row[:4] for row in rows], keys, dict(zip(operators or (), until or (), strict=True)))


class Drawn(NamedTuple):
    """A number for a ticket, the versions of streams, and the keys of a person who has any."""

    number: int
    versions: Mapping[str, int]
    keys: KeysRead


def draw_number(cursor: Cursor[Any], streams: Collection[str], person: str) -> Drawn:
    """A number that nobody else gets; the versions of some streams and a person's keys come in the same look-up."""
    row = cursor.execute(_draw_statement(len(streams)), (*streams, person), prepare=True).fetchone()
    assert row is not None
    number, known, personal_key, document_key, *versions = row
    keys: KeysRead = {} if known is None else {known: (personal_key, document_key)}
    return Drawn(number, {stream: version or 0 for stream, version in zip(streams, versions, strict=True)}, keys)


@lru_cache
def _draw_statement(streams: int) -> bytes:
    """One for each number of streams: of a list of unknown length the database would make another plan each time."""
    versions = "".join(f", {NEWEST_VERSION}" for _ in range(streams))
    return f"""
        SELECT nextval('billing.ticket_numbers'), customer, personal_key, {USABLE_DOCUMENT_KEY}{versions}
        FROM (SELECT) AS drawn LEFT JOIN billing.person_keys ON customer = %s
    """.encode()


def open_tickets_about(cursor: Cursor[Any], node: str, address: str) -> Sequence[str]:
    """The numbers of the open tickets about a node or an address."""
    rows = cursor.execute(SELECT_ABOUT, {"node": node, "address": address, "limit": MOST_ABOUT})
    return [number for (number,) in rows]


def loads_of(cursor: Cursor[Any], operators: Collection[str]) -> Mapping[str, Load]:
    """How many open tickets each of the operators has, with those that were assigned a moment ago."""
    loads = {row[0]: Load(row[1], row[2]) for row in cursor.execute(SELECT_LOADS, (list(operators),))}
    newer: Counter[str] = Counter()
    newest: dict[str, int] = {}
    for stream, topic, state in cursor.execute(SELECT_NEWER, (MOST_NEWER, topics_of([TicketAssigned]))):
        fact = decode(topic, state)
        assert isinstance(fact, TicketAssigned)
        newer[fact.assignee] += 1
        newest[fact.assignee] = max(newest.get(fact.assignee, 0), int(stream.rpartition("-")[2]))
    for operator in newer.keys() & set(operators):
        known = loads.get(operator, Load())
        loads[operator] = Load(known.tickets + newer[operator], max(known.newest, newest[operator]))
    return loads


def holders_of_ticket(cursor: Cursor[Any], ticket: str, at: datetime) -> Sequence[str]:
    """The operators who have a ticket open at an instant, in the order in which they opened it."""
    return [operator for (operator,) in cursor.execute(SELECT_HOLDERS, (ticket, at), prepare=True)]
