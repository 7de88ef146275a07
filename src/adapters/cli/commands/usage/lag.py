"""The lag of usage."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.options import AsJson
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, table, tell


def show_lag(
    context: typer.Context,
    hours: Annotated[int, typer.Option("--hours", min=1, help="Of records that began in the last hours.")] = 24,
    as_json: AsJson = False,
) -> None:
    """Show how long records take until they are booked, by source and kind, and what is promised.

    Calls are booked within 5 minutes of their end, data and items within 30. Batches that took longer are listed.
    """
    from adapters.views.query import Reading, queries
    from adapters.views.usage.lag import ShowUsageLag

    with opened_to_read(context) as app:
        reading = Reading(app, app.queries, origin_of(context).today)
        found = queries()[ShowUsageLag](ShowUsageLag(hours=hours), reading)
    if as_json:
        print_json(found)
        return
    if not found.lags:
        tell(f"No record began in the last {hours} hours.")
        return
    rows = table(("source", "left"), ("kind", "left"), ("records", "right"), ("99 %", "right"), ("longest", "right"),
                 ("promised", "right"), ("late", "right"), ("not booked", "right"))  # fmt: skip
    for row in found.lags:
        add(rows, row.source, row.kind, row.records, f"{row.usual_seconds:,} s", f"{row.most_seconds:,} s",
            f"{row.promised_seconds:,} s", row.late, row.waiting)  # fmt: skip
    console().print(rows)
    if found.late:
        late = table(("batch", "left"), ("kind", "left"), ("late", "right"), ("longest", "right"), ("booked", "left"))
        for batch in found.late:
            booked = "not yet" if batch.booked_at is None else batch.booked_at.isoformat(sep=" ", timespec="minutes")
            name = f"{batch.source}:{batch.batch}"
            add(late, name, batch.kind, batch.late, f"{batch.most_seconds:,} s", booked)
        console().print(late)


COMMANDS = {"usage lag": show_lag}
