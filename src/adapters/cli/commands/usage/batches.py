"""Usage: take in a batch of records, and list the batches."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.options import AsJson, File, Limit
from adapters.cli.reports import end_with_report
from adapters.cli.session import opened, opened_to_read, origin_of, work_of
from adapters.cli.show import add, console, print_json, say_more, table, tell


def import_usage(
    context: typer.Context,
    file: File,
    source: Annotated[str, typer.Option("--source", metavar="NAME", help="The source of the records.")] = "file",
    batch: Annotated[
        str, typer.Option("--batch", metavar="NAME", help="The source's name of the batch; the file's name by default.")
    ] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Import the usage records of a CSV file as one batch.

    Columns: account, subscription, component, on, quantity, reference. A record that cannot be booked is rejected and
    reported; the others are booked. The same batch again changes nothing, and different content under its name is
    refused. A record with a reference that the source has sent before is not booked again.
    """
    from adapters.jobs.usage import ImportUsage
    from adapters.jobs.usage import import_usage as do_import

    with opened(context) as app:
        report = do_import(ImportUsage(source=source, batch=batch or file.name), work_of(app, origin_of(context), file))
    end_with_report(report, "usage records", as_json, limit)


def list_batches(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those that are booked whole or discarded.")] = False,
    after: Annotated[str, typer.Option("--after", metavar="BATCH", help="Start after this batch.")] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List batches of usage: those in progress, with `--all` also those that are booked whole or discarded.

    A batch that stays `receiving` was cut off: import its file again, or discard it with `billing do
    discard-usage-batch`. One that stays `received` or `booking` is booked at night, or by importing its file again.
    """
    from projections.usage.batches import batches_after, count_batches

    with opened_to_read(context) as app, app.queries.transaction() as cursor:
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


COMMANDS = {"import usage": import_usage, "usage batches": list_batches}
