"""Reactions: how far they are, what was refused, and settling it by hand."""

from __future__ import annotations

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson
from adapters.cli.refused import Number, Numbers, Reason, overrule_number, retry_numbers, tell_refused
from adapters.cli.session import opened, origin_of
from adapters.cli.show import add, console, print_json, table, tell

PURPOSE = """List reactions to events: position and lag of each, and its refused commands.

`billing worker` keeps them going. Behind are the events that a reaction has not come to yet, and the age in seconds
of the oldest.
"""


def list_reactions(context: typer.Context, as_json: AsJson = False) -> None:
    """List reactions and the commands that were refused."""
    from adapters.bootstrap.automation import automation_of

    if context.invoked_subcommand is not None:
        return
    with opened(context) as app:
        automation = automation_of(app)
        lags = automation.reaction_lags(origin_of(context).recorded_at)
        refused = automation.refused.listed("reaction")
    if as_json:
        print_json({"reactions": lags, "refused": refused})
        return
    if not lags:
        tell("This program has no reactions.")
    else:
        rows = table(
            ("reaction", "left"), ("position", "right"), ("events behind", "right"), ("seconds behind", "right"),
            ("refused", "right"),
        )  # fmt: skip
        for lag in lags:
            number = sum(each.cause.name == lag.name for each in refused)
            add(rows, lag.name, lag.position, lag.lag_events, lag.lag_seconds, number)
        console().print(rows)
    tell_refused(refused, "reactions")


def retry(context: typer.Context, numbers: Numbers = None, as_json: AsJson = False) -> None:
    """Repeat refused commands of reactions in your name: some, or all."""
    retry_numbers(context, "reaction", numbers or [], as_json)


def overrule(context: typer.Context, number: Number, reason: Reason) -> None:
    """Overrule a refused command of a reaction: it is not applied."""
    overrule_number(context, "reaction", number, reason)


COMMANDS = {"reactions retry": retry, "reactions overrule": overrule}
GROUPS = {"reactions": Group(PURPOSE, listing=list_reactions)}
