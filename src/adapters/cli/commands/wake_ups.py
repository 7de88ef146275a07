"""Wake-ups: the deadlines to come, what was refused when one had come, and settling it by hand."""

from __future__ import annotations

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson, Limit
from adapters.cli.refused import Number, Numbers, Reason, overrule_number, retry_numbers, tell_refused
from adapters.cli.session import opened_to_read
from adapters.cli.show import add, console, print_json, say_more, table, tell
from adapters.cli.times import local_times

PURPOSE = """List deadlines by day, and the refused commands of those that have come.

`billing worker` hands a deadline over on its day, in the time zone of its seller, or at its instant if it has one. The
day on which an account is billed next is not among them: the timed work `billing-run` bills what is due.
"""


def list_wake_ups(context: typer.Context, as_json: AsJson = False, limit: Limit = 50) -> None:
    """List deadlines and the commands that were refused."""
    from adapters.bootstrap.automation import automation_of
    from projections.platform.deadlines import count_deadlines, list_deadlines
    from projections.platform.runner import LIVE_SCHEMA

    if context.invoked_subcommand is not None:
        return
    with opened_to_read(context) as app:
        with app.tables.transaction(LIVE_SCHEMA) as cursor:
            shown, more = list_deadlines(cursor, limit), count_deadlines(cursor)
        refused = automation_of(app).refused.listed("wake-up")
        times = local_times(context, {each.stream for each in shown})
    if as_json:
        print_json({"deadlines": shown, "more": more - len(shown), "refused": refused})
        return
    if not shown:
        tell("No deadline stands.")
    else:
        rows = table(("on", "left"), ("stream", "left"), ("deadline", "left"), ("of", "left"), ("", "left"))
        for each in shown:
            due = times.text(each.due_at, each.stream) or each.due_on
            add(rows, due, each.stream, each.kind, each.subject, "done" if each.is_handed else "")
        console().print(rows)
        say_more(more - len(shown), "use --limit to see them")
    tell_refused(refused, "wake-ups")


def retry(context: typer.Context, numbers: Numbers = None, as_json: AsJson = False) -> None:
    """Repeat refused commands of wake-ups in your name: some, or all."""
    retry_numbers(context, "wake-up", numbers or [], as_json)


def overrule(context: typer.Context, number: Number, reason: Reason) -> None:
    """Overrule a refused command of a wake-up: it is not applied."""
    overrule_number(context, "wake-up", number, reason)


COMMANDS = {"wake-ups retry": retry, "wake-ups overrule": overrule}
GROUPS = {"wake-ups": Group(PURPOSE, listing=list_wake_ups)}
