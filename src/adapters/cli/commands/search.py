"""Find anything by one text."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.options import AsJson, AsOfName
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, table, tell
from adapters.texts.amounts import money


def find_anything(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=50, help="How many of each kind at most.")] = 10,
) -> None:
    """Find customers, accounts, documents, payments, services and tickets by one text, the best first.

    Customers are found by all that is known of them, without accents, in Latin, Cyrillic or Armenian letters alike, and
    with one slip in a word of the name; all else by the beginning of its number or code, by what a payer wrote, by user
    name or telephone number, by words of a ticket's subject.
    """
    from typing import get_args

    from projections.search.hit import HitKind, Sought
    from projections.search.hits import find

    with opened_to_read(context, asof) as app, app.queries.cursor() as cursor:
        today = app.queries.on or origin_of(context).today
        found = find(cursor, Sought(text.strip(), limit, today), get_args(HitKind))
    if as_json:
        print_json({"items": found})
        return
    if not found:
        tell("Nothing is found by this text.")
        return
    rows = table(
        ("kind", "left"), ("number", "left"), ("title", "left"), ("customer", "left"), ("found by", "left"),
        ("amount", "right"), ("state", "left"),
    )  # fmt: skip
    for hit in found:
        whose = f"{hit.customer} {hit.customer_name}".strip() if hit.kind != "customer" else ""
        add(rows, hit.kind, hit.number, hit.title, whose, f"{hit.matched}: {hit.value}",
            money(hit.amount) if hit.amount else "", hit.state)  # fmt: skip
    console().print(rows)


COMMANDS = {"find": find_anything}
