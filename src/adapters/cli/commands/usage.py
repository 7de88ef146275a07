"""Usage: take in a batch of records."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.options import AsJson, File, Limit
from adapters.cli.progress import progress
from adapters.cli.reports import count_rows, end_with_report
from adapters.cli.session import opened, origin_of


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
    from adapters.files.usage_csv import read_usage_records
    from commands.platform.batch import BatchReport
    from commands.usage.ports import BatchId

    report = BatchReport()
    name = BatchId(source, batch or file.name)
    with opened(context) as app:
        records = read_usage_records(file, report)
        usage = app.usage_import()
        with progress("Records", "rows", count_rows(file)) as advance:
            was_booked = usage.receive(name, records, origin_of(context), advance)
        with progress("Booking", "records", count_rows(file)) as advance:
            usage.book(name, origin_of(context), advance)
        usage.report(name, report, was_booked=was_booked)
        app.runner.catch_up()
    report.rejected.sort(key=lambda row: row.line)
    end_with_report(report, "usage records", as_json, limit)


COMMANDS = {"import usage": import_usage}
