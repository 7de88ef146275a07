"""What is done for reports on the server: months go to the archive, and a role may read their views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson
from adapters.cli.session import opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, table, tell

if TYPE_CHECKING:
    from adapters.bootstrap.report_archive import WrittenMonth


def archive(
    context: typer.Context,
    before: Annotated[str, typer.Option("--before", metavar="MONTH", help="All months before this one: 2026-05.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write months of reports to Parquet files; those that have changed since are written again.

    The setting `report_archive` names the folder. `billing report NAME --archive` reads the files.
    """
    from adapters.jobs.reports.archive import ArchiveReports, archive_reports

    asked = ArchiveReports(before=before)
    with opened(context) as app:
        found = archive_reports(asked, work_of(app, origin_of(context), dry_run=dry_run))
    if as_json:
        print_json({"dry_run": dry_run, "months": found})
    else:
        _tell(found, is_done=not dry_run)


def _tell(found: list[WrittenMonth], *, is_done: bool) -> None:
    if not found:
        tell("Every month is archived as it is.")
        return
    tell("Written" if is_done else "Would be written; nothing was", "bold")
    rows = table(("view", "left"), ("month", "left"), ("rows", "right"), ("", "left"))
    for each in found:
        add(rows, each.view, each.month, each.rows, "again" if each.is_again else "")
    console().print(rows)


def access(
    context: typer.Context,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="A role of the database that may log in.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="Take the right away.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let a role of the database read the views of reports, those made later too, and nothing else.

    The administrator of the database makes the role first: CREATE ROLE analyst LOGIN PASSWORD '...'.
    """
    with opened(context) as app:
        (app.refuse_reports if revoke else app.allow_reports)(role)
    if as_json:
        print_json({"role": role, "may_read": not revoke})
    else:
        tell(f"Role {role} may {'no longer ' if revoke else ''}read the views of the schema report.")


GROUPS = {"reports": Group("The archive of reports, who may read their views by SQL, and the forecast of revenue.")}
COMMANDS = {"reports archive": archive, "reports access": access}
