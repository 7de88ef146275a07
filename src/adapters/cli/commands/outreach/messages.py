"""Messages to customers: the outbox, a preview with a real customer, and sending what is due by hand."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson, Limit
from adapters.cli.session import opened, opened_to_read, origin_of, settings_of
from adapters.cli.show import add, console, print_json, say, table, tell

PURPOSE = """List messages to customers, the newest first: those that wait, were sent, failed or came back.

`billing do set-outreach-terms` says which kinds a seller sends; `billing worker` and `billing serve` send them.
`billing do retry-message` and `billing do cancel-message` change what becomes of one.
"""


def list_messages(
    context: typer.Context,
    customer: Annotated[str, typer.Option(help="Those to a customer.")] = "",
    state: Annotated[str, typer.Option(help="queued, waiting, failed, sent, delivered, bounced or cancelled.")] = "",
    kind: Annotated[str, typer.Option(help="Those of a kind, as in invoice.")] = "",
    after: Annotated[str, typer.Option(help="Those listed after this message.")] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List messages to customers, the newest first."""
    from projections.outreach.messages import WantedMessages, count_by_state
    from projections.outreach.messages import list_messages as found_messages

    if context.invoked_subcommand is not None:
        return
    wanted = WantedMessages(customer=customer, state=state, kind=kind, after=after)
    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found, counts = found_messages(cursor, wanted, limit), count_by_state(cursor)
    if as_json:
        print_json({"messages": found, "by_state": counts})
        return
    if not counts:
        tell("No message was queued yet.")
        return
    rows = table(
        ("message", "left"), ("customer", "left"), ("kind", "left"), ("by", "left"), ("about", "left"),
        ("state", "left"), ("tries", "right"), ("why", "left"),
    )  # fmt: skip
    for row in found:
        add(rows, row.message, row.customer, row.kind, row.channel, row.about, row.state, row.attempts, row.reason)
    console().print(rows)
    say(", ".join(f"{state} {count:,}" for state, count in counts.items()))


def preview(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="As in invoice or overdue.")],
    account: Annotated[str, typer.Argument(metavar="ACCOUNT")],
    channel: Annotated[str, typer.Option(help="email, sms, push or letter.")] = "email",
    language: Annotated[str, typer.Option(help="Instead of the customer's.")] = "",
) -> None:
    """Show a message as the customer of an account would get it, with values of an example."""
    from adapters.edge.models import read_struct
    from adapters.views.outreach.templates import PreviewMessage
    from adapters.views.query import Reading, queries

    words = {"kind": kind, "account": account, "channel": channel, "language": language}
    with opened_to_read(context) as app:
        query = read_struct(PreviewMessage, words)
        found = queries()[PreviewMessage](query, Reading(app, app.queries, origin_of(context).today))
    tell(f"To: {found.recipient or 'nobody, since there is no such address'}")
    if found.subject:
        tell(f"Subject: {found.subject}")
    tell(f"\n{found.text}")


def send(context: typer.Context) -> None:
    """Send the messages whose time has come, once; `billing worker` does it by itself."""
    from adapters.bootstrap.seller_clock import SellerClock
    from adapters.jobs.outreach import send_once
    from adapters.texts.amounts import counted

    with opened(context) as app:
        tried = send_once(app, settings_of(context), SellerClock(app.store, app.tables))
    tell(f"Tried {counted(tried, 'message')}.")


COMMANDS = {"outreach preview": preview, "outreach send": send}
GROUPS = {"outreach": Group(PURPOSE, listing=list_messages)}
