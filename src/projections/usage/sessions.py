"""Who is online, what sessions did a user have, and which user names are nobody's?

The sessions are a table of the store, kept up to date by each message of a server: there is no read model of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from projections.platform.projection import Cursor
from projections.usage.identifiers import IdentifierRow, holders_of

COLUMNS = """
    server, session, subscriber, address, begun_at, heard_at, CASE WHEN NOT is_open THEN ended_at END,
    CASE WHEN is_open THEN '' ELSE ended_by END, seconds, bytes_in, bytes_out
"""
SELECT_ONLINE = f"""
    SELECT {COLUMNS} FROM billing.access_sessions
    WHERE is_open AND (server, session) > (%(server)s, %(session)s)
    AND (%(of_server)s = '' OR server = %(of_server)s) AND (%(subscriber)s = '' OR subscriber = %(subscriber)s)
    ORDER BY server, session LIMIT %(limit)s
"""
COUNT_ONLINE = "SELECT count(*) FROM billing.access_sessions WHERE is_open"
SELECT_OF_SUBSCRIBER = f"""
    SELECT {COLUMNS} FROM billing.access_sessions WHERE subscriber = %(subscriber)s
    ORDER BY begun_at DESC, server, session LIMIT %(limit)s
"""
# A name that a subscription has or had at any time is known, and is left out.
SELECT_NAMES = """
    SELECT subscriber, count(*), max(heard_at), sum(bytes_in)::int8, sum(bytes_out)::int8,
        count(*) FILTER (WHERE is_open)
    FROM billing.access_sessions WHERE heard_at >= %(since)s AND subscriber > %(after)s
    AND NOT EXISTS (SELECT FROM usage_identifiers WHERE identifier = subscriber)
    AND NOT EXISTS (
        SELECT FROM subscriptions WHERE subscriber LIKE '%%/%%'
        AND account = left(subscriber, -1 - length(split_part(subscriber, '/', -1)))
        AND subscription = split_part(subscriber, '/', -1))
    GROUP BY subscriber ORDER BY subscriber LIMIT %(limit)s
"""
# A server may name its users ACCOUNT/SUBSCRIPTION.
SELECT_NAMED = """
    SELECT account || '/' || subscription, customer, account, subscription
    FROM unnest(%s::text[], %s::text[]) AS wanted (account, subscription)
    JOIN subscriptions USING (account, subscription) JOIN accounts ON number = account
"""


class SessionRow(msgspec.Struct):
    """A session as its server accounts for it: whose it is, since when, where, and how much was used.

    `bytes_in` went to the subscriber. `customer`, `account` and `subscription` are empty if the user name was nobody's
    when the session began. `ended_at` and `ended_by` (stop, server, silence) are empty while it is open.
    """

    server: str
    session: str
    subscriber: str
    address: str
    begun_at: datetime
    heard_at: datetime
    ended_at: datetime | None
    ended_by: str
    seconds: int
    bytes_in: int
    bytes_out: int
    customer: str = ""
    account: str = ""
    subscription: str = ""


class UnknownUser(msgspec.Struct):
    """A user name that was never anybody's: its sessions, those of them that are open, and what they used."""

    subscriber: str
    sessions: int
    heard_at: datetime
    bytes_in: int
    bytes_out: int
    open: int


def online(
    cursor: Cursor, limit: int, after: tuple[str, str] = ("", ""), server: str = "", subscriber: str = ""
) -> list[SessionRow]:
    """The open sessions after one of them, by server and session; of one server or user name if it is named."""
    wanted = {"server": after[0], "session": after[1], "of_server": server, "subscriber": subscriber, "limit": limit}
    return _owned(cursor, [SessionRow(*row) for row in cursor.execute(SELECT_ONLINE, wanted)])


def count_online(cursor: Cursor) -> int:
    """How many sessions are open."""
    return int(cursor.execute(COUNT_ONLINE).fetchone()[0])


def sessions_of(cursor: Cursor, subscriber: str, limit: int) -> list[SessionRow]:
    """The sessions of a user name, the newest first."""
    wanted = {"subscriber": subscriber, "limit": limit}
    return _owned(cursor, [SessionRow(*row) for row in cursor.execute(SELECT_OF_SUBSCRIBER, wanted)])


def unknown_users(cursor: Cursor, since: datetime, limit: int, after: str = "") -> list[UnknownUser]:
    """User names of sessions that were heard of since an instant and that nobody ever had, in order."""
    wanted = {"since": since, "after": after, "limit": limit}
    return [UnknownUser(*row) for row in cursor.execute(SELECT_NAMES, wanted)]


def _owned(cursor: Cursor, found: Sequence[SessionRow]) -> list[SessionRow]:
    """The sessions with those to whom their user names belonged when they began."""
    names = {row.subscriber for row in found}
    holders = holders_of(cursor, names)
    by_themselves = [name.rsplit("/", 1) for name in names if "/" in name]
    columns = [[account for account, _ in by_themselves], [code for _, code in by_themselves]]
    named = {row[0]: row[1:] for row in cursor.execute(SELECT_NAMED, columns)}
    for row in found:
        if row.subscriber in named:
            row.customer, row.account, row.subscription = named[row.subscriber]
            continue
        # By the day of UTC: the hours of a day on which a name changes hands are not told apart here.
        holder = _holder(holders, row.subscriber, row.begun_at.date())
        if holder is not None:
            row.customer, row.account, row.subscription = holder.customer, holder.account, holder.subscription
    return list(found)


def _holder(holders: Iterable[IdentifierRow], subscriber: str, on: date) -> IdentifierRow | None:
    return next(
        (each for each in holders if each.identifier == subscriber and each.from_on <= on
         and (each.to_on is None or on < each.to_on)), None,
    )  # fmt: skip
