"""Maintenance of the database: list and rebuild read models, check all invariants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.failures import REFUSED
from adapters.cli.options import AsJson
from adapters.cli.session import opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, table, tell
from billing_core.kernel.errors import NotFound

if TYPE_CHECKING:
    from projections.platform.check import Finding


def list_projections(context: typer.Context, as_json: AsJson = False) -> None:
    """List read models with version, position and lag.

    The lag is the number of events that a read model does not show yet, and the age of the oldest of them in seconds.
    If an open transaction holds these events back, it is named.
    """
    from projections.platform.lag import log_lag, model_lags
    from projections.platform.runner import LIVE_SCHEMA

    with opened(context) as app:
        with app.tables.transaction(LIVE_SCHEMA) as cursor:
            found = model_lags(cursor, app.projections, origin_of(context).recorded_at)
        log = log_lag(app.log, found)
    if as_json:
        print_json({"projections": found, "log": log})
        return
    rows = table(
        ("read model", "left"), ("version", "right"), ("position", "right"), ("events behind", "right"),
        ("seconds behind", "right"), ("", "left"),
    )  # fmt: skip
    for model in found:
        built = "was never built" if model.built_version is None else f"was built by version {model.built_version}"
        mending = f"{built}; run `billing rebuild --changed`" if model.is_outdated else ""
        add(rows, model.name, model.version, model.position, model.lag_events, model.lag_seconds, mending)
    console().print(rows)
    if log.holder:
        tell(f"Positions {log.final_position + 1:,} to {log.newest_position:,} cannot be shown yet: {log.holder}.")


def show_metrics(context: typer.Context) -> None:
    """Print figures for monitoring, in the text format of Prometheus.

    Shows how far the log is final and sealed, the lag of each read model, and the number of parked accounts. Let a
    timer write the output to a file for the textfile collector of the node exporter.
    """
    from adapters.monitoring.metrics import exposition

    with opened(context) as app:
        figures = exposition(app, origin_of(context).recorded_at)
    typer.echo(figures, nl=False)


def rebuild(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The read model; by default all.")] = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only those that were built by another version of the program, or never.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Build read models again from the first event.

    They are built next to the live ones, which stay in use meanwhile, and then replace them.
    """
    from adapters.jobs.maintenance import RebuildReadModels, rebuild_read_models

    try:
        asked = RebuildReadModels(name=name or "", only_changed=changed)
    except NotFound as error:
        raise typer.BadParameter(str(error), param_hint="NAME") from None
    origin = origin_of(context)
    with opened(context) as app:
        done = rebuild_read_models(asked, work_of(app, origin))
    if as_json:
        print_json(done)
    elif done.position is None:
        tell("Nothing to rebuild: every read model was built by this version of the program.")
    else:
        tell(f"Rebuilt {', '.join(done.rebuilt)}; up to date at position {done.position:,}.")


def check(
    context: typer.Context,
    mend: Annotated[
        bool, typer.Option("--mend-claims", help="First make the claims again from the events, then check.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check all invariants.

    Every invariant is checked on the whole store, and the live tables are compared with tables built anew from the
    events. Claims (payment ids, document numbers and such) that are missing or wrong can be made again from the events;
    the program may be in use meanwhile.
    """
    from adapters.jobs.maintenance import CheckBooks, check_books

    origin = origin_of(context)
    with opened(context) as app:
        mended = app.mend_claims() if mend else {}
        findings = check_books(CheckBooks(), work_of(app, origin))
    if as_json:
        print_json({"clean": is_clean(findings), "mended_claims": mended, "findings": findings})
    else:
        if mend:
            tell(f"Claims: {', '.join(f'{count:,} {fault}' for fault, count in mended.items()) or 'none wrong'}.")
        tell_findings(findings)
    if not is_clean(findings):
        raise typer.Exit(REFUSED)


def is_clean(findings: list[Finding]) -> bool:
    return not any(finding.offenders for finding in findings)


def tell_findings(findings: list[Finding]) -> None:
    """Every invariant, with ok or its first violations."""
    for finding in findings:
        tell(f"{'BROKEN' if finding.offenders else 'ok':7}{finding.invariant}", "bold" if finding.offenders else "")
        for offender in finding.offenders:
            tell(f"         {offender}")
    broken = sum(1 for finding in findings if finding.offenders)
    tell(f"{broken} of {len(findings)} do not hold." if broken else f"All {len(findings)} hold.", "bold")


COMMANDS = {"projections": list_projections, "metrics": show_metrics, "rebuild": rebuild, "check": check}
