"""Figures of tickets: opened and closed, reply and resolution times, duplicates."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from adapters.cli.commands.work.asking import ask, given
from adapters.cli.commands.work.boards import After, hours, say_next
from adapters.cli.options import AsJson, AsOfName, Limit, parse_day
from adapters.cli.show import add, console, print_json, table, tell

FirstDay = Annotated[
    date | None,
    typer.Option("--from", metavar="DATE", parser=parse_day, help="From this day on; by default a year."),
]
EndDay = Annotated[
    date | None,
    typer.Option("--to", metavar="DATE", parser=parse_day, help="Up to this day, without it; by default to today."),
]


def count_tickets(
    context: typer.Context,
    by: Annotated[
        str,
        typer.Option(
            "--by", metavar="VALUE",
            help="queue, kind, address, product, node, assignee (the technician), crew, source, or month.",
        ),
    ] = "queue",
    from_on: FirstDay = None,
    to_on: EndDay = None,
    after: After = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:  # fmt: skip
    """Count the tickets that were opened and closed."""
    from adapters.views.work.figures import CountTickets

    words = given(by=by, to=to_on, after=after, limit=min(limit, 1_000)) | given(**{"from": from_on})
    page = ask(context, CountTickets, words, asof)
    if as_json:
        print_json({"counts": page.items, "next": page.next})
        return
    if not page.items:
        tell("No ticket was opened or closed in these days.")
        return
    rows = table(
        (by, "left"), ("opened", "right"), ("closed", "right"), ("completed", "right"), ("cancelled", "right"),
        ("duplicates", "right"),
    )  # fmt: skip
    for row in page.items:
        add(rows, row.of, row.opened, row.closed, row.completed, row.cancelled, row.duplicates)
    console().print(rows)
    say_next(page.next)


def list_times(
    context: typer.Context,
    by: Annotated[
        str, typer.Option("--by", metavar="VALUE", help="queue, kind, priority, assignee, crew, or month.")
    ] = "queue",
    from_on: FirstDay = None,
    to_on: EndDay = None,
    after: After = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Show how soon tickets were answered and resolved, in hours, and how many deadlines were kept."""
    from adapters.views.work.figures import ListTicketTimes

    words = given(by=by, to=to_on, after=after, limit=min(limit, 1_000)) | given(**{"from": from_on})
    page = ask(context, ListTicketTimes, words, asof)
    if as_json:
        print_json({"times": page.items, "next": page.next})
        return
    if not page.items:
        tell("No ticket was opened in these days.")
        return
    rows = table(
        (by, "left"), ("tickets", "right"), ("answered", "right"), ("reply", "right"), ("90 of 100", "right"),
        ("kept", "right"), ("missed", "right"), ("completed", "right"), ("resolution", "right"),
        ("90 of 100", "right"), ("kept", "right"), ("missed", "right"),
    )  # fmt: skip
    for row in page.items:
        add(rows, row.of, row.tickets, row.answered, hours(row.reply_minutes_median), hours(row.reply_minutes_p90),
            row.replies_kept, row.replies_missed, row.completed, hours(row.resolution_minutes_median),
            hours(row.resolution_minutes_p90), row.resolutions_kept, row.resolutions_missed)  # fmt: skip
    console().print(rows)
    say_next(page.next)


def list_duplicates(
    context: typer.Context, after: After = "", asof: AsOfName = None, as_json: AsJson = False, limit: Limit = 50
) -> None:
    """List the tickets of which others were closed as duplicates."""
    from adapters.views.work.figures import ListDuplicates

    page = ask(context, ListDuplicates, {"after": after, "limit": min(limit, 1_000)}, asof)
    if as_json:
        print_json({"duplicates": page.items, "next": page.next})
        return
    if not page.items:
        tell("No ticket was closed as a duplicate.")
        return
    rows = table(("ticket", "left"), ("duplicates", "right"), ("numbers", "left"), ("last", "left"))
    for row in page.items:
        add(rows, row.duplicate_of, row.duplicates, ", ".join(row.tickets), row.last_on)
    console().print(rows)
    say_next(page.next)


COMMANDS = {"work counts": count_tickets, "work times": list_times, "work duplicates": list_duplicates}
