"""Remittances: money that came in and that nobody recognises yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.options import AfterNumber, AsJson, AsOfName, Limit
from adapters.cli.session import opened_to_read
from adapters.cli.show import add, console, print_json, say, say_more, table, tell
from adapters.texts.amounts import counted, money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.views.remittances import ListedRemittance


def list_remittances(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those that were assigned or given back.")] = False,
    after: AfterNumber = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List money that waits because nobody recognises it; with `--all` also what became of the rest.

    A bank file leaves rows here that name neither an invoice nor an account. `billing do assign-remittance` makes one a
    payment of an account, `billing do give-back-remittance` records that it went back.
    """
    from adapters.views.remittances import with_payers
    from projections.remittances import count_remittances, remittances_after, waiting_totals

    with opened_to_read(context, asof) as app:
        with app.queries.transaction() as cursor:
            found = remittances_after(cursor, after, limit, waiting_only=not every)
            more = count_remittances(cursor, after, waiting_only=not every) - len(found)
            totals = waiting_totals(cursor)
        listed = with_payers(app, found)
    if as_json:
        sums = [{"remittances": number, "waiting": amount} for number, amount in totals.values()]
        print_json({"remittances": listed, "totals": sums, "more": more})
        return
    if not listed:
        tell("No remittance waits." if not every else "No remittance is recorded yet.")
        return
    _tell(listed)
    for number, amount in totals.values():
        waits = "waits" if number == 1 else "wait"
        tell(f"{counted(number, 'remittance')} of {money(amount)} {waits}.")
    say_more(more, f"use --after {listed[-1].remittance} or --limit")
    if totals:
        say("Assign one with `billing do assign-remittance remittance=NAME account=NUMBER`.")


def _tell(listed: Sequence[ListedRemittance]) -> None:
    rows = table(("remittance", "left"), ("received", "left"), ("amount", "right"), ("wrote", "left"),
                 ("payer", "left"), ("state", "left"))  # fmt: skip
    for row in listed:
        state = row.state
        if row.account is not None:
            state += f" to account {row.account}"
        elif row.given_back_on is not None:
            state += f" on {row.given_back_on}: {row.reason}"
        add(rows, row.remittance, row.received_on, row.amount, row.payment_reference, row.payer, state)
    console().print(rows)


COMMANDS = {"remittances": list_remittances}
