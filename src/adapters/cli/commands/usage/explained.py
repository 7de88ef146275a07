"""A month's usage of an account, explained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.options import AsJson
from adapters.cli.session import answer_to
from adapters.cli.show import add, console, print_json, say, table, tell


def explain_usage(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT")],
    month: Annotated[str, typer.Option("--month", metavar="MONTH", help="By the seller's clock: 2026-10.")],
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write a page for the customer.")] = None,
    as_json: AsJson = False,
) -> None:
    """Explain what an account used in a month: by service and day, and how much came late."""
    from adapters.views.usage.explained import ExplainUsage, PrintUsage

    if pdf is not None:
        pdf.write_bytes(answer_to(context, PrintUsage(account=account, month=month)).content)
        say(f"{pdf} is written.")
    explained = answer_to(context, ExplainUsage(account=account, month=month))
    if as_json:
        print_json(explained)
        return
    if not explained.services:
        tell(f"Account {account} used nothing in {month}.")
        return
    rows = table(("service", "left"), ("records", "right"), ("seconds", "right"), ("units", "right"),
                 ("bytes in", "right"), ("bytes out", "right"))  # fmt: skip
    for each in explained.services:
        for name, used in ((f"{each.subscription}, {each.component}", each), *((day.on, day) for day in each.days)):
            indent = 0 if used is each else 2
            add(rows, name, used.records, used.seconds, f"{used.quantity:,f}", used.bytes_in, used.bytes_out,
                indent=indent)  # fmt: skip
    console().print(rows)
    if explained.cost:
        costs = table(("destination", "left"), ("band", "left"), ("records", "right"), ("before rounding", "right"))
        for cost in explained.cost:
            add(costs, cost.destination, cost.band, cost.records, cost.amount)
        console().print(costs)
    if explained.late:
        tell(f"{explained.late:,} of the records came when the month was over.")


COMMANDS = {"usage explain": explain_usage}
