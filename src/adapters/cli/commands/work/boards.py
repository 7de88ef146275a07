"""Boards of the open tickets: by queue and step, by age, and by who works on them."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.commands.work.asking import ask
from adapters.cli.options import AsJson, AsOfName, Limit
from adapters.cli.show import add, console, print_json, say, table, tell

After = Annotated[str, typer.Option("--after", metavar="VALUE", help="Start after this value of the first column.")]
NONE_OPEN = "No ticket is open."


def show_board(
    context: typer.Context,
    queue: Annotated[str, typer.Option("--queue", metavar="QUEUE", help="Of this queue alone.")] = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=1_000, help="Show at most this many tickets of each step.")
    ] = 5,
) -> None:
    """Show the open tickets by queue and step, the most urgent of each first."""
    from adapters.views.work.boards import ShowBoard

    found = ask(context, ShowBoard, {"queue": queue, "limit": limit}, asof)
    if as_json:
        print_json(found)
        return
    if not found.cells:
        tell(NONE_OPEN)
        return
    rows = table(
        ("queue", "left"), ("step", "left"), ("tickets", "right"), ("overdue", "right"), ("oldest since", "left"),
        ("first", "left"),
    )  # fmt: skip
    for cell in found.cells:
        since = f"{cell.oldest_since:%Y-%m-%d %H:%M}"
        add(rows, cell.queue, cell.step, cell.tickets, cell.overdue, since, ", ".join(row.number for row in cell.first))
    console().print(rows)


def list_ageing(
    context: typer.Context, after: After = "", asof: AsOfName = None, as_json: AsJson = False, limit: Limit = 50
) -> None:
    """Count the open tickets of each queue by their age in days."""
    from adapters.views.work.boards import ListAgeing

    page = ask(context, ListAgeing, {"after": after, "limit": min(limit, 1_000)}, asof)
    if as_json:
        print_json({"queues": page.items, "next": page.next})
        return
    if not page.items:
        tell(NONE_OPEN)
        return
    rows = table(
        ("queue", "left"), ("tickets", "right"), ("to 1 day", "right"), ("to 3", "right"), ("to 7", "right"),
        ("to 30", "right"), ("older", "right"), ("oldest", "left"),
    )  # fmt: skip
    for row in page.items:
        add(rows, row.queue, row.tickets, row.up_to_1_day, row.up_to_3_days, row.up_to_7_days, row.up_to_30_days,
            row.older, f"{row.oldest_at:%Y-%m-%d}")  # fmt: skip
    console().print(rows)
    say_next(page.next)


def list_load(
    context: typer.Context,
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="assignee, or crew.")] = "assignee",
    after: After = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Count the open tickets of each operator or crew, and the hours worked on them."""
    from adapters.views.work.boards import ListLoad

    page = ask(context, ListLoad, {"by": by, "after": after, "limit": min(limit, 1_000)}, asof)
    if as_json:
        print_json({"load": page.items, "next": page.next})
        return
    if not page.items:
        tell("No open ticket is assigned.")
        return
    rows = table(
        (by, "left"), ("tickets", "right"), ("overdue", "right"), ("urgent", "right"), ("worked", "right"),
        ("oldest since", "left"),
    )  # fmt: skip
    for row in page.items:
        worked = hours(row.labour_minutes)
        add(rows, row.of, row.tickets, row.overdue, row.urgent, worked, f"{row.oldest_since:%Y-%m-%d %H:%M}")
    console().print(rows)
    say_next(page.next)


def hours(minutes: int | None) -> str:
    """`26:15` hours and minutes; nothing of None."""
    return "" if minutes is None else f"{minutes // 60}:{minutes % 60:02}"


def say_next(after: str | None) -> None:
    """How the following entries are seen, if there are any."""
    if after is not None:
        say(f"... and more: use --after {after} or --limit")


COMMANDS = {"work board": show_board, "work ageing": list_ageing, "work load": list_load}
