"""Promised payments: who promised, until when, and how it ended; and whether an account may promise."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.commands.work.asking import ask, given
from adapters.cli.groups import Group
from adapters.cli.options import AfterNumber, AsJson, AsOfName, Limit
from adapters.cli.session import opened_to_read
from adapters.cli.show import add, console, print_json, say_more, table, tell, tell_wrapped

Account = Annotated[str, typer.Argument(metavar="ACCOUNT")]
PURPOSE = """List the newest promised payment of each account: open ones, with `--all` also those that ended.

`billing do open-promise` opens one, `billing do open-instalment-plan` one in parts. Payments that came in by its last
day keep it; after the days of grace it is broken. `billing promises check` says what speaks against one.
"""


def list_promises(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also of accounts whose newest one was kept or broken.")] = False,
    after: AfterNumber = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the newest promised payment of each account."""
    from projections.promises import count_promises, promises_after

    if context.invoked_subcommand is not None:
        return
    with opened_to_read(context, asof) as app, app.queries.cursor() as cursor:
        found = promises_after(cursor, after, limit, open_only=not every)
        more = count_promises(cursor, after, open_only=not every) - len(found)
    if as_json:
        print_json({"promises": found, "more": more})
        return
    if not found:
        tell("No promise is open." if not every else "Nobody promised anything yet.")
        return
    rows = table(("account", "left"), ("amount", "right"), ("opened", "left"), ("until", "left"), ("state", "left"))
    for row in found:
        state = row.state if row.ended_on is None else f"{row.state} on {row.ended_on}"
        if row.parts > 1:
            state = f"{state}, {row.kept_parts} of {row.parts} instalments kept"
        add(rows, row.account, row.amount, row.opened_on, row.until_on, state)
    console().print(rows)
    say_more(more, f"see them with --after {found[-1].account}, or with --limit")


def check_promise(
    context: typer.Context,
    account: Account,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="By which day it is to be paid.")] = None,
    amount: Annotated[str | None, typer.Option("--amount", help="So much of what is owed.")] = None,
    dates: Annotated[
        str | None, typer.Option("--dates", metavar="DATES", help="Of an instalment plan, separated by commas.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether an account may promise today, and every reason against it, without opening anything."""
    from adapters.views.promises import CheckPromise

    found = ask(context, CheckPromise, {"account": account, **given(until=until, amount=amount, dates=dates)})
    if as_json:
        print_json(found)
        return
    tell(f"{found.owed} is owed.")
    if found.is_possible:
        tell(f"A promise is possible, by {found.last_on} at the latest, for {found.price} with VAT.")
    for part in found.parts:
        tell(f"  {part.amount} by {part.until_on}")
    for each in found.objections:
        when = "" if each.possible_on is None else f" (possible on {each.possible_on})"
        tell_wrapped(f"{each.code}: {each.field} {each.value}: {each.words}{when}", 2)


def show_history(context: typer.Context, account: Account, asof: AsOfName = None, as_json: AsJson = False) -> None:
    """Show the promises of an account and how they ended, with the days late and the score."""
    from adapters.views.promises import ShowPromiseHistory

    found = ask(context, ShowPromiseHistory, {"account": account}, asof)
    if as_json:
        print_json(found)
        return
    if not found.promises:
        tell("Nothing was promised yet.")
        return
    score = "" if found.score is None else f", score {found.score} of 100"
    tell(f"{found.kept} kept, {found.broken} broken, {found.days_late} days late{score}")
    rows = table(
        ("opened", "left"), ("until", "left"), ("amount", "right"), ("state", "left"), ("instalments", "right"),
        ("days late", "right"),
    )  # fmt: skip
    for row in found.promises:
        state = row.state if row.ended_on is None else f"{row.state} on {row.ended_on}"
        add(rows, row.opened_on, row.until_on, row.amount, state, f"{row.kept_parts}/{row.parts}", row.days_late)
    console().print(rows)


COMMANDS = {"promises check": check_promise, "promises history": show_history}
GROUPS = {"promises": Group(PURPOSE, listing=list_promises)}
