"""Usage that is nobody's."""

from __future__ import annotations

import typer

from adapters.cli.commands.usage.traffic import LINES_AT_ONCE, asked
from adapters.cli.options import AsJson, Limit
from adapters.cli.session import opened_to_read
from adapters.cli.show import add, console, print_json, table, tell
from adapters.cli.times import local_times


def list_unknown(context: typer.Context, as_json: AsJson = False, limit: Limit = 50) -> None:
    """List numbers, user names and cards in records that wait, because they are nobody's.

    `billing do assign-identifier` says whose one is; its records are then taken by `billing usage retry`.
    """
    from adapters.views.usage.unknown import ListUnknownSubscribers

    found = asked(context, ListUnknownSubscribers, {"limit": min(limit, LINES_AT_ONCE)}).items
    if as_json:
        print_json({"unknown": found})
        return
    if not found:
        tell("Every subscriber that a source named is known.")
        return
    with opened_to_read(context):
        times = local_times(context)
    rows = table(("subscriber", "left"), ("source", "left"), ("records", "right"), ("from", "left"), ("to", "left"),
                 ("seconds", "right"), ("bytes in", "right"), ("bytes out", "right"))  # fmt: skip
    for each in found:
        add(rows, each.subscriber, each.source, each.records, times.text(each.first_at), times.text(each.last_at),
            each.seconds, each.bytes_in, each.bytes_out)  # fmt: skip
    console().print(rows)


COMMANDS = {"usage unknown": list_unknown}
