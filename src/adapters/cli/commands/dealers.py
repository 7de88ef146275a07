"""Dealers: list them."""

from __future__ import annotations

import typer

from adapters.cli.options import AfterNumber, AsJson, AsOfName, Limit
from adapters.cli.session import opened_to_read
from adapters.cli.show import add, console, print_json, say_more, table, tell
from adapters.texts.dealers import dealer_text


def list_dealers(
    context: typer.Context, after: AfterNumber = "", asof: AsOfName = None, as_json: AsJson = False, limit: Limit = 50
) -> None:
    """List dealers with the number of their customers.

    `billing do register-dealer` adds one, `billing do assign-customer` gives it a customer, and `billing do
    register-operator` with its code an operator of its own.
    """
    from projections import dealers

    with opened_to_read(context, asof) as app, app.queries.cursor() as cursor:
        found = dealers.list_dealers(cursor, limit, after)
        more = dealers.count_dealers(cursor, after) - len(found)
    if as_json:
        print_json({"dealers": found, "more": more})
        return
    if not found:
        tell("No dealers are registered yet.")
        return
    rows = table(("dealer", "left"), ("details", "left"), ("customers", "right"))
    for row in found:
        add(rows, row.dealer.code, dealer_text(row.dealer), row.customers)
    console().print(rows)
    say_more(more, f"use --after {found[-1].dealer.code} or --limit")


COMMANDS = {"dealers": list_dealers}
