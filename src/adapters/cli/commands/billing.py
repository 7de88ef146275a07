"""The billing run."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.commands.parked import show_parked
from adapters.cli.options import AsJson, Limit, Yes, parse_day
from adapters.cli.run_totals import totals_table
from adapters.cli.session import opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, say, say_more, table, tell

if TYPE_CHECKING:
    from commands.billing.run_ports import RunTotals


def run(
    context: typer.Context,
    on: Annotated[
        date | None,
        typer.Option(
            "--on",
            metavar="DATE",
            parser=parse_day,
            help="Date all documents on this day: today unless you say another one, never a later one.",
        ),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option(
            "--until",
            metavar="DATE",
            parser=parse_day,
            help="Charge everything that is due before this date: the day after --on unless you say another one.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the totals and write nothing.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Bill every due account.

    Everything that is due by the day of the run is charged. What an account owes comes onto one invoice of that day,
    with the months that were missed; its billing plan may ask for one for each service or address. With --until a run
    charges ahead, or less far; its documents are dated on the day of the run all the same. The run can be stopped at
    any moment and started again: nothing is charged twice and no number is lost. An account that cannot be billed is
    parked with the reason, and the run continues. A run that charges far ahead shows its totals and asks for --yes.
    """
    from adapters.jobs.billing import RunBilling, run_billing
    from billing_core.confirmation import ConfirmationNeeded

    asked = RunBilling(on=on, until=until, confirmed=yes)
    with opened(context) as app:
        work = work_of(app, origin_of(context), dry_run=dry_run)
        on, until = asked.dates(work.origin.today)
        try:
            totals, unusual = run_billing(asked, work), None
        except ConfirmationNeeded as error:
            totals, unusual = run_billing(asked, work._replace(is_dry_run=True)), error
    if as_json:
        print_json({"on": on, "until": until, "dry_run": dry_run or unusual is not None, "totals": totals})
    else:
        tell_totals(totals, until, dry_run or unusual is not None, limit)
    if unusual:
        raise unusual


def tell_totals(totals: RunTotals, until: date, dry_run: bool, limit: int) -> None:
    """The result of a run or of a preview."""
    for seller, reason in totals.left_out.items():
        tell(f"Seller {seller} is left out: {reason}")
    if not totals.bills and not totals.parked:
        tell(f"Nothing was due before {until}.")
        return
    tell(f"Would be billed before {until}; nothing was written" if dry_run else f"Billed before {until}", "bold")
    rows = totals_table(totals)
    add(rows, "  parked accounts", len(totals.parked), "")
    console().print(rows)
    if totals.parked:
        rows = table(("account", "left"), ("why it could not be billed", "left"))
        for number, reason in sorted(totals.parked.items())[:limit]:
            add(rows, number, reason)
        console().print(rows)
        say_more(len(totals.parked) - limit, "use --limit to see them")
        say("`billing parked ACCOUNT` explains one. Correct the cause, then run again or use `billing parked --retry`.")


COMMANDS = {"run": run, "parked": show_parked}
