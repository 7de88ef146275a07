"""What decisions on tickets ask of the read models and of the holds, which are no events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg import Cursor

from billing_core.kernel.events import decode, topics_of
from billing_core.work.assignment import Load
from billing_core.work.ticket_events import TicketAssigned

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
