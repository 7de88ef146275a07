"""Requests to pay."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.options import AfterNumber, AsJson
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, table, tell


def list_requests(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those that are paid, expired or withdrawn.")] = False,
    account: Annotated[str, typer.Option("--account", metavar="ACCOUNT", help="Of this account alone.")] = "",
    after: AfterNumber = "",
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="Show at most this many.")] = 50,
) -> None:
    """List requests to pay that are open.

    The API's `request-payment` makes one with its link, `billing do withdraw-payment-request` ends one.
    """
    from adapters.views.payment_requests import ListPaymentRequests
    from adapters.views.query import Reading, queries

    query = ListPaymentRequests(all=every, account=account, after=after, limit=limit)
    with opened_to_read(context) as app:
        found = queries()[ListPaymentRequests](query, Reading(app, app.queries, origin_of(context).today))
    if as_json:
        print_json({"payment_requests": found.items, "next": found.next})
        return
    if not found.items:
        tell("No request to pay is open." if not every else "There is no request to pay.")
        return
    rows = table(("request", "left"), ("asked", "left"), ("amount", "right"), ("for", "left"), ("until", "left"),
                 ("state", "left"))  # fmt: skip
    for row in found.items:
        add(rows, row.request, row.asked_on, row.amount, row.invoices or row.reference, row.valid_until, row.state)
    console().print(rows)
    if found.next is not None:
        tell(f"There are more: use --after {found.next}.")


COMMANDS = {"payment-requests": list_requests}
