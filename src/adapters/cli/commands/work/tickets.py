"""Tickets: lists, the card of one, and the board."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from adapters.cli.options import AsJson, Limit
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say_more, table, tell

PURPOSE = """List open tickets.

`billing do open-ticket` opens one, `billing do complete-step` completes a step of its flow, `billing do assign-ticket`
gives it to somebody. `billing work publish-flow FILE` says by which steps the tickets of a kind go.
"""


def _ask(context: typer.Context, query: Any) -> Any:
    from adapters.views.query import Reading, queries

    with opened_to_read(context) as app:
        return queries()[type(query)](query, Reading(app, app.queries, origin_of(context).today))


def list_tickets(
    context: typer.Context,
    queue: Annotated[str, typer.Option("--queue", metavar="QUEUE", help="Of this queue.")] = "",
    assignee: Annotated[str, typer.Option("--assignee", metavar="OPERATOR", help="Assigned to this operator.")] = "",
    customer: Annotated[str, typer.Option("--customer", metavar="NUMBER", help="Of this customer.")] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Of this kind.")] = "",
    state: Annotated[
        str, typer.Option("--state", metavar="STATE", help="open, completed, cancelled, duplicate, or any.")
    ] = "open",
    overdue: Annotated[bool, typer.Option("--overdue", help="Whose deadline has passed.")] = False,
    after: Annotated[str, typer.Option("--after", metavar="NUMBER", help="Start after this ticket.")] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List open tickets."""
    from adapters.views.work.tickets import ListTickets

    if context.invoked_subcommand is not None:
        return
    page = _ask(context, ListTickets(
        queue=queue, assignee=assignee, customer=customer, kind=kind, state=state, is_overdue=overdue,
        after=after.removeprefix("T-"), limit=min(limit, 1_000),
    ))  # fmt: skip
    if as_json:
        print_json({"tickets": page.items, "next": page.next})
        return
    if not page.items:
        tell("No ticket is open." if state == "open" else "There is no such ticket.")
        return
    rows = table(
        ("ticket", "left"), ("kind", "left"), ("subject", "left"), ("step", "left"), ("queue", "left"),
        ("assigned to", "left"), ("priority", "left"), ("due", "left"),
    )  # fmt: skip
    for row in page.items:
        due = f"{row.due_at:%Y-%m-%d %H:%M}" if row.due_at else ""
        where = ", ".join(row.steps) or row.state
        add(rows, row.number, row.kind, row.subject, where, row.queue, row.assignee, row.priority, due)
    console().print(rows)
    if page.next:
        say_more(1, f"see the following with --after T-{page.next}, or with --limit")


def show_ticket(
    context: typer.Context, ticket: Annotated[str, typer.Argument(metavar="TICKET")], as_json: AsJson = False
) -> None:
    """Show a ticket with its history and what can be done now."""
    from adapters.views.work.tickets import ShowTicket

    card = _ask(context, ShowTicket(ticket=ticket))
    if as_json:
        print_json(card)
        return
    row = card.ticket
    tell(f"{row.number} {row.subject}")
    tell(f"{row.kind}, {row.state}, in {row.queue}, assigned to {row.assignee or 'nobody'}, priority {row.priority}")
    if row.customer:
        tell(f"customer {row.customer}{f', account {row.account}' if row.account else ''}")
    for step in card.steps:
        ways = " or ".join(move.resolution or f"to {move.to}" for move in step.moves)
        form = ", ".join(field.code for field in step.form)
        tell(f"now at {step.step}{f': {form}' if form else ''}{f'; then {ways}' if ways else ''}")
    for action in row.actions:
        tell(f"to be done by itself: {action}")
    rows = table(("when", "left"), ("who", "left"), ("what", "left"))
    for line in card.history:
        add(rows, f"{line.recorded_at:%Y-%m-%d %H:%M}", line.actor, line.what)
    console().print(rows)


def show_board(
    context: typer.Context,
    queue: Annotated[str, typer.Option("--queue", metavar="QUEUE", help="Of this queue alone.")] = "",
    as_json: AsJson = False,
) -> None:
    """Count the open tickets by queue and step."""
    from adapters.views.work.tickets import ShowBoard

    found = _ask(context, ShowBoard(queue=queue))
    if as_json:
        print_json(found)
        return
    if not found.cells:
        tell("No ticket is open.")
        return
    rows = table(
        ("queue", "left"), ("step", "left"), ("tickets", "right"), ("overdue", "right"), ("oldest since", "left")
    )
    for cell in found.cells:
        add(rows, cell.queue, cell.step, cell.tickets, cell.overdue, f"{cell.oldest_since:%Y-%m-%d %H:%M}")
    console().print(rows)


COMMANDS = {"work ticket": show_ticket, "work board": show_board}
