"""What records cost that a price list prices."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from adapters.cli.options import AsJson, Limit
from adapters.cli.session import opened, opened_to_read, origin_of, work_of
from adapters.cli.show import add, console, print_json, table, tell

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The number of the account.")]
DAY = ["%Y-%m-%d"]


def show_cost(
    context: typer.Context,
    account: Account,
    from_on: Annotated[datetime, typer.Option("--from", formats=DAY, help="The first day.")],
    to_on: Annotated[datetime, typer.Option("--to", formats=DAY, help="The day after the last one.")],
    subscription: Annotated[
        str, typer.Option("--subscription", metavar="CODE", help="Of this subscription alone.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show what the records of an account cost by destination and band, before rounding."""
    from projections.usage.rated import cost_of

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = cost_of(cursor, account, subscription, from_on.date(), to_on.date())
    if as_json:
        print_json({"cost": found})
        return
    if not found:
        tell("No records on these days.")
        return
    rows = table(("component", "left"), ("price list", "left"), ("destination", "left"), ("band", "left"),
                 ("records", "right"), ("units", "right"), ("free", "right"), ("amount", "right"))  # fmt: skip
    for row in found:
        listed = f"{row.price_list} of {row.valid_from_on}"
        add(rows, row.component, listed, row.destination, row.band, row.records, row.units, row.free_units, row.amount)
    console().print(rows)


def list_unrated(context: typer.Context, as_json: AsJson = False, limit: Limit = 50) -> None:
    """List records without a price, by price list, reason and number.

    They are rated again when a price list is published that has a price for them; `billing usage rate` does it at once.
    """
    from projections.usage.rated import unrated_after

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = unrated_after(cursor, "", limit)
    if as_json:
        print_json({"unrated": found})
        return
    if not found:
        tell("Every record has a price.")
        return
    rows = table(("price list", "left"), ("number", "left"), ("reason", "left"), ("records", "right"),
                 ("accounts", "right"), ("from", "left"), ("to", "left"))  # fmt: skip
    for row in found:
        add(rows, row.price_list, row.number, row.reason, row.records, row.accounts, row.first_on, row.last_on)
    console().print(rows)


def rate_again(
    context: typer.Context,
    from_on: Annotated[datetime, typer.Option("--from", formats=DAY, help="The first day of the records.")],
    price_list: Annotated[
        str, typer.Option("--price-list", metavar="CODE", help="Only records of this price list.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Rate records again, as after another price list: accounts learn the differences, which the next bill charges."""
    from adapters.jobs.usage.rating import RateUsage
    from adapters.jobs.usage.rating import rate_usage as do_rate

    with opened(context) as app:
        asked = RateUsage(price_list=price_list, from_on=from_on.date())
        found = do_rate(asked, work_of(app, origin_of(context), None))
    if as_json:
        print_json(found)
        return
    tell(f"Accounts rated again: {found.accounts:,}; {found.changed:,} of them changed.")


def list_records(
    context: typer.Context,
    account: Account,
    subscription: Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="The code of the subscription.")],
    component: Annotated[str, typer.Argument(metavar="COMPONENT", help="The code of the usage component.")],
    on: Annotated[datetime, typer.Option("--on", formats=DAY, help="A day of the period.")],
    as_json: AsJson = False,
) -> None:
    """List every record of a component in the period that contains a day, with what it costs before rounding."""
    from adapters.views.query import Reading, queries
    from adapters.views.usage.records import ListRatedRecords

    asked = ListRatedRecords(account=account, subscription=subscription, component=component, on=on.date())
    with opened_to_read(context) as app:
        found = queries()[ListRatedRecords](asked, Reading(app, app.queries, origin_of(context).today))
    if as_json:
        print_json({"records": found})
        return
    if not found:
        tell("No records in this period, or none that a price list prices.")
        return
    rows = table(("began", "left"), ("number", "left"), ("destination", "left"), ("band", "left"),
                 ("units", "right"), ("free", "right"), ("amount", "right"), ("no price because", "left"))  # fmt: skip
    for row in found:
        began = f"{row.started_at:%Y-%m-%d %H:%M:%S} UTC"
        add(rows, began, row.number, row.destination, row.band, row.units, row.free_units, row.amount, row.reason)
    console().print(rows)


COMMANDS = {
    "usage records": list_records,
    "usage cost": show_cost,
    "usage unrated": list_unrated,
    "usage rate": rate_again,
}
