"""Suspension list for non-payment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.options import AfterNumber, AsJson, AsOfName, Limit, parse_day
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say_more, table, tell
from adapters.texts.amounts import counted, money

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application


def list_suspensions(
    context: typer.Context,
    on: Annotated[
        date | None, typer.Option("--on", metavar="DATE", parser=parse_day, help="As of this date, today unless given.")
    ] = None,
    after: AfterNumber = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List accounts to suspend for non-payment.

    Lists accounts that are overdue beyond their tolerance: since when, how much, and why.
    """
    with opened_to_read(context, asof) as app:
        show_suspensions(app, on or app.queries.on or origin_of(context).today, after, as_json, limit)


def show_suspensions(app: Application, on: date, after: str, as_json: bool, limit: int) -> None:
    """The suspension list of a date."""
    from adapters.bootstrap.registry import exemptions
    from projections.dunning import suspension_list, suspension_totals

    with app.queries.transaction() as cursor:
        found = suspension_list(cursor, on, limit, after, exemptions)
        totals = suspension_totals(cursor, on, after)
    more = sum(number for number, _ in totals.values()) - len(found)
    if as_json:
        sums = [{"accounts": number, "overdue": amount} for number, amount in totals.values()]
        print_json({"on": on, "suspensions": found, "totals": sums, "more": more})
        return
    if not found:
        tell(f"No account is overdue beyond tolerance on {on}.")
        return
    rows = table(("account", "left"), ("name", "left"), ("overdue", "right"), ("why", "left"))
    for row in found:
        add(rows, row.account, row.name, row.overdue, f"exempt: {row.exempt}" if row.exempt else row.reason)
    console().print(rows)
    for number, amount in totals.values():
        owe = "owes" if number == 1 else "owe"
        tell(f"{counted(number, 'account')} {owe} {money(amount)} beyond tolerance on {on}.")
    say_more(more, f"use --after {found[-1].account} or --limit")


COMMANDS = {"suspensions": list_suspensions}
