"""How many tickets were opened and closed, how soon were they answered and resolved, and were deadlines kept?

Duplicates and what was cancelled are counted as closed, but not as resolved: nobody promised anything for them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple

import msgspec

from projections.dealers import customers_of
from projections.platform.projection import Cursor

CountedBy = Literal["queue", "kind", "address", "product", "node", "assignee", "crew", "source", "month"]
TimedBy = Literal["queue", "kind", "priority", "assignee", "crew", "month"]


class Days(NamedTuple):
    """The days from one up to another one, which is not among them."""

    from_on: date
    to_on: date


# --- opened and closed


class CountRow(msgspec.Struct):
    """How many tickets of a value were opened, and how many closed: completed, cancelled, or as duplicates."""

    of: str
    opened: int
    closed: int
    completed: int
    cancelled: int
    duplicates: int


SELECT_COUNTS = """
    SELECT key, sum(opened)::int8, sum(closed)::int8, sum(completed)::int8, sum(cancelled)::int8, sum(duplicate)::int8
    FROM (
        SELECT {opened} AS key, count(*) AS opened, 0 AS closed, 0 AS completed, 0 AS cancelled, 0 AS duplicate
        FROM tickets WHERE opened_on >= %(from_on)s AND opened_on < %(to_on)s AND {of_dealer} GROUP BY 1
        UNION ALL
        SELECT {closed}, 0, count(*), count(*) FILTER (WHERE state = 'completed'),
               count(*) FILTER (WHERE state = 'cancelled'), count(*) FILTER (WHERE state = 'duplicate')
        FROM tickets WHERE closed_on >= %(from_on)s AND closed_on < %(to_on)s AND {of_dealer} GROUP BY 1
    ) AS counted WHERE {beyond} GROUP BY key ORDER BY key = '', key LIMIT %(limit)s
"""


def count_tickets(
    cursor: Cursor, by: CountedBy, days: Days, after: str, limit: int, dealer: str = ""
) -> list[CountRow]:
    """Tickets that were opened and closed on some days, by one of their values or by month; `of` may be empty."""
    opened, closed = (_month(column) if by == "month" else by for column in ("opened_on", "closed_on"))
    of_dealer = customers_of("customer", dealer)
    statement = SELECT_COUNTS.format(opened=opened, closed=closed, beyond=_beyond("key"), of_dealer=of_dealer)
    wanted = {**days._asdict(), "after": after, "limit": limit, "dealer": dealer}
    return [CountRow(*row) for row in cursor.execute(statement, wanted)]


def _beyond(of: str) -> str:
    """The condition that a value comes after the last one of a page; that of tickets without one comes last."""
    return f"%(after)s = '' OR {of} > %(after)s OR {of} = ''"


def _month(column: str) -> str:
    """The month of a date, `2026-03`."""
    return f"to_char({column}, 'YYYY-MM')"


# --- reply and resolution


class TimesRow(msgspec.Struct):
    """The tickets opened in some days, of a value: how soon they were answered and resolved, in minutes.

    A deadline, which a service level gives in working time, is kept by a ticket that was answered or completed by then,
    and missed by one that was so later, or is not though it has passed. A median is None if there is nothing to take it
    of.
    """

    of: str
    tickets: int
    answered: int
    reply_minutes_median: int | None
    reply_minutes_p90: int | None
    replies_kept: int
    replies_missed: int
    completed: int
    resolution_minutes_median: int | None
    resolution_minutes_p90: int | None
    resolutions_kept: int
    resolutions_missed: int


SELECT_TIMES = """
    SELECT {of}, count(*), count(reply), percentile_disc(0.5) WITHIN GROUP (ORDER BY reply),
           percentile_disc(0.9) WITHIN GROUP (ORDER BY reply),
           count(*) FILTER (WHERE first_reply_at <= reply_due_at),
           count(*) FILTER (WHERE coalesce(first_reply_at, closed_at, %(now)s) > reply_due_at),
           count(resolution), percentile_disc(0.5) WITHIN GROUP (ORDER BY resolution),
           percentile_disc(0.9) WITHIN GROUP (ORDER BY resolution),
           count(*) FILTER (WHERE state = 'completed' AND closed_at <= due_at),
           count(*) FILTER (WHERE coalesce(closed_at, %(now)s) > due_at)
    FROM tickets, LATERAL (
        SELECT floor(extract(epoch FROM first_reply_at - opened_at) / 60)::int8 AS reply,
               CASE WHEN state = 'completed'
               THEN floor(extract(epoch FROM closed_at - opened_at) / 60)::int8 END AS resolution
    ) AS took
    WHERE opened_on >= %(from_on)s AND opened_on < %(to_on)s AND state IN ('open', 'completed')
    AND ({beyond}) AND {of_dealer} GROUP BY {of} ORDER BY {of} = '', {of} LIMIT %(limit)s
"""


def times(
    cursor: Cursor, by: TimedBy, days: Days, now: datetime, after: str, limit: int, dealer: str = ""
) -> list[TimesRow]:
    """Reply and resolution times of the tickets that were opened on some days, by one of their values."""
    of = _month("opened_on") if by == "month" else by
    statement = SELECT_TIMES.format(of=of, beyond=_beyond(of), of_dealer=customers_of("customer", dealer))
    wanted = {**days._asdict(), "now": now, "after": after, "limit": limit, "dealer": dealer}
    return [TimesRow(*row) for row in cursor.execute(statement, wanted)]
