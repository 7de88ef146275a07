"""Service levels: list them."""

from __future__ import annotations

import typer

from adapters.cli.options import AfterNumber, AsJson, AsOfName, Limit
from adapters.cli.session import opened_to_read
from adapters.cli.show import add, console, print_json, say, table, tell


def list_service_levels(
    context: typer.Context, after: AfterNumber = "", asof: AsOfName = None, as_json: AsJson = False, limit: Limit = 50
) -> None:
    """List service levels with their hours and what they promise.

    `billing do define-service-level` adds or changes one.
    """
    from adapters.texts.work.service_levels import promised_text
    from adapters.texts.work.working_hours import hours_text
    from projections.work.service_levels import service_levels_after

    with opened_to_read(context, asof) as app, app.queries.cursor() as cursor:
        found = service_levels_after(cursor, after, limit + 1)
    shown, is_more = found[:limit], len(found) > limit
    if as_json:
        print_json({"service_levels": shown, "is_more": is_more})
        return
    if not shown:
        tell("No service levels are defined yet.")
        return
    rows = table(("level", "left"), ("title", "left"), ("hours", "left"), ("promises", "left"))
    for level in shown:
        add(rows, level.code, level.title, hours_text(level.hours), promised_text(level))
    console().print(rows)
    if is_more:
        say(f"... and more: use --after {shown[-1].code} or --limit")


COMMANDS = {"work service-levels": list_service_levels}
