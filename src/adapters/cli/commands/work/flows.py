"""Flows: list them, check a file, publish it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from adapters.cli.options import AsJson, File
from adapters.cli.session import opened, opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, table, tell
from billing_core.kernel.errors import BillingError


def list_flows(context: typer.Context, as_json: AsJson = False) -> None:
    """List the flows of tickets, each in its newest version."""
    from projections.work.flows import list_flows as find_flows

    with opened_to_read(context) as app, app.queries.transaction() as cursor:
        found = find_flows(cursor, "", 1_000)
    if as_json:
        print_json({"flows": found})
        return
    if not found:
        tell("No flow is published yet; `billing work publish-flow FILE` publishes one.")
        return
    rows = table(("kind", "left"), ("title", "left"), ("version", "right"), ("queue", "left"), ("steps", "left"))
    for row in found:
        title = f"{row.title} (withdrawn)" if row.is_withdrawn else row.title
        add(rows, row.kind, title, row.version, row.queue, ", ".join(row.steps))
    console().print(rows)


def check_flow(context: typer.Context, file: File, as_json: AsJson = False) -> None:
    """Check a flow in a file without publishing it; exit code 1 if anything is wrong, with the list of faults."""
    flow, faults = _read(file)
    if as_json:
        print_json({"faults": faults})
    elif faults:
        for fault in faults:
            tell(fault)
    else:
        tell(f"{file}: tickets of the kind {flow.kind} can go by this flow.")
    if faults:
        raise typer.Exit(1)


def publish_flow(
    context: typer.Context,
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")] = False,
) -> None:
    """Publish the flow in a file: new tickets of its kind go by it from now on."""
    from commands.work.flows import PublishFlow

    flow, faults = _read(file)
    if faults:
        for fault in faults:
            tell(fault)
        raise typer.Exit(1)
    with opened(context) as app:
        give = app.bus.rehearse if dry_run else app.bus.execute
        answer = give(PublishFlow(flow=flow), origin_of(context))
    if dry_run:
        tell(f"It would be version {answer.result['version']} of the flow {flow.kind}.")
    elif answer.position:
        tell(f"Version {answer.result['version']} of the flow {flow.kind} is published.")
    else:
        tell(f"This is version {answer.result['version']} of the flow {flow.kind} already.")


def _read(file: Any) -> tuple[Any, list[str]]:
    """The flow in a file, and what is wrong with it."""
    from adapters.files.flows import read_flow

    try:
        found = read_flow(file)
    except BillingError as error:
        return None, [str(error)]
    return found.flow, found.faults()


COMMANDS = {"work flows": list_flows, "work check-flow": check_flow, "work publish-flow": publish_flow}
