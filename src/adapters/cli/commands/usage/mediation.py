"""Sources of usage: what they delivered, and the records that wait."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.options import AsJson, Limit
from adapters.cli.session import opened, opened_to_read, origin_of, work_of
from adapters.cli.show import add, console, print_json, say_more, table, tell

# Of a value, such as a whole line, before the reason would have no room.
MOST_SHOWN = 24
OfSource = Annotated[str, typer.Option("--source", metavar="NAME", help="Those of one source.")]
OfBatch = Annotated[str, typer.Option("--batch", metavar="NAME", help="Those of one batch.")]


def list_sources(
    context: typer.Context,
    after: Annotated[str, typer.Option("--after", metavar="SOURCE", help="Start after this source.")] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the sources of usage: how far each has delivered, which of its numbers are missing, and what waits.

    A source that numbers what it sends has delivered up to the newest record before the first number that is missing.
    The lag is how old its newest record was when its newest batch came.
    """
    from projections.usage.deliveries import sources_after

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = sources_after(cursor, after, limit + 1)
    shown = found[:limit]
    if as_json:
        print_json({"sources": shown, "more": len(found) - len(shown)})
        return
    if not shown:
        tell("No source has delivered usage yet.")
        return
    rows = table(("source", "left"), ("delivered until", "left"), ("lag", "right"), ("missing", "left"),
                 ("batches", "right"), ("records", "right"), ("waiting", "right"), ("last batch", "left"))  # fmt: skip
    for row in shown:
        until = f"{row.delivered_until:%Y-%m-%d %H:%M:%S} UTC" if row.delivered_until else "-"
        missing = ", ".join(f"{gap.first} to {gap.last}" for gap in row.missing[:3])
        more = f" and {len(row.missing) - 3} more" if len(row.missing) > 3 else ""
        lag = "-" if row.lag_seconds is None else f"{row.lag_seconds // 60:,} min"
        add(rows, row.source, until, lag, missing + more or "-", row.batches, row.taken, row.waiting, row.last_batch)
    console().print(rows)
    say_more(len(found) - len(shown), f"see them with --after {shown[-1].source}, or with --limit")


def list_waiting(
    context: typer.Context,
    source: OfSource = "",
    batch: OfBatch = "",
    after: Annotated[str, typer.Option("--after", metavar="PLACE", help="Start after SOURCE:BATCH:LINE.")] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the records of usage that were refused and wait, and for what.

    `billing usage retry` tries them again; `billing do dismiss-waiting-usage` gives them up.
    """
    from adapters.views.usage.mediation import place_of, read_place
    from projections.usage.waiting import waiting_after

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = waiting_after(cursor, read_place(after), limit + 1, source, batch)
    shown = found[:limit]
    if as_json:
        print_json({"waiting": shown, "more": len(found) - len(shown)})
        return
    if not shown:
        tell("No record of usage waits.")
        return
    rows = table(("place", "left"), ("field", "left"), ("value", "left"), ("reason", "left"))
    for row in shown:
        value = row.value if len(row.value) <= MOST_SHOWN else f"{row.value[:MOST_SHOWN]}..."
        add(rows, place_of(row), row.field, value, row.reason)
    console().print(rows)
    say_more(len(found) - len(shown), f"see them with --after {place_of(shown[-1])}, or with --limit")


def list_unbooked(
    context: typer.Context,
    after: Annotated[str, typer.Option("--after", metavar="PLACE", help="Start after this place.")] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the days of subscriptions whose records were taken and cannot be booked, and why.

    `billing usage retry` tries them again, as it is done every night.
    """
    from projections.usage.deliveries import unbooked_after

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = unbooked_after(cursor, after, limit + 1)
    shown = found[:limit]
    if as_json:
        print_json({"unbooked": shown, "more": len(found) - len(shown)})
        return
    if not shown:
        tell("All usage that was taken is booked, or waits for it.")
        return
    rows = table(("account", "left"), ("subscription", "left"), ("component", "left"), ("on", "left"),
                 ("records", "right"), ("reason", "left"), ("batch", "left"))  # fmt: skip
    for row in shown:
        reason = f"{row.field} {row.value}: {row.reason}"
        add(rows, row.account, row.subscription, row.component, row.on, row.records, reason, row.batch)
    console().print(rows)
    say_more(len(found) - len(shown), f"see them with --after {shown[-1].place}, or with --limit")


def retry_waiting(
    context: typer.Context,
    source: OfSource = "",
    batch: OfBatch = "",
    profile: Annotated[str, typer.Option("--profile", metavar="NAME", help="The profile that was mended.")] = "",
    as_json: AsJson = False,
) -> None:
    """Try the records of usage again that wait, and days that could not be booked.

    Lines that could not be read are read by the profile that was mended; without one by the profile by which they came,
    if that comes with the program. Those that can be taken now are a batch of their own, which names the batch in which
    they came.
    """
    from adapters.files.profile_files import load_usage_profile
    from adapters.jobs.usage.records import retry_refused
    from commands.usage.mediation import WaitingUsage

    mended = load_usage_profile(profile) if profile else None
    with opened(context) as app:
        found = retry_refused(WaitingUsage(source, batch), mended, work_of(app, origin_of(context)))
    if as_json:
        print_json(found)
        return
    tell(f"{found.taken:,} taken, {found.repeated:,} taken before, {found.waiting:,} still wait.")
    if found.booked:
        tell(f"{found.booked:,} booked that could not be booked before.")


COMMANDS = {
    "usage sources": list_sources,
    "usage waiting": list_waiting,
    "usage unbooked": list_unbooked,
    "usage retry": retry_waiting,
}
