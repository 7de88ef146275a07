"""What opens tickets by itself and who gets them: causes with their rules, similar tickets, rules of assignment."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.options import AsJson, Limit
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say_more, table, tell


def list_causes(
    context: typer.Context,
    after: Annotated[str, typer.Option("--after", metavar="NAME", help="Start after this cause.")] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the causes that are there now, with the tickets that they opened, and the rules by which they do.

    `billing do set-cause-rule` says which ticket a cause opens; monitoring systems give `billing do report-condition`.
    """
    from projections.work.causes import list_cause_rules, list_causes

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        rules, found = list_cause_rules(cursor), list_causes(cursor, after, limit + 1)
    if as_json:
        print_json({"rules": rules, "causes": found[:limit], "is_more": len(found) > limit})
        return
    for row in rules:
        whose = f" of seller {row.seller}" if row.seller else ""
        tell(f"{row.cause}{whose} opens a {row.rule.kind} ticket: {row.rule.subject}")
    if not rules:
        tell("No cause opens tickets yet; `billing do set-cause-rule` makes one do so.")
    if not found:
        tell("No cause is there now.")
        return
    rows = table(("cause", "left"), ("since", "left"), ("ticket", "left"))
    for each in found[:limit]:
        add(rows, each.name, f"{each.since:%Y-%m-%d %H:%M}", each.ticket)
    console().print(rows)
    say_more(len(found) - limit, f"see the following with --after {found[-1].name}, or with --limit")


def list_similar(
    context: typer.Context, ticket: Annotated[str, typer.Argument(metavar="TICKET")], as_json: AsJson = False
) -> None:
    """List open tickets that may be the same trouble as a ticket, each with the reasons.

    `billing do gather-tickets` lets an outage gather them, `billing do close-ticket` closes one as a duplicate.
    """
    from adapters.views.query import Reading, queries
    from adapters.views.work.around import ListSimilarTickets

    with opened_to_read(context) as app:
        query = ListSimilarTickets(ticket=ticket)
        found = queries()[ListSimilarTickets](query, Reading(app, app.queries, origin_of(context).today)).tickets
    if as_json:
        print_json({"tickets": found})
        return
    if not found:
        tell("No open ticket is about the same address, node, device, account or product.")
        return
    rows = table(("ticket", "left"), ("kind", "left"), ("subject", "left"), ("queue", "left"), ("the same", "left"))
    for row in found:
        add(rows, row.number, row.kind, row.subject, row.queue, ", ".join(row.reasons))
    console().print(rows)


def list_assignment(context: typer.Context, as_json: AsJson = False) -> None:
    """List the rules by which tickets are assigned, in their order, and the operators who are away or will be.

    `billing do set-assignment-rules` sets them, `billing do record-operator-absence` notes who is away.
    """
    from projections.work.assignment import list_absences, list_assignment_rules

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        rules, absences = list_assignment_rules(cursor), list_absences(cursor, origin_of(context).today)
    if as_json:
        print_json({"rules": rules, "absences": absences})
        return
    if not rules:
        tell("Tickets are assigned by hand; `billing do set-assignment-rules` sets rules.")
    else:
        rows = table(("queue", "left"), ("kinds", "left"), ("districts", "left"), ("skill", "left"), ("who", "left"))
        for rule in rules:
            who = ", ".join(candidate.operator for candidate in rule.candidates)
            add(rows, rule.queue, ", ".join(rule.kinds), ", ".join(rule.districts), rule.skill, who)
        console().print(rows)
    for row in absences:
        tell(f"{row.operator} is away from {row.from_on} up to {row.to_on}{f': {row.reason}' if row.reason else ''}")


COMMANDS = {"work causes": list_causes, "work similar": list_similar, "work assignment": list_assignment}
