"""Usage: list the batches."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.options import AsJson, Limit
from adapters.cli.session import opened_to_read
from adapters.cli.show import add, console, print_json, say_more, table, tell


def list_batches(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those that are booked whole.")] = False,
    after: Annotated[str, typer.Option("--after", metavar="BATCH", help="Start after this batch.")] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List batches of usage: those in progress, with `--all` also those that are booked whole.

    A batch that stays `received` or `booking` is booked at night, or by importing its file again.
    """
    from projections.usage.batches import batches_after, count_batches

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = batches_after(cursor, after, limit, in_progress=not every)
        more = count_batches(cursor, after, in_progress=not every) - len(found)
    if as_json:
        print_json({"batches": found, "more": more})
        return
    if not found:
        tell("No batch of usage was received yet." if every else "No batch of usage is in progress.")
        return
    rows = table(("batch", "left"), ("state", "left"), ("records", "right"), ("booked", "right"),
                 ("repeated", "right"), ("refused", "right"))  # fmt: skip
    for row in found:
        add(rows, row.name, f"{row.state} on {row.changed_on}", row.records, row.booked, row.repeated, row.refused)
    console().print(rows)
    say_more(more, f"see them with --after {found[-1].name}, or with --limit")


COMMANDS = {"usage batches": list_batches}
