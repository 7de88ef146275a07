"""Sessions of access servers: who is online, what a user had, which names are unknown; and end silent ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.options import AsJson, Limit
from adapters.cli.session import opened, opened_to_read
from adapters.cli.show import add, console, print_json, say_more, table, tell
from adapters.cli.times import local_times
from adapters.texts.amounts import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projections.usage.sessions import SessionRow

UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
THOUSAND = 1_000


def list_online(
    context: typer.Context,
    server: Annotated[str, typer.Option("--server", metavar="NAME", help="Only sessions of this access server.")] = "",
    subscriber: Annotated[
        str, typer.Option("--subscriber", metavar="NAME", help="Only sessions of this user name.")
    ] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List who is online now: since when, on which access server, with which address, and what was used so far."""
    from projections.usage.sessions import count_online, online

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = online(cursor, limit, server=server, subscriber=subscriber)
        count = count_online(cursor)
        if as_json:
            print_json({"online": count, "sessions": found})
            return
        if not found:
            tell("Nobody is online." if not (server or subscriber) else "Nobody like that is online.")
            return
        _show(context, found)
    if not (server or subscriber):
        say_more(count - len(found), "see them with --limit, or those of one with --server")


def list_of_user(
    context: typer.Context,
    subscriber: Annotated[str, typer.Argument(metavar="NAME", help="The user name.")],
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the sessions of a user name, the newest first."""
    from projections.usage.sessions import sessions_of

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = sessions_of(cursor, subscriber, limit)
        if as_json:
            print_json({"sessions": found})
        elif not found:
            tell("No session of this user name is known.")
        else:
            _show(context, found)


def list_unknown(context: typer.Context, as_json: AsJson = False, limit: Limit = 50) -> None:
    """List user names of sessions of the last 30 days that were never anybody's.

    `billing do assign-identifier` gives a name to a subscription; what waits for it is then charged.
    """
    from adapters.views.usage.sessions import UNKNOWN_WITHIN
    from projections.usage.sessions import unknown_users

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = unknown_users(cursor, datetime.now(UTC) - UNKNOWN_WITHIN, limit)
        times = local_times(context)
    if as_json:
        print_json({"unknown": found})
        return
    if not found:
        tell("Every user name is somebody's.")
        return
    rows = table(("user name", "left"), ("sessions", "right"), ("open", "right"), ("heard of", "left"),
                 ("down", "right"), ("up", "right"))  # fmt: skip
    for row in found:
        add(rows, row.subscriber, row.sessions, row.open, times.text(row.heard_at), readable(row.bytes_in),
            readable(row.bytes_out))  # fmt: skip
    console().print(rows)


def close_stale(context: typer.Context) -> None:
    """End the open sessions of which nothing was heard for three of their intervals; a worker does so by itself."""
    from adapters.postgres.access_sessions import PostgresAccessSessions

    with opened(context) as app:
        ended = PostgresAccessSessions(app.tables).end_silent(datetime.now(UTC))
    tell(f"{counted(ended, 'session')} ended by silence.")


def _show(context: typer.Context, found: Sequence[SessionRow]) -> None:
    times = local_times(context)
    rows = table(("user name", "left"), ("account", "left"), ("since", "left"), ("until", "left"), ("server", "left"),
                 ("address", "left"), ("down", "right"), ("up", "right"))  # fmt: skip
    for row in found:
        until = f"{times.text(row.ended_at)} {row.ended_by}" if row.ended_at else "online"
        account = f"{row.account}/{row.subscription}" if row.account else "nobody's"
        add(rows, row.subscriber, account, times.text(row.begun_at), until, row.server, row.address,
            readable(row.bytes_in), readable(row.bytes_out))  # fmt: skip
    console().print(rows)


def readable(count: int) -> str:
    """A number of bytes in the largest decimal unit that it reaches, cut to one decimal.

    999: 999 B    1,950: 1.9 kB    4,294,967,296: 4.2 GB
    """
    place, divisor = 0, 1
    while count >= divisor * THOUSAND and place < len(UNITS) - 1:
        place, divisor = place + 1, divisor * THOUSAND
    whole, rest = divmod(count, divisor)
    return f"{whole} B" if not place else f"{whole}.{rest * 10 // divisor} {UNITS[place]}"


COMMANDS = {
    "usage online": list_online,
    "usage sessions": list_of_user,
    "usage unknown-users": list_unknown,
    "usage close-stale-sessions": close_stale,
}
