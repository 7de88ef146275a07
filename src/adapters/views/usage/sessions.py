"""Sessions of access servers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from adapters.views.persons import Persons
from adapters.views.query import Limit, Listing, Page, Queries, Query, Reading, page_of
from commands.platform.concerns import HOUSE, Concerns
from projections.usage.sessions import SessionRow, UnknownUser, online, sessions_of, unknown_users

# No name of a server or session has it.
SEPARATOR = "\t"
UNKNOWN_WITHIN = timedelta(days=30)


class ListOnlineSessions(Listing, frozen=True, kw_only=True):
    """Who is online now, by server and session: since when, with which address, and what was used so far."""

    server: str = ""
    subscriber: str = ""


class ListSessionsOfUser(Query, frozen=True, kw_only=True):
    """The sessions of a user name, the newest first."""

    subscriber: str
    limit: Limit = 50


class ListUnknownUsers(Listing, frozen=True, kw_only=True):
    """User names of sessions of the last 30 days that were never anybody's."""


def _list_online(query: ListOnlineSessions, reading: Reading) -> Page[SessionRow]:
    server, _, session = query.after.partition(SEPARATOR)
    with reading.source.cursor() as cursor:
        found = online(cursor, query.limit + 1, (server, session), query.server, query.subscriber)
    return page_of(found, query.limit, lambda row: f"{row.server}{SEPARATOR}{row.session}")


def _list_of_user(query: ListSessionsOfUser, reading: Reading) -> list[SessionRow]:
    with reading.source.cursor() as cursor:
        return sessions_of(cursor, query.subscriber, query.limit)


def _list_unknown(query: ListUnknownUsers, reading: Reading) -> Page[UnknownUser]:
    with reading.source.cursor() as cursor:
        found = unknown_users(cursor, datetime.now(UTC) - UNKNOWN_WITHIN, query.limit + 1, query.after)
    return page_of(found, query.limit, lambda row: row.subscriber)


def _customers(rows: list[SessionRow]) -> list[str]:
    return sorted({row.customer for row in rows} - {""})


QUERIES: Queries = {
    ListOnlineSessions: _list_online,
    ListSessionsOfUser: _list_of_user,
    ListUnknownUsers: _list_unknown,
}
# Unknown users are nobody's customers.
PERSONS: Persons = {
    ListOnlineSessions: lambda _, answer, reading: _customers(answer.items),
    ListSessionsOfUser: lambda _, answer, reading: _customers(answer),
}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
