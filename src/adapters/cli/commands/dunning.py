"""Suspension list for non-payment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.commands import dunning_policies, dunning_simulation
from adapters.cli.groups import Group
from adapters.cli.options import AfterNumber, AsJson, AsOfName, Limit, parse_day
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say_more, table, tell, tell_wrapped
from adapters.texts.amounts import counted, money
from billing_core.services.events import CHARGED_PERCENT_WHILE_SUSPENDED, NON_PAYMENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.bootstrap.application import Application
    from billing_core.kernel.money import Money
    from projections.dunning.suspensions import ResumptionRow, SuspensionRow


def list_suspensions(
    context: typer.Context,
    on: Annotated[
        date | None, typer.Option("--on", metavar="DATE", parser=parse_day, help="As of this date, today unless given.")
    ] = None,
    after: AfterNumber = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List accounts to suspend for non-payment, and accounts to resume.

    Lists accounts that are overdue beyond their tolerance: since when, how much, and why. Services that are suspended
    leave the list; once nothing is overdue beyond tolerance, they are listed as to resume.
    """
    with opened_to_read(context, asof) as app:
        show_suspensions(app, on or app.queries.on or origin_of(context).today, after, as_json, limit)


def show_suspensions(app: Application, on: date, after: str, as_json: bool, limit: int) -> None:
    """The suspension list of a date."""
    from adapters.bootstrap.registry import exemptions
    from projections.dunning.suspensions import count_resumptions, resumption_list, suspension_list, suspension_totals

    with app.queries.cursor() as cursor:
        found = suspension_list(cursor, on, limit, after, exemptions)
        totals = suspension_totals(cursor, on, after)
        to_resume = resumption_list(cursor, on, limit, after, exemptions)
        more_to_resume = count_resumptions(cursor, on, after, exemptions) - len(to_resume)
    more = sum(number for number, _ in totals.values()) - len(found)
    if as_json:
        sums = [{"accounts": number, "overdue": amount} for number, amount in totals.values()]
        print_json({
            "on": on, "suspensions": found, "totals": sums, "more": more, "to_resume": to_resume,
            "more_to_resume": more_to_resume,
        })  # fmt: skip
        return
    _tell_to_suspend(found, totals, on)
    say_more(more, f"use --after {found[-1].account} or --limit" if found else "")
    _tell_to_resume(to_resume)
    say_more(more_to_resume, f"use --after {to_resume[-1].account} or --limit" if to_resume else "")


def _tell_to_suspend(found: Sequence[SuspensionRow], totals: Mapping[str, tuple[int, Money]], on: date) -> None:
    if not found:
        tell(f"No account with a running service is overdue beyond tolerance on {on}.")
        return
    rows = table(("account", "left"), ("name", "left"), ("overdue", "right"), ("services", "left"), ("why", "left"))
    for row in found:
        why = f"exempt: {row.exempt}" if row.exempt else row.reason
        add(rows, row.account, row.name, row.overdue, ", ".join(row.services), why)
    console().print(rows)
    for number, amount in totals.values():
        owe = "owes" if number == 1 else "owe"
        tell(f"{counted(number, 'account')} {owe} {money(amount)} beyond tolerance on {on}.")
    percent = CHARGED_PERCENT_WHILE_SUSPENDED[NON_PAYMENT]
    tell_wrapped(f"While a service is suspended for non-payment, {percent:f} % of its recurring fees go on being "
                 "charged, unless the suspension states another charge_percent.")  # fmt: skip


def _tell_to_resume(found: Sequence[ResumptionRow]) -> None:
    if not found:
        return
    tell("\nTo resume", "bold")
    rows = table(("account", "left"), ("name", "left"), ("services", "left"), ("suspended", "left"), ("why", "left"))
    for row in found:
        add(rows, row.account, row.name, ", ".join(row.services), f"since {row.suspended_since_on}", row.reason)
    console().print(rows)


COMMANDS = {"suspensions": list_suspensions, **dunning_policies.COMMANDS, **dunning_simulation.COMMANDS}
GROUPS = {"dunning": Group(dunning_policies.PURPOSE)}
