"""How long rows of usage are kept: months, and their purge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.options import AsJson, Yes
from adapters.cli.session import opened, opened_to_read, origin_of, work_of
from adapters.cli.show import add, console, print_json, table, tell

if TYPE_CHECKING:
    from adapters.bootstrap.usage_retention import PurgedMonth


def list_months(context: typer.Context, as_json: AsJson = False) -> None:
    """List the months in which there was usage, and which of them were purged."""
    from projections.usage.purges import usage_months

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = usage_months(cursor)
    if as_json:
        print_json({"months": found})
        return
    if not found:
        tell("There was no usage yet.")
        return
    rows = table(("month", "left"), ("rows", "right"), ("purged on", "left"), ("archive", "left"))
    for row in found:
        add(rows, row.month, row.rows, row.purged_on, row.archive_hash[:12])
    console().print(rows)


def purge(
    context: typer.Context,
    before: Annotated[str, typer.Option("--before", metavar="MONTH", help="All months before this one: 2026-05.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go, and remove nothing.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Remove the rows of usage of old months for good; reports go on with their sums.

    If the setting `usage_archive` names a folder, each month is written there first, as a Parquet file.
    """
    from adapters.jobs.usage.retention import PurgeUsage, purge_usage
    from billing_core.confirmation import ConfirmationNeeded

    asked = PurgeUsage(before=before, confirmed=yes)
    with opened(context) as app:
        work = work_of(app, origin_of(context), dry_run=dry_run)
        try:
            found, unconfirmed = purge_usage(asked, work), None
        except ConfirmationNeeded as error:
            found, unconfirmed = purge_usage(asked, work._replace(is_dry_run=True)), error
        app.runner.catch_up()
    if as_json:
        print_json({"dry_run": dry_run or unconfirmed is not None, "months": found})
    else:
        _tell(found, before, is_done=not dry_run and unconfirmed is None)
    if unconfirmed and found:
        raise unconfirmed


def _tell(found: list[PurgedMonth], before: str, *, is_done: bool) -> None:
    if not found:
        tell(f"No rows of usage are kept of months before {before}.")
        return
    tell("Removed" if is_done else "Would be removed; nothing was", "bold")
    rows = table(("month", "left"), ("rows", "right"), ("archive", "left"))
    for each in found:
        add(rows, each.month, each.rows, each.archive)
    console().print(rows)


COMMANDS = {"usage months": list_months, "usage purge": purge}
