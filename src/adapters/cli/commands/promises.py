"""Promised payments: who promised, until when, and how it ended."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.options import AfterNumber, AsJson, AsOfName, Limit
from adapters.cli.session import opened_to_read
from adapters.cli.show import add, console, print_json, say_more, table, tell


def list_promises(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also of accounts whose newest one was kept or broken.")] = False,
    after: AfterNumber = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the newest promised payment of each account: open ones, with `--all` also those that ended.

    `billing do open-promise` opens one. Payments that came in by its last day keep it; after the days of grace it is
    broken.
    """
    from projections.promises import count_promises, promises_after

    with opened_to_read(context, asof) as app, app.queries.transaction() as cursor:
        found = promises_after(cursor, after, limit, open_only=not every)
        more = count_promises(cursor, after, open_only=not every) - len(found)
    if as_json:
        print_json({"promises": found, "more": more})
        return
    if not found:
        tell("No promise is open." if not every else "Nobody promised anything yet.")
        return
    rows = table(("account", "left"), ("amount", "right"), ("opened", "left"), ("until", "left"), ("state", "left"))
    for row in found:
        state = row.state if row.ended_on is None else f"{row.state} on {row.ended_on}"
        add(rows, row.account, row.amount, row.opened_on, row.until_on, state)
    console().print(rows)
    say_more(more, f"see them with --after {found[-1].account}, or with --limit")


COMMANDS = {"promises": list_promises}
