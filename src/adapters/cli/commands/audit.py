"""The LOG: who did what, when and from where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from adapters.cli.options import AsJson, Limit, parse_id, parse_instant
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import print_json, say, tell, tell_wrapped
from adapters.cli.times import LocalTimes, local_times
from adapters.texts.amounts import counted

if TYPE_CHECKING:
    from adapters.views.audit import Change, ListChanges
    from adapters.views.query import Page, Reading

INDENT = 10


def show_audit(
    context: typer.Context,
    customer: Annotated[
        str, typer.Option("--customer", metavar="NUMBER", help="Only this customer and its accounts.")
    ] = "",
    dealer: Annotated[
        str, typer.Option("--dealer", metavar="CODE", help="Only this dealer, its customers and their accounts.")
    ] = "",
    stream: Annotated[
        str, typer.Option("--object", metavar="KIND/CODE", help="Only this object, as account/1001 or tariff/net.")
    ] = "",
    actor: Annotated[str, typer.Option("--actor", metavar="NAME", help="Only changes by this person.")] = "",
    event: Annotated[
        str, typer.Option("--event", metavar="NAME", help="Only this kind of change, as payment-received.")
    ] = "",
    source: Annotated[
        str, typer.Option("--source", metavar="ADDRESS", help="Only changes from this address or machine.")
    ] = "",
    correlation: Annotated[
        UUID | None,
        typer.Option(
            "--correlation",
            metavar="UUID",
            parser=parse_id,
            help="Only changes of one operation: a run, a list of corrections.",
        ),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", metavar="INSTANT", parser=parse_instant, help="Only changes recorded from then on."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", metavar="INSTANT", parser=parse_instant, help="Only changes recorded before."),
    ] = None,
    before: Annotated[
        int | None, typer.Option("--before", metavar="POSITION", min=1, help="Start before this position.")
    ] = None,
    reads: Annotated[
        bool,
        typer.Option("--reads", help="Who read personal data over HTTP instead, of --customer or by --actor."),
    ] = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", dir_okay=False, help="Write them into a CSV file.")
    ] = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Show who changed what, when and from where.

    The newest change comes first. Every event is listed: none can be written without its author. Several options narrow
    the list further. `billing refused-attempts` shows what was tried in vain.

    Reads are kept if the server runs with BILLING_KEEP_PERSONAL_READS=true.
    """
    if reads:
        if any((dealer, stream, event, source, correlation, since, until, csv)):
            raise typer.BadParameter("--reads goes with --customer, --actor, --before, --limit and --json alone")
        _show_reads(context, customer, actor, before, limit, as_json=as_json)
        return
    from adapters.views.audit import ListChanges
    from adapters.views.query import Reading

    with opened_to_read(context) as app:
        times = local_times(context)
        query = ListChanges(
            customer=customer,
            dealer=dealer,
            stream=stream,
            actor=actor,
            event=event,
            source=source,
            correlation=correlation,
            since=since and times.instant(since),
            until=until and times.instant(until),
            before=before,
        )
        page = _pages(query, Reading(app, app.queries, origin_of(context).today), limit)
        times = local_times(context, {change.stream for change in page.items})
    if as_json:
        print_json({"changes": page.items, "next": page.next})
    elif csv is not None:
        _write_csv(csv, page)
    else:
        _tell_page(page, times)


def _tell_page(page: Page[Change], times: LocalTimes) -> None:
    if not page.items:
        tell("No changes found.")
        return
    tell_changes(page.items, times)
    _say_more(page)


def _say_more(page: Page[Change]) -> None:
    if page.next is not None:
        say(f"... there are more: use --before {page.next} or --limit")


def _pages(query: ListChanges, reading: Reading, limit: int) -> Page[Change]:
    """So many changes, in as many pages as that takes."""
    from msgspec.structs import replace

    from adapters.views.audit import list_changes
    from adapters.views.query import MOST_AT_ONCE, Page

    found: list[Change] = []
    while True:
        page = list_changes(replace(query, limit=min(limit - len(found), MOST_AT_ONCE)), reading)
        found += page.items
        if page.next is None or len(found) >= limit:
            return Page(found, page.next)
        query = replace(query, before=int(page.next))


def _write_csv(file: Path, page: Page[Change]) -> None:
    from adapters.files.changes_csv import write_changes

    with file.open("w", encoding="utf-8", newline="") as into:
        write_changes(into, page.items)
    say(f"{counted(len(page.items), 'change')} written to {file}")
    _say_more(page)


def tell_changes(found: Sequence[Change], times: LocalTimes) -> None:
    """Each change with its position, when and by whom it was recorded, and below it what it says."""
    zone = f" ({times.zone_name})" if times.zone_name else ""
    tell(f"position  recorded{zone}", "dim")
    for change in found:
        person = f"{change.actor} for {change.requested_by}" if change.requested_by else change.actor
        place = f"{person}, {change.channel} on {change.source}"
        tell(f"{change.position:>8}  {times.text(change.recorded_at, change.stream)}  {place}")
        tell_wrapped(f"{change.stream} {change.event} on {change.effective_on}", INDENT)
        tell_wrapped(change.what, INDENT)


def _show_reads(
    context: typer.Context, customer: str, actor: str, before: int | None, limit: int, *, as_json: bool
) -> None:
    from adapters.postgres.personal_reads import PostgresPersonalReads

    with opened_to_read(context) as app:
        found = PostgresPersonalReads(app.tables).newest(customer, actor, limit, before)
        times = local_times(context)
    if as_json:
        print_json({"personal_reads": found})
        return
    if not found:
        tell("No reads of personal data are kept.")
    for read in found:
        place = f"{read.actor}, {read.channel} on {read.source}"
        tell(f"{read.number:>8}  {times.text(read.read_at)}  {place}")
        tell_wrapped(
            f"{read.query}: customer{'s' if len(read.customers) > 1 else ''} {', '.join(read.customers)}", INDENT
        )


def show_refused(
    context: typer.Context,
    actor: Annotated[str, typer.Option("--actor", metavar="NAME", help="Only attempts by this person.")] = "",
    before: Annotated[
        int | None, typer.Option("--before", metavar="NUMBER", min=1, help="Start before this number.")
    ] = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Show who tried what in vain over HTTP, signing in included, when, from where, and why it was refused.

    The newest attempt comes first.
    """
    from adapters.postgres.refused_attempts import PostgresRefusedAttempts

    with opened_to_read(context) as app:
        found = PostgresRefusedAttempts(app.tables).newest(actor, limit, before)
        times = local_times(context)
    if as_json:
        print_json({"refused_attempts": found})
        return
    if not found:
        tell("Nothing was refused.")
    for attempt in found:
        place = f"{attempt.actor}, {attempt.channel} on {attempt.source}"
        tell(f"{attempt.number:>8}  {times.text(attempt.refused_at)}  {place}")
        tell_wrapped(f"{attempt.attempt}: {attempt.reason}", INDENT)


COMMANDS = {"audit": show_audit, "refused-attempts": show_refused}
