"""Credit limits: the accounts that have one of their own or temporary credit, and how far one may fall."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.commands.work.asking import ask
from adapters.cli.groups import Group
from adapters.cli.options import AfterNumber, AsJson, AsOfName, Limit
from adapters.cli.show import add, console, print_json, say_more, table, tell

PURPOSE = """List the accounts that have a credit limit of their own or temporary credit.

`billing do set-credit-limit` sets one, `billing do grant-temporary-credit` lets an account owe more up to a day, and
`billing do end-temporary-credit` ends that before.
"""


def list_limits(
    context: typer.Context,
    after: AfterNumber = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the accounts that have a credit limit of their own or temporary credit."""
    from adapters.views.credit_limits import ListCreditLimits

    if context.invoked_subcommand is not None:
        return
    page = ask(context, ListCreditLimits, {"after": after, "limit": min(limit, 1_000)}, asof)
    if as_json:
        print_json({"credit_limits": page.items, "next": page.next})
        return
    if not page.items:
        tell("No account has a credit limit of its own or temporary credit.")
        return
    rows = table(
        ("account", "left"), ("own limit", "right"), ("why", "left"), ("more", "right"), ("until", "left"),
        ("why more", "left"),
    )  # fmt: skip
    for row in page.items:
        add(rows, row.account, row.limit or "", row.limit_reason, row.temporary or "", row.until_on or "", row.reason)
    console().print(rows)
    if page.next:
        say_more(1, f"see the following with --after {page.next}, or with --limit")


def show_credit(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT")],
    as_json: AsJson = False,
) -> None:
    """Show how far the balance of an account may fall today, and of what this is made up."""
    from adapters.views.credit_limits import ShowCredit

    shown = ask(context, ShowCredit, {"account": account})
    if as_json:
        print_json(shown)
        return
    tell(f"own limit: {shown.limit}" if shown.limit is not None else "own limit: none, that of the plan holds")
    if shown.until_on is not None:
        tell(f"{shown.temporary} more until {shown.until_on}: {shown.reason}")
    if shown.promised.amount:
        tell(f"{shown.promised} more while a promise is open")
    if shown.floor is not None:
        tell(f"served down to a balance of {shown.floor}; it is {shown.balance}")


COMMANDS = {"credit-limits show": show_credit}
GROUPS = {"credit-limits": Group(PURPOSE, listing=list_limits)}
