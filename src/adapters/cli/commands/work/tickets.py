"""Tickets: lists, the card of one, and the work of an operator."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.commands.work.asking import ask, ask_all
from adapters.cli.options import AsJson, AsOfName, Limit
from adapters.cli.show import add, console, print_json, say_more, table, tell
from adapters.texts.amounts import counted

PURPOSE = """List open tickets.

`billing do open-ticket` opens one, `billing do complete-step` completes a step of its flow, `billing do assign-ticket`
gives it to somebody. `billing work publish-flow FILE` says by which steps the tickets of a kind go.
"""


def list_tickets(
    context: typer.Context,
    search: Annotated[
        str, typer.Option("--search", metavar="TEXT", help="Words of the subject by their beginnings, or the number.")
    ] = "",
    queue: Annotated[str, typer.Option("--queue", metavar="QUEUE", help="Of this queue.")] = "",
    assignee: Annotated[str, typer.Option("--assignee", metavar="OPERATOR", help="Assigned to this operator.")] = "",
    crew: Annotated[str, typer.Option("--crew", metavar="CREW", help="With this crew.")] = "",
    customer: Annotated[str, typer.Option("--customer", metavar="NUMBER", help="Of this customer.")] = "",
    account: Annotated[str, typer.Option("--account", metavar="NUMBER", help="About this account.")] = "",
    address: Annotated[str, typer.Option("--address", metavar="CODE", help="About this address.")] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Of this kind.")] = "",
    step: Annotated[str, typer.Option("--step", metavar="STEP", help="That wait at this step.")] = "",
    tag: Annotated[str, typer.Option("--tag", metavar="TAG", help="With this tag.")] = "",
    state: Annotated[
        str, typer.Option("--state", metavar="STATE", help="open, completed, cancelled, duplicate, or any.")
    ] = "open",
    overdue: Annotated[bool, typer.Option("--overdue", help="Whose deadline has passed.")] = False,
    sort: Annotated[
        str, typer.Option("--sort", metavar="ORDER", help="number, newest, due, or waiting: longest at its step.")
    ] = "number",
    after: Annotated[
        str, typer.Option("--after", metavar="PLACE", help="Start after this ticket, or the place a list ended with.")
    ] = "",
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write all of them into a CSV file.", dir_okay=False)
    ] = None,
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List open tickets."""
    from adapters.views.work.tickets import ListTickets

    if context.invoked_subcommand is not None:
        return
    words = {
        "search": search, "queue": queue, "assignee": assignee, "crew": crew, "customer": customer, "account": account,
        "address": address, "kind": kind, "step": step, "tag": tag, "state": state, "is_overdue": overdue,
        "sort": sort,
    }  # fmt: skip
    if csv is not None:
        _write_csv(context, words, csv, asof, as_json)
        return
    words |= {"after": after.removeprefix("T-"), "limit": min(limit, 1_000)}
    page = ask(context, ListTickets, words, asof)
    if as_json:
        print_json({"tickets": page.items, "next": page.next})
        return
    if not page.items:
        tell("No ticket is open." if state == "open" else "There is no such ticket.")
        return
    show_tickets(page.items)
    if page.next:
        say_more(1, f"see the following with --after {page.next}, or with --limit")


def show_tickets(tickets: Iterable[Any]) -> None:
    """Tickets as a table."""
    rows = table(
        ("ticket", "left"), ("kind", "left"), ("subject", "left"), ("step", "left"), ("queue", "left"),
        ("assigned to", "left"), ("priority", "left"), ("due", "left"),
    )  # fmt: skip
    for row in tickets:
        due = f"{row.due_at:%Y-%m-%d %H:%M}" if row.due_at else ""
        where = ", ".join(row.steps) or row.state
        add(rows, row.number, row.kind, row.subject, where, row.queue, row.assignee, row.priority, due)
    console().print(rows)


def _write_csv(context: typer.Context, words: dict[str, Any], file: Path, asof: str | None, as_json: bool) -> None:
    from adapters.files.tickets_csv import write_tickets
    from adapters.views.work.tickets import ListTickets

    with file.open("w", encoding="utf-8", newline="") as opened:
        count = write_tickets(opened, ask_all(context, ListTickets, words, asof))
    if as_json:
        print_json({"tickets": count, "file": str(file)})
    else:
        tell(f"{counted(count, 'ticket')} written to {file}")


def show_my_work(
    context: typer.Context,
    operator: Annotated[
        str, typer.Option("--operator", metavar="OPERATOR", help="Of this operator; by default your own.")
    ] = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Show the open tickets of an operator, the most urgent first: assigned, of the operator's crews, and watched."""
    from adapters.views.work.tickets import ShowMyWork

    found = ask(context, ShowMyWork, {"operator": operator, "limit": min(limit, 1_000)}, asof)
    if as_json:
        print_json(found)
        return
    for title, tickets in (("Assigned", found.assigned), ("Of my crews", found.of_crews), ("Watched", found.watched)):
        tell(title, "bold")
        if tickets:
            show_tickets(tickets)
        else:
            tell("  none")


def show_ticket(
    context: typer.Context,
    ticket: Annotated[str, typer.Argument(metavar="TICKET")],
    asof: AsOfName = None,
    as_json: AsJson = False,
) -> None:
    """Show a ticket with its history and what can be done now."""
    from adapters.views.work.tickets import ShowTicket

    card = ask(context, ShowTicket, {"ticket": ticket}, asof)
    if as_json:
        print_json(card)
        return
    row = card.ticket
    tell(f"{row.number} {row.subject}")
    tell(f"{row.kind}, {row.state}, in {row.queue}, assigned to {row.assignee or 'nobody'}, priority {row.priority}")
    if row.customer:
        tell(f"customer {row.customer}{f', account {row.account}' if row.account else ''}")
    for step in card.steps:
        tell(f"now at {step.step}{f': {step.title}' if step.title else ''}")
        for field in step.form:
            tell(f"  asks for {field.code}{f': {field.title}' if field.title else ''}")
        for move in step.moves:
            tell(f"  {move.resolution or f'to {move.to}'}{f': {move.title}' if move.title else ''}")
    for action in row.actions:
        tell(f"to be done by itself: {action}")
    for text, others in (
        ("gathered by the outage", [card.outage] if card.outage else []),
        ("there is an outage of its place:", [card.known_outage] if card.known_outage else []),
        ("gathers", card.gathered),
        ("may be the same trouble as", [each.number for each in card.similar]),
        ("open now with", card.held_by),
    ):
        if others:
            tell(f"{text} {', '.join(others)}")
    rows = table(("when", "left"), ("who", "left"), ("what", "left"))
    for line in card.history:
        add(rows, f"{line.recorded_at:%Y-%m-%d %H:%M}", line.actor, line.what)
    console().print(rows)


COMMANDS = {"work ticket": show_ticket, "work mine": show_my_work}
