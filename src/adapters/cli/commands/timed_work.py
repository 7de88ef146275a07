"""Timed work: what is done every night, how it went the last time, and starting it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.failures import REFUSED
from adapters.cli.groups import Group
from adapters.cli.options import AsJson
from adapters.cli.progress import progress
from adapters.cli.session import opened, origin_of
from adapters.cli.show import add, console, print_json, say, table, tell
from adapters.cli.times import LocalTimes, local_times

if TYPE_CHECKING:
    from adapters.bootstrap.automation import Automation
    from commands.platform.timed_work import WorkRecord

PURPOSE = """List the nightly work: start, end and result of the last time, and the next time.

`billing worker` does it at its time; missed work is done once. Times of day are those of the sellers'
time zone.
"""


def list_timed_work(context: typer.Context, as_json: AsJson = False) -> None:
    """List works with what came of them."""
    from adapters.bootstrap.automation import automation_of
    from commands.platform.timed_work import next_due_at

    if context.invoked_subcommand is not None:
        return
    with opened(context) as app:
        automation = automation_of(app)
        automation.works.register()
        works = automation.works.works
        times = local_times(context)
        records = {name: _seen(automation, record) for name, record in automation.work_records.records().items()}
    due = {name: next_due_at(work.at, records[name].last_on) for name, work in works.items()}
    if as_json:
        print_json({"works": [{"next_due_at": due[name], "record": records[name]} for name in works]})
        return
    rows = table(("work", "left"), ("next due", "right"), ("last done for", "left"), ("the last time", "left"))
    for name in works:
        record = records[name]
        add(rows, name, f"{due[name]:%Y-%m-%d %H:%M}", record.last_on, _last_time(record, times))
    console().print(rows)


def _last_time(record: WorkRecord, times: LocalTimes) -> str:
    """When a work was done the last time, by whom, and its result."""
    if record.started_at is None:
        return record.state
    started, ended = times.text(record.started_at), times.text(record.ended_at)
    by = f" by {record.started_by}" if record.started_by else ""
    return f"{record.state}: started {started}{by}{f', ended {ended}' if ended else ''}\n{record.outcome}".rstrip()


def start(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="WORK")], as_json: AsJson = False
) -> None:
    """Do a work now, or as soon as the one that runs has ended.

    Before its time of day it counts as done for yesterday, so that it is done again at its time; afterwards for today.
    """
    from adapters.bootstrap.automation import automation_of

    with opened(context) as app, progress(name, "steps", closing_line=False) as advance:
        automation = automation_of(app, progress=advance)
        if name not in automation.works.works:
            known = ", ".join(automation.works.works)
            raise typer.BadParameter(f"{name!r} is no timed work; these are: {known}", param_hint="WORK")
        if automation.work_records.is_any_running():
            say("Another work is under way; this one waits for it to end.")
        record = automation.works.start(name, origin_of(context).actor)
    if as_json:
        print_json(record)
    else:
        tell(f"{name}: {record.state}: {record.outcome}")
    if record.state != "done":
        raise typer.Exit(REFUSED)


def _seen(automation: Automation, record: WorkRecord) -> WorkRecord:
    """A record of state `running` while no process works belongs to one that was killed."""
    import msgspec

    if record.state == "running" and not automation.work_records.is_any_running():
        return msgspec.structs.replace(record, state="interrupted", outcome="its process was killed")
    return record


COMMANDS = {"timed-work start": start}
GROUPS = {"timed-work": Group(PURPOSE, listing=list_timed_work)}
