"""The statement of an account for some days: as a table, a PDF or a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.options import AsJson, AsOfName, parse_day
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, table, tell


def account_statement(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER")],
    from_on: Annotated[
        str, typer.Option("--from", metavar="DAY", help="The first day; that of the account's opening if left out.")
    ] = "",
    to_on: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day; today if left out.")] = "",
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write it as a PDF.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write it as a CSV file.")] = None,
    asof: AsOfName = None,
    as_json: AsJson = False,
) -> None:
    """Show the statement of an account: opening balance, every posting of the days, closing balance.

    A balance below zero is owed. Each posting stands on its own day, whenever it was recorded.
    """
    from adapters.views.income import PrintAccountStatement, StateAccount, WriteAccountStatement
    from adapters.views.query import Reading, queries

    first, last = (parse_day(text) if text else None for text in (from_on, to_on))
    with opened_to_read(context, asof) as app:
        reading = Reading(app, app.queries, app.queries.on or origin_of(context).today)
        asked = StateAccount(account=number, from_on=first, to_on=last)
        span = queries()[StateAccount](asked, reading)
        for path, kind in ((pdf, PrintAccountStatement), (csv, WriteAccountStatement)):
            if path is not None:
                answer = queries()[kind](kind(account=number, from_on=first, to_on=last), reading)
                path.write_bytes(answer.content)
    if as_json:
        print_json(span)
        return
    rows = table(("date", "left"), ("what", "left"), ("amount", "right"), ("balance", "right"))
    add(rows, span.from_on, "opening balance", "", span.opening)
    for row in span.rows:
        add(rows, row.on, f"{row.kind} {row.reference}", row.amount, row.balance)
    add(rows, span.to_on, "closing balance", "", span.closing)
    console().print(rows)
    for path in filter(None, (pdf, csv)):
        tell(f"written to {path}")


COMMANDS = {"account statement": account_statement}
