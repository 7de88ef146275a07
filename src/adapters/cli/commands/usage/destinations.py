"""Calls by destination, and their margin against the list of a carrier."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.commands.usage.traffic import FromDay, ToDay, asked, days
from adapters.cli.options import AsJson
from adapters.cli.show import add, console, print_json, table, tell


def list_destinations(
    context: typer.Context,
    price_list: Annotated[str, typer.Option("--price-list", metavar="CODE", help="Of this price list alone.")] = "",
    from_on: FromDay = None,
    to_on: ToDay = None,
    as_json: AsJson = False,
) -> None:
    """List what was used by destination, and what it brought in."""
    from adapters.views.usage.destinations import ListDestinations

    found = asked(context, ListDestinations, {"price_list": price_list, **days(from_on, to_on)}).items
    if as_json:
        print_json({"destinations": found})
        return
    if not found:
        tell("No record was rated in these days.")
        return
    rows = table(("price list", "left"), ("destination", "left"), ("records", "right"), ("units", "right"),
                 ("free", "right"), ("amount", "right"), ("", "left"))  # fmt: skip
    for row in found:
        add(rows, row.price_list, row.destination, row.records, row.units, row.free_units, f"{row.amount:,f}",
            row.currency)  # fmt: skip
    console().print(rows)


def show_margins(
    context: typer.Context,
    price_list: Annotated[str, typer.Option("--price-list", metavar="CODE", help="The list of the customers.")],
    carrier_list: Annotated[str, typer.Option("--carrier-list", metavar="CODE", help="What the carrier charges.")],
    network: Annotated[str, typer.Option("--network", metavar="NETWORK", help="The network of the carrier.")],
    from_on: FromDay = None,
    to_on: ToDay = None,
    as_json: AsJson = False,
) -> None:
    """Show the margin of each destination: calls over a network by the customers' list and by its carrier's."""
    from adapters.views.usage.destinations import ShowMargins

    words = {"price_list": price_list, "carrier_list": carrier_list, "network": network, **days(from_on, to_on)}
    found = asked(context, ShowMargins, words).items
    if as_json:
        print_json({"margins": found})
        return
    if not found:
        tell("No such call went over this network in these days.")
        return
    rows = table(("destination", "left"), ("records", "right"), ("units", "right"), ("income", "right"),
                 ("cost", "right"), ("margin", "right"), ("", "left"), ("without cost", "right"))  # fmt: skip
    for row in found:
        add(rows, row.destination, row.records, row.units, f"{row.income:,f}", f"{row.cost:,f}",
            f"{row.margin:,f}", row.currency, row.without_cost)  # fmt: skip
    console().print(rows)


COMMANDS = {"usage destinations": list_destinations, "usage margins": show_margins}
