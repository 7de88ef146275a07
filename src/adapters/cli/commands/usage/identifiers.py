"""Numbers, user names and cards by which sources know subscriptions."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.options import AsJson
from adapters.cli.session import opened_to_read
from adapters.cli.show import add, console, print_json, table, tell


def list_identifiers(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The number of the account.")],
    as_json: AsJson = False,
) -> None:
    """List the numbers, user names and cards by which sources know the subscriptions of an account.

    `billing do assign-identifier` adds one: usage that is metered under it is charged to the subscription.
    """
    from projections.usage.identifiers import identifiers_of

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = identifiers_of(cursor, account)
    if as_json:
        print_json({"identifiers": found})
        return
    if not found:
        tell("The account has no identifiers.")
        return
    rows = table(("identifier", "left"), ("subscription", "left"), ("from", "left"), ("to", "left"))
    for row in found:
        add(rows, row.identifier, row.subscription, row.from_on, row.to_on or "")
    console().print(rows)


COMMANDS = {"usage identifiers": list_identifiers}
