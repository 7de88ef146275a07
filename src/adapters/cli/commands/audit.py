"""Who did what, when and from where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from adapters.cli.options import AsJson, Limit, parse_id
from adapters.cli.session import opened_to_read
from adapters.cli.show import print_json, say_more, tell, tell_wrapped
from adapters.cli.times import LocalTimes, local_times
from commands.platform.answers import plain

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from projections.platform.projection import LoggedEvent

MOST_EVENTS = 1_000_000
INDENT = 10


def show_audit(
    context: typer.Context,
    customer: Annotated[
        str, typer.Option("--customer", metavar="NUMBER", help="Only this customer and its accounts.")
    ] = "",
    actor: Annotated[str, typer.Option("--actor", metavar="NAME", help="Only changes by this person.")] = "",
    correlation: Annotated[
        UUID | None,
        typer.Option(
            "--correlation",
            metavar="UUID",
            parser=parse_id,
            help="Only changes of one operation: a run, a list of corrections.",
        ),
    ] = None,
    before: Annotated[
        int | None, typer.Option("--before", metavar="POSITION", min=1, help="Start before this position.")
    ] = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Show who changed what, when and from where.

    The newest change comes first. Every event is listed: none can be written without its author.
    """
    with opened_to_read(context) as app:
        if correlation is not None:
            if customer or actor:
                raise typer.BadParameter("cannot be combined with --customer or --actor", param_hint="--correlation")
            found, more = _of_correlation(app, correlation, before, limit)
        elif customer:
            found, more = _of_customer(app, customer, actor, before, limit)
        else:
            found, more = _of_everybody(app, actor, before, limit)
        times = local_times(context, {entry.stream for entry in found})
    if as_json:
        print_json({"changes": [as_document(entry) for entry in found], "more": more})
        return
    if not found:
        tell("No changes found.")
        return
    tell_changes(found, times)
    say_more(more, f"use --before {found[-1].position} or --limit")


def _of_customer(
    app: Application, customer: str, actor: str, before: int | None, limit: int
) -> tuple[Sequence[LoggedEvent], int]:
    from adapters.bootstrap.registry import streams_of_customer
    from billing_core.kernel.errors import NotFound
    from projections.platform.runner import LIVE_SCHEMA

    with app.tables.transaction(LIVE_SCHEMA) as cursor:
        streams = streams_of_customer(cursor, customer)
    events = app.log.of_streams(streams, MOST_EVENTS, before)
    if not events and before is None:
        raise NotFound("no such customer", field="customer", value=customer)
    found = [entry for entry in events if not actor or entry.origin.actor == actor]
    return found[:limit], max(0, len(found) - limit)


def _of_correlation(
    app: Application, correlation: UUID, before: int | None, limit: int
) -> tuple[Sequence[LoggedEvent], int]:
    from projections.audit import stretches_of_correlation
    from projections.platform.runner import LIVE_SCHEMA

    with app.tables.transaction(LIVE_SCHEMA) as cursor:
        stretches = stretches_of_correlation(cursor, correlation)
    found, count = app.log.of_correlation(correlation, stretches, limit, before)
    return found, count - len(found)


def _of_everybody(app: Application, actor: str, before: int | None, limit: int) -> tuple[Sequence[LoggedEvent], int]:
    from projections.audit import count_changes, positions_by_actor
    from projections.platform.runner import LIVE_SCHEMA

    with app.tables.transaction(LIVE_SCHEMA) as cursor:
        positions = positions_by_actor(cursor, actor, limit, before) if actor else None
        count = count_changes(cursor, actor or None, before)
    found = app.log.newest(limit, before) if positions is None else app.log.at_positions(positions)
    return found, max(0, count - len(found))


def tell_changes(found: Sequence[LoggedEvent], times: LocalTimes) -> None:
    """Each change with its position, when and by whom it was recorded, and below it what it says."""
    from adapters.texts.sentences import event_name, sentence

    zone = f" ({times.zone_name})" if times.zone_name else ""
    tell(f"position  recorded{zone}", "dim")
    for entry in found:
        place = f"{entry.origin.actor}, {entry.origin.channel} on {entry.origin.source}"
        tell(f"{entry.position:>8}  {times.text(entry.recorded_at, entry.stream)}  {place}")
        what = f"{entry.stream} {event_name(entry.event)} on {entry.event.effective_on}"
        tell_wrapped(what, INDENT)
        tell_wrapped(sentence(entry.event), INDENT)


def as_document(entry: LoggedEvent) -> dict[str, Any]:
    from adapters.texts.sentences import event_name, sentence

    return {
        "position": entry.position,
        "recorded_at": entry.recorded_at,
        "origin": entry.origin,
        "stream": entry.stream,
        "version": entry.version,
        "event": event_name(entry.event),
        "effective_on": entry.event.effective_on,
        "what": sentence(entry.event),
        "content": plain(entry.event),
    }


COMMANDS = {"audit": show_audit}
