"""Bulk messages with their progress, and the bases of customers that they go to."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson
from adapters.cli.session import answer_to, opened, origin_of
from adapters.cli.show import add, console, print_json, say, table, tell
from adapters.cli.struct_fields import filled, values_given

PURPOSE = """List bulk messages: how far each has come, how many messages it queued, who was left out.

`billing do save-customer-base` saves a choice of customers, `billing do start-bulk-message` writes to them slowly,
`billing bulk rehearse` shows before what that would do; `billing do stop-bulk-message` stops it.
"""


def show_bulk_messages(context: typer.Context, as_json: AsJson = False) -> None:
    """List bulk messages with their progress."""
    from adapters.views.outreach.bulk import ListBulkMessages

    if context.invoked_subcommand is not None:
        return
    found = answer_to(context, ListBulkMessages()).items
    if as_json:
        print_json({"bulk_messages": found})
        return
    if not found:
        tell("No bulk message was started.")
        return
    rows = table(
        ("message", "left"), ("base", "left"), ("state", "left"), ("customers", "right"), ("messages", "right"),
        ("left out", "right"), ("a minute", "right"),
    )  # fmt: skip
    for each in found:
        add(rows, each.bulk_message, each.base, each.state, each.expected, each.queued, each.left_out, each.per_minute)
    console().print(rows)
    for each in found:
        for reason, count in each.reasons.items():
            say(f"{each.bulk_message}: {count:,} left out: {reason}")


def show_bases(context: typer.Context, as_json: AsJson = False) -> None:
    """List the bases of customers, and whom each chooses."""
    from adapters.texts.bulk_messages import choice_in_words
    from adapters.views.outreach.bulk import ListCustomerBases

    found = answer_to(context, ListCustomerBases()).items
    if as_json:
        print_json({"bases": found})
        return
    if not found:
        tell("No base is saved.")
        return
    rows = table(("base", "left"), ("name", "left"), ("seller", "left"), ("customers who", "left"), ("since", "left"))
    for each in found:
        add(rows, each.base, each.name, each.seller, choice_in_words(each.choice), each.saved_on)
    console().print(rows)


def rehearse(
    context: typer.Context,
    fields: Annotated[
        list[str] | None, typer.Argument(metavar="FIELD=VALUE", help="Those of `billing do start-bulk-message`.")
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="FILE", help="Fields from a JSON or YAML file; - reads stdin.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a bulk message would do: to how many it goes, by which channels, its cost, who is left out why."""
    from commands.outreach.bulk import StartBulkMessage

    command = filled(StartBulkMessage, values_given(fields or [], file))
    with opened(context) as app:
        app.runner.catch_up()
        found = app.bus.rehearse(command, origin_of(context)).result
    if as_json:
        print_json({"rehearsal": found})
        return
    tell(f"{found['written_to']:,} of {found['customers']:,} customers, within {found['minutes']:,} minutes.")
    rows = table(("what", "left"), ("messages", "right"), ("segments", "right"), ("cost", "right"))
    for channel, count in found["channels"].items():
        cost = found["sms"]["amount"] if channel == "sms" and found["sms"] else None
        amount = f"{cost['amount']} {cost['currency']}" if cost else ""
        add(rows, channel, count, found["sms_segments"] if channel == "sms" else "", amount)
    for reason, count in found["left_out"].items():
        add(rows, f"left out: {reason}", count, "", "")
    console().print(rows)


COMMANDS = {"bulk bases": show_bases, "bulk rehearse": rehearse}
GROUPS = {"bulk": Group(PURPOSE, listing=show_bulk_messages)}
