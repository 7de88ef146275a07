"""Commands that wait for a second person: list them."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.options import AsJson, Limit
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, table, tell


def list_approvals(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also those that were decided or have expired.")] = False,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List commands that wait for a second person, the oldest first.

    `billing do approve-request` carries one out, `billing do reject-request` ends it.
    """
    from projections.approvals import list_requests

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = list_requests(cursor, origin_of(context).today, limit, all=everything)
    if as_json:
        print_json({"requests": found})
        return
    if not found:
        tell("No command waits for a second person.")
        return
    rows = table(
        ("request", "left"), ("command", "left"), ("account", "left"), ("by", "left"), ("why", "left"),
        ("until", "left"), ("state", "left"),
    )  # fmt: skip
    for row in found:
        state = f"{row.state} by {row.decided_by}" if row.decided_by else row.state
        add(rows, row.request, row.command, row.account, row.requested_by, row.why, row.expires_on, state)
    console().print(rows)


COMMANDS = {"approvals": list_approvals}
