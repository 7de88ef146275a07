"""Cards: the payments that need somebody, charging what is due, requests to pay."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AfterNumber, AsJson, parse_day
from adapters.cli.refused_accounts import tell_refused_accounts
from adapters.cli.session import answer_to, opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, table, tell
from adapters.texts.amounts import counted

PURPOSE = """List card payments that wait, failed, are doubted or disputed, or have a refund that is not done.

`billing do refund-card-payment` gives money back to a card, `billing do remove-card` forgets a stored one, `billing do
set-card-terms` sets the days on which a refused card is tried again.
"""
Number = Annotated[int, typer.Option("--limit", min=1, max=1_000, help="Show at most this many.")]


def list_card_payments(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those that need nobody.")] = False,
    account: Annotated[str, typer.Option("--account", metavar="ACCOUNT", help="Of this account alone.")] = "",
    after: AfterNumber = "",
    as_json: AsJson = False,
    limit: Number = 50,
) -> None:
    """List card payments."""
    from adapters.views.cards import ListCardPayments

    if context.invoked_subcommand is not None:
        return
    found = answer_to(context, ListCardPayments(all=every, account=account, after=after, limit=limit))
    if as_json:
        print_json({"card_payments": found.items, "next": found.next})
        return
    if not found.items:
        tell("No card payment needs anybody." if not every else "There is no card payment.")
        return
    rows = table(("card payment", "left"), ("asked", "left"), ("amount", "right"), ("by", "left"), ("state", "left"),
                 ("why", "left"), ("refund asked", "right"), ("refunded", "right"), ("dispute", "left"))  # fmt: skip
    for row in found.items:
        add(
            rows,
            row.card_payment,
            row.asked_on,
            row.amount,
            row.way,
            row.state,
            row.code,
            row.refund_asked,
            row.refunded,
            row.dispute,
        )
    console().print(rows)
    if found.next is not None:
        tell(f"There are more: use --after {found.next}.")


def charge(
    context: typer.Context,
    on: Annotated[
        date | None,
        typer.Option("--on", metavar="DATE", parser=parse_day, help="As of this date, today unless given."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be charged and write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Charge the stored cards of all accounts with what is due, by the calendar of tries.

    `billing worker` does it every morning. Charges whose end is not known are looked at first; nothing is
    charged twice.
    """
    from adapters.jobs.cards import ChargeCards, charge_all_cards

    with opened(context) as app:
        origin = origin_of(context)
        work = work_of(app, origin._replace(today=on or origin.today), dry_run=dry_run)
        run = charge_all_cards(ChargeCards(), work)
    if as_json:
        print_json({"dry_run": dry_run, "run": run})
        return
    amounts = "".join(f", {amount} {currency}" for currency, amount in run.amounts.items())
    verb = "would be asked for; nothing was written" if dry_run else "asked for"
    tell(f"{counted(run.asked, 'charge')} {verb}{amounts}; {counted(run.unchanged, 'account')} with nothing to charge, "
         f"{run.given_up:,} given up, {len(run.refused) + run.refused_beyond:,} refused")  # fmt: skip
    tell_refused_accounts(run)


def list_refused(context: typer.Context, as_json: AsJson = False, limit: Number = 50) -> None:
    """List callbacks of the gateway that were refused, the newest first, and why."""
    from adapters.views.cards import ListRefusedCallbacks

    found = answer_to(context, ListRefusedCallbacks(limit=limit)).items
    if as_json:
        print_json({"refused": found})
        return
    if not found:
        tell("No callback was refused.")
        return
    rows = table(("gateway", "left"), ("day", "left"), ("from", "left"), ("why", "left"), ("content", "left"))
    for row in found:
        add(rows, row.gateway, row.refused_on, row.source, row.why, row.content_hash[:12])
    console().print(rows)


COMMANDS = {"cards charge": charge, "cards refused-callbacks": list_refused}
GROUPS = {"cards": Group(PURPOSE, listing=list_card_payments)}
