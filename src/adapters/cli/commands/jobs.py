"""Jobs: long work that was asked for over HTTP; how far it is, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson, Limit
from adapters.cli.session import opened, origin_of
from adapters.cli.show import add, console, print_json, table, tell

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.bootstrap.application import Application
    from adapters.postgres.jobs import JobRecord, PostgresJobs

PURPOSE = """List jobs: long work that was asked for over HTTP and is done by `billing worker` or `billing serve`.

The newest come first. A job whose worker was killed is taken up again.
"""
Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="The number in the list of jobs.")]


def list_jobs(
    context: typer.Context,
    before: Annotated[
        int | None, typer.Option("--before", metavar="NUMBER", help="Only those before this number.")
    ] = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List jobs, the newest first."""
    if context.invoked_subcommand is not None:
        return
    with opened(context) as app:
        found = _jobs(app).newest(None, "", limit, before)
    if as_json:
        print_json({"jobs": found})
        return
    if not found:
        tell("No job was asked for yet.")
        return
    rows = table(
        ("job", "right"), ("kind", "left"), ("by", "left"), ("asked", "left"), ("state", "left"), ("progress", "left"),
        ("reason", "left"),
    )  # fmt: skip
    for job in found:
        add(rows, job.number, job.kind, job.actor, _instant(job.asked_at), job.state, _progress(job), job.reason)
    console().print(rows)


def show(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Show a job with what came of it."""
    with opened(context) as app:
        jobs = _jobs(app)
        job, result = _found(jobs, number), jobs.result(number)
    if as_json:
        print_json({"job": job, "result": result})
        return
    tell(f"Job {number}: {job.kind}{', nothing is written' if job.is_dry_run else ''}", "bold")
    for name, value in job.fields.items():
        tell(f"  {name}: {value}")
    tell(f"  asked for by {job.actor} from {job.source}, {_instant(job.asked_at)}")
    tell(f"  {job.state}{f', {_progress(job)}' if job.progress.step else ''}")
    if job.cancelled_by is not None:
        tell(f"  cancelled by {job.cancelled_by}")
    if job.reason:
        tell(f"  {job.reason}")
    if result is not None:
        print_json(result)
    tell(f"See every change with `billing audit --correlation {job.command_id}`")


def cancel(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """End a job: at once if it waits, else at its next safe point. What was done is kept."""
    from billing_core.kernel.errors import RuleViolation

    with opened(context) as app:
        jobs = _jobs(app)
        if not jobs.cancel(_found(jobs, number).number, origin_of(context).actor):
            raise RuleViolation(f"has ended: it is {_found(jobs, number).state}", field="job", value=number)
        job = _found(jobs, number)
    if as_json:
        print_json({"job": job})
    else:
        tell(f"Job {number} is cancelled." if job.has_ended else f"Job {number} ends at its next safe point.")


def _jobs(app: Application) -> PostgresJobs:
    from adapters.postgres.jobs import PostgresJobs

    return PostgresJobs(app.tables)


def _found(jobs: PostgresJobs, number: int) -> JobRecord:
    from billing_core.kernel.errors import NotFound

    job = jobs.find(number)
    if job is None:
        raise NotFound("no such job; `billing jobs` lists them", field="job", value=number)
    return job


def _progress(job: JobRecord) -> str:
    """`Billing until 2026-02-02: 2,000 of 5,000 accounts`."""
    progress = job.progress
    total = "" if progress.total is None else f" of {progress.total:,}"
    return f"{progress.step}: {progress.done:,}{total} {progress.unit}" if progress.step else ""


def _instant(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


COMMANDS = {"jobs show": show, "jobs cancel": cancel}
GROUPS = {"jobs": Group(PURPOSE, listing=list_jobs)}
