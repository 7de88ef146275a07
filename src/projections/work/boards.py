"""Where do the open tickets stand: in which queue at which step, how long already, and with whom?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from projections.dealers import customers_of
from projections.platform.projection import Cursor
from projections.work.ticket_lists import URGENCY
from projections.work.tickets import NAMES, TicketRow

LoadOf = Literal["assignee", "crew"]

# --- the board


class BoardCell(msgspec.Struct):
    """The open tickets of a queue that wait at a step: how many, how many are overdue, since when the oldest waits.

    `first` are the most urgent ones. Without a step are those of which something is due by itself.
    """

    queue: str
    step: str
    tickets: int
    overdue: int
    oldest_since: datetime
    first: list[TicketRow]


# A bare column is unnested because the statistics know how many steps it has. By the ten rows that are supposed of any
# other expression all tickets would seem cheaper to read than the open ones.
SELECT_CELLS = f"""
    SELECT queue, coalesce(step, ''), count(*), count(*) FILTER (WHERE due_at < %(now)s), min(step_since),
           (array_agg(number ORDER BY {URGENCY}))[1:%(first)s]
    FROM tickets LEFT JOIN unnest(steps) AS step ON true
    WHERE state = 'open' AND (%(queue)s = '' OR queue = %(queue)s) AND {{of_dealer}}
    GROUP BY 1, 2 ORDER BY 1, 2
"""


def board(cursor: Cursor, now: datetime, first: int, queue: str = "", dealer: str = "") -> list[BoardCell]:
    """The open tickets by queue and step, with the first ones of each; one that waits at two steps is in two cells."""
    statement = SELECT_CELLS.replace("{of_dealer}", customers_of("customer", dealer))
    cells = cursor.execute(statement, {"now": now, "first": first, "queue": queue, "dealer": dealer}).fetchall()
    shown = {number for cell in cells for number in cell[-1]}
    rows = cursor.execute(f"SELECT {NAMES} FROM tickets WHERE number = ANY(%s)", (sorted(shown),)).fetchall()
    by_number = {row[0]: TicketRow(*row) for row in rows}
    return [
        BoardCell(queue, step, tickets, overdue, since, [by_number[number] for number in numbers])
        for queue, step, tickets, overdue, since, numbers in cells
    ]


# --- age


class AgeingRow(msgspec.Struct):
    """The open tickets of a queue by their age: up to a day, three, seven and thirty days, and older."""

    queue: str
    tickets: int
    up_to_1_day: int
    up_to_3_days: int
    up_to_7_days: int
    up_to_30_days: int
    older: int
    oldest_at: datetime


# The bounds are instants, so that nothing is computed for each ticket.
SELECT_AGES = """
    SELECT queue, count(*),
           count(*) FILTER (WHERE opened_at >= %(days_1)s),
           count(*) FILTER (WHERE opened_at < %(days_1)s AND opened_at >= %(days_3)s),
           count(*) FILTER (WHERE opened_at < %(days_3)s AND opened_at >= %(days_7)s),
           count(*) FILTER (WHERE opened_at < %(days_7)s AND opened_at >= %(days_30)s),
           count(*) FILTER (WHERE opened_at < %(days_30)s),
           min(opened_at)
    FROM tickets WHERE state = 'open' AND queue > %(after)s AND {of_dealer} GROUP BY 1 ORDER BY 1 LIMIT %(limit)s
"""


def ageing(cursor: Cursor, now: datetime, after: str, limit: int, dealer: str = "") -> list[AgeingRow]:
    """The open tickets by queue and age, in order of queue."""
    statement = SELECT_AGES.format(of_dealer=customers_of("customer", dealer))
    bounds = {f"days_{days}": now - timedelta(days=days) for days in (1, 3, 7, 30)}
    return [
        AgeingRow(*row)
        for row in cursor.execute(statement, {**bounds, "after": after, "limit": limit, "dealer": dealer})
    ]


# --- load


class LoadRow(msgspec.Struct):
    """The open tickets of an operator or crew, those overdue and urgent among them, and the hours worked on them."""

    of: str
    tickets: int
    overdue: int
    urgent: int
    labour_minutes: int
    oldest_since: datetime


SELECT_LOAD = """
    SELECT {of}, count(*), count(*) FILTER (WHERE due_at < %(now)s), count(*) FILTER (WHERE priority = 'urgent'),
           sum(labour_minutes)::int8, min(step_since)
    FROM tickets WHERE state = 'open' AND {of} > %(after)s AND {of_dealer} GROUP BY 1 ORDER BY 1 LIMIT %(limit)s
"""


def load(cursor: Cursor, of: LoadOf, now: datetime, after: str, limit: int, dealer: str = "") -> list[LoadRow]:
    """The open tickets that are assigned, by operator or crew; those of nobody are not load."""
    statement = SELECT_LOAD.format(of=of, of_dealer=customers_of("customer", dealer))
    wanted = {"now": now, "after": after, "limit": limit, "dealer": dealer}
    return [LoadRow(*row) for row in cursor.execute(statement, wanted)]
