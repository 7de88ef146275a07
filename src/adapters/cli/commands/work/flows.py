"""Flows: list them, check a file, publish it; those that come with the program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.options import AsJson, File
from adapters.cli.session import opened, opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, table, tell
from billing_core.kernel.errors import BillingError

# How files with diagrams end.
DIAGRAMS = (".bpmn", ".xml")
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")]


def list_flows(context: typer.Context, as_json: AsJson = False) -> None:
    """List the flows of tickets, each in its newest version."""
    from projections.work.flows import list_flows as find_flows

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
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
    """Check a flow in YAML, or a BPMN diagram alone, without publishing it.

    Exit code 1 if anything is wrong, with the list of faults.
    """
    if file.suffix in DIAGRAMS:
        faults, good = _faults_of_diagram(file), "the diagram can be run."
    else:
        flow, faults = _read(file)
        good = "" if faults else f"tickets of the kind {flow.kind} can go by this flow."
    if as_json:
        print_json({"faults": faults})
    elif faults:
        for fault in faults:
            tell(fault)
    else:
        tell(f"{file}: {good}")
    if faults:
        raise typer.Exit(1)


def publish_flow(context: typer.Context, file: File, dry_run: DryRun = False) -> None:
    """Publish the flow in a file: new tickets of its kind go by it from now on."""
    flow, faults = _read(file)
    if faults:
        for fault in faults:
            tell(fault)
        raise typer.Exit(1)
    with opened(context) as app:
        _publish(app, context, flow, dry_run)


def list_ready_flows(context: typer.Context, as_json: AsJson = False) -> None:
    """List the flows that come with the program, ready to be published."""
    from adapters.edge.models import written
    from adapters.files.flows import ready_flows

    found = [file.flow for file in ready_flows()]
    if as_json:
        print_json({"flows": [written(flow) for flow in found]})
        return
    rows = table(("kind", "left"), ("title", "left"), ("queue", "left"), ("steps", "left"))
    for flow in found:
        add(rows, flow.kind, flow.title, flow.queue, ", ".join(step.code for step in flow.steps))
    console().print(rows)


def publish_ready_flows(
    context: typer.Context,
    kinds: Annotated[list[str] | None, typer.Argument(metavar="[KIND]...", show_default=False)] = None,
    dry_run: DryRun = False,
) -> None:
    """Publish flows that come with the program: those of the kinds that are named, or all."""
    from adapters.files.flows import ready_flow, ready_flows

    found = [ready_flow(kind) for kind in kinds] if kinds else ready_flows()
    with opened(context) as app:
        for file in found:
            _publish(app, context, file.flow, dry_run)


def show_ready_flow(
    context: typer.Context, kind: Annotated[str, typer.Argument(metavar="KIND", show_default=False)]
) -> None:
    """Print the file of a flow that comes with the program, to be changed and published."""
    from adapters.files.flows import ready_text

    typer.echo(ready_text(kind), nl=False)


def _publish(app: Any, context: typer.Context, flow: Any, dry_run: bool) -> None:
    from commands.work.flows import PublishFlow

    give = app.bus.rehearse if dry_run else app.bus.execute
    answer = give(PublishFlow(flow=flow), origin_of(context))
    if dry_run:
        tell(f"It would be version {answer.result['version']} of the flow {flow.kind}.")
    elif answer.position:
        tell(f"Version {answer.result['version']} of the flow {flow.kind} is published.")
    else:
        tell(f"This is version {answer.result['version']} of the flow {flow.kind} already.")


def _faults_of_diagram(file: Path) -> list[str]:
    """What hinders a diagram from being run."""
    from adapters.bpmn.reading import faults_of
    from adapters.bpmn.safe_xml import text_of

    try:
        return [str(fault) for fault in faults_of(text_of(file.read_bytes()))]
    except BillingError as error:
        return [str(error)]


def _read(file: Any) -> tuple[Any, list[str]]:
    """The flow in a file, and what is wrong with it."""
    from adapters.files.flows import read_flow

    try:
        found = read_flow(file)
    except BillingError as error:
        return None, [str(error)]
    return found.flow, found.faults()


COMMANDS = {
    "work flows": list_flows, "work check-flow": check_flow, "work publish-flow": publish_flow,
    "work ready-flows": list_ready_flows, "work ready-flow": show_ready_flow,
    "work publish-ready-flows": publish_ready_flows,
}  # fmt: skip
