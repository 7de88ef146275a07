"""Dunning policies, and the dunning run."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.options import AsJson, File, Limit, parse_day
from adapters.cli.session import opened, opened_to_read, origin_of, work_of
from adapters.cli.show import add, console, print_json, say_more, table, tell
from adapters.texts.amounts import counted, money

if TYPE_CHECKING:
    from commands.dunning.run_ports import DunningPreview, DunningTotals

ValidFrom = Annotated[
    date | None,
    typer.Option("--valid-from", metavar="DATE", parser=parse_day, help="As from this day, today unless you say one."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")]


def list_policies(context: typer.Context, as_json: AsJson = False) -> None:
    """List the dunning policies with their publications."""
    from projections.dunning.policies import policies_after

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = policies_after(cursor, "", 1_000)
    if as_json:
        print_json({"policies": [{"code": code, "published": each.published} for code, each in found]})
        return
    if not found:
        tell("No dunning policy is published yet; `billing dunning publish FILE` publishes one.")
        return
    rows = table(("policy", "left"), ("from", "left"), ("name", "left"), ("currency", "left"), ("steps", "left"))
    for code, versions in found:
        for from_on, policy in versions.published:
            add(rows, code, from_on, policy.name, policy.currency, ", ".join(step.code for step in policy.steps))
    console().print(rows)


def publish_policy(context: typer.Context, file: File, valid_from: ValidFrom = None, dry_run: DryRun = False) -> None:
    """Publish the dunning policy in a YAML file."""
    from adapters.files.dunning_policies import read_policy
    from commands.dunning.policies import PublishDunningPolicy

    policy = read_policy(file)
    command = PublishDunningPolicy(policy=policy, valid_from=valid_from)
    with opened(context) as app:
        give = app.bus.rehearse if dry_run else app.bus.execute
        answer = give(command, origin_of(context))
    since = answer.result["valid_from"]
    if dry_run:
        tell(f"Dunning policy {policy.code} could be published as from {since}; nothing was written.")
    elif answer.position:
        tell(f"Dunning policy {policy.code} is published as from {since}.")
    else:
        tell(f"Dunning policy {policy.code} is like this already.")


def run(context: typer.Context, as_json: AsJson = False, limit: Limit = 50) -> None:
    """Take all steps of dunning that are due today, and suspend and return services.

    It can be stopped at any moment and started again: a step is taken once on an invoice. An account that cannot be
    decided is parked with the reason until the next run.
    """
    from adapters.jobs.dunning import RunDunning, run_dunning

    with opened(context) as app:
        totals = run_dunning(RunDunning(), work_of(app, origin_of(context)))
    if as_json:
        print_json({"dry_run": False, "totals": totals})
    else:
        _tell_totals(totals, limit)


def preview(
    context: typer.Context,
    on: Annotated[
        date | None,
        typer.Option("--on", metavar="DATE", parser=parse_day, help="The day of the run, today unless you say one."),
    ] = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Show what a dunning run would do, compared with how the last run left the accounts; nothing is written."""
    from adapters.jobs.dunning import RunDunning, run_dunning

    with opened(context) as app:
        totals = run_dunning(RunDunning(on=on), work_of(app, origin_of(context), dry_run=True))
    if as_json:
        print_json({"dry_run": True, "totals": totals})
        return
    _tell_totals(totals, limit)
    _tell_comparison(totals)  # type: ignore[arg-type]


def _tell_totals(totals: DunningTotals, limit: int) -> None:
    tell(f"{counted(totals.accounts, 'account')} looked at", "bold")
    rows = table(("", "left"), ("number", "right"))
    rows.show_header = False
    for step, taken in sorted(totals.steps.items()):
        add(rows, f"  step {step}", taken)
    for what, number in (
        ("services suspended", totals.suspended), ("services returned", totals.returned),
        ("services terminated", totals.terminated), ("parked accounts", len(totals.parked)),
    ):  # fmt: skip
        add(rows, f"  {what}", number)
    for amount in totals.fees.values():
        add(rows, "  fees, without VAT", money(amount))
    console().print(rows)
    if totals.parked:
        rows = table(("account", "left"), ("why it could not be decided", "left"))
        for account, reason in sorted(totals.parked.items())[:limit]:
            add(rows, account, reason)
        console().print(rows)
        say_more(len(totals.parked) - limit, "use --limit to see them")


def _tell_comparison(totals: DunningPreview) -> None:
    if not totals.compared:
        return
    rows = table(
        ("step", "left"), ("after the last run", "right"), ("gone", "right"), ("new", "right"), ("now", "right")
    )
    for step, each in totals.compared.items():
        add(rows, step, each.before, each.gone, each.new, each.now)
    console().print(rows)


COMMANDS = {
    "dunning policies": list_policies, "dunning publish": publish_policy, "dunning run": run,
    "dunning preview": preview,
}  # fmt: skip
PURPOSE = "Money that has not come in: policies, and the run that takes the steps that are due."
