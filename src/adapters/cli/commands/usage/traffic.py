"""Traffic: how much there was, top talkers, the busy hour, and growth."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.options import AsJson, Limit, parse_day
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say, table, tell

if TYPE_CHECKING:
    from projections.usage.traffic import TrafficRow

FromDay = Annotated[
    date | None, typer.Option("--from", metavar="DATE", parser=parse_day, help="From this day on; by default a month.")
]
ToDay = Annotated[
    date | None, typer.Option("--to", metavar="DATE", parser=parse_day, help="Up to this day, without it.")
]
By = Annotated[
    str,
    typer.Option(
        "--by", metavar="VALUE",
        help="network, kind, component, direction, subscriber, customer, tariff, product, dealer, city, address, or "
        "all together.",
    ),
]  # fmt: skip
Measured = Annotated[
    str,
    typer.Option("--measure", metavar="WHAT", help="records, seconds, quantity, bytes, bytes_in, or bytes_out."),
]
OfKind = Annotated[str, typer.Option("--kind", metavar="KIND", help="Of call, data or item alone.")]
ToFile = Path | None
LINES_AT_ONCE = 1_000


def show_traffic(
    context: typer.Context,
    by: By = "network",
    every: Annotated[str, typer.Option("--every", metavar="STEP", help="hour, day, month, or all.")] = "day",
    from_on: FromDay = None,
    to_on: ToDay = None,
    of: Annotated[str, typer.Option("--of", metavar="VALUE", help="One value of those by which is asked.")] = "",
    kind: OfKind = "",
    account: Annotated[str, typer.Option("--account", metavar="NUMBER", help="Of this account alone.")] = "",
    measure: Annotated[str, typer.Option("--measure", metavar="WHAT", help="What a picture shows.")] = "bytes",
    csv: Annotated[ToFile, typer.Option("--csv", metavar="FILE", help="Write a CSV file.")] = None,
    xlsx: Annotated[ToFile, typer.Option("--xlsx", metavar="FILE", help="Write a workbook.")] = None,
    svg: Annotated[ToFile, typer.Option("--svg", metavar="FILE", help="Draw a picture.")] = None,
    archive: Annotated[
        bool, typer.Option("--archive", help="Answer from the archived rows of purged months instead of the sums.")
    ] = False,
    after: Annotated[str, typer.Option("--after", metavar="PLACE", help="Go on there.")] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Show traffic by one value, in hours, days or months, in both directions; or write all of it to files."""
    from adapters.views.usage.traffic import ShowTraffic
    from adapters.views.usage.traffic_files import PlotTraffic, WriteTrafficCsv, WriteTrafficWorkbook

    words = {"by": by, "every": every, "of": of, "kind": kind, "account": account, **days(from_on, to_on)}
    for file, query, more in ((csv, WriteTrafficCsv, {}), (xlsx, WriteTrafficWorkbook, {}),
                              (svg, PlotTraffic, {"measure": measure})):  # fmt: skip
        if file is not None:
            file.write_bytes(asked(context, query, words | more).content)
            say(f"{file} is written.")
    if (csv or xlsx or svg) and not as_json:
        return
    if archive:
        _show_archived(context, words, as_json=as_json)
        return
    found = asked(context, ShowTraffic, {**words, "after": after, "limit": min(limit, LINES_AT_ONCE)})
    if as_json:
        print_json(found)
        return
    if not found.items:
        tell(f"There was no such traffic from {found.from_on} up to {found.to_on}, exclusive.")
        return
    _tell_rows(found.items, by)
    if found.next:
        say(f"... and more: see it with --after {found.next!r}, or with --limit")


def _show_archived(context: typer.Context, words: dict[str, Any], *, as_json: bool) -> None:
    from adapters.edge.models import read_struct
    from adapters.frames.archive import traffic_of_archive
    from adapters.views.query import Reading
    from adapters.views.usage.traffic import ShowTraffic

    asked = read_struct(ShowTraffic, words)
    with opened_to_read(context) as app:
        found = traffic_of_archive(asked, Reading(app, app.queries, origin_of(context).today))
    if as_json:
        print_json({"items": found})
    else:
        _tell_rows(found, asked.by)


def list_top(
    context: typer.Context,
    by: By = "subscriber",
    measure: Measured = "bytes",
    from_on: FromDay = None,
    to_on: ToDay = None,
    kind: OfKind = "",
    as_json: AsJson = False,
    limit: Limit = 20,
) -> None:
    """List the subscribers, or other values, with most traffic: the top talkers."""
    from adapters.views.usage.traffic import ListTopTraffic

    words = {"by": by, "measure": measure, "kind": kind, "limit": min(limit, LINES_AT_ONCE), **days(from_on, to_on)}
    found = asked(context, ListTopTraffic, words)
    if as_json:
        print_json({"top": found.items})
    elif found.items:
        _tell_rows(found.items, by)
    else:
        tell("There was no such traffic in these days.")


def show_busy_hours(
    context: typer.Context,
    measure: Measured = "seconds",
    kind: OfKind = "call",
    network: Annotated[str, typer.Option("--network", metavar="NETWORK", help="Of this network alone.")] = "",
    from_on: FromDay = None,
    to_on: ToDay = None,
    as_json: AsJson = False,
) -> None:
    """Show the hours of the day, the busiest first: by their average over the days."""
    from adapters.views.usage.traffic import ShowBusyHours

    words = {"measure": measure, "kind": kind, "network": network, **days(from_on, to_on)}
    found = asked(context, ShowBusyHours, words)
    if as_json:
        print_json(found)
        return
    if not found.hours:
        tell("There was no such traffic in these days.")
        return
    rows = table(("hour", "right"), ("average", "right"), ("most", "right"), ("on", "left"))
    for each in found.hours:
        add(rows, f"{each.hour}:00", f"{each.average:,f}", f"{each.most:,f}", each.most_on)
    console().print(rows)
    say(f"{measure} from {found.from_on} up to {found.to_on}, exclusive, by the clock of {found.time_zone}")


def show_growth(
    context: typer.Context,
    by: By = "network",
    measure: Measured = "bytes",
    from_on: FromDay = None,
    to_on: ToDay = None,
    kind: OfKind = "",
    as_json: AsJson = False,
) -> None:
    """Show the traffic of each month against the month before."""
    from adapters.views.usage.traffic import ShowTrafficGrowth

    words = {"by": by, "measure": measure, "kind": kind, **days(from_on, to_on)}
    found = asked(context, ShowTrafficGrowth, words)
    if as_json:
        print_json({"growth": found.items})
        return
    if not found.items:
        tell("There was no such traffic in these months.")
        return
    rows = table(("month", "left"), (by, "left"), (measure, "right"), ("month before", "right"), ("growth", "right"))
    for each in found.items:
        percent = "" if each.percent is None else f"{each.percent:+f} %"
        add(rows, f"{each.on:%Y-%m}", each.of, f"{each.amount:,f}", f"{each.before:,f}", percent)
    console().print(rows)


def asked(context: typer.Context, query: type[Any], words: dict[str, Any]) -> Any:
    """The answer to a query, given as it is written."""
    from adapters.edge.models import read_struct
    from adapters.views.query import Reading, queries

    read = read_struct(query, words)
    with opened_to_read(context) as app:
        origin = origin_of(context)
        return queries()[query](read, Reading(app, app.queries, origin.today, actor=origin.actor))


def days(from_on: date | None, to_on: date | None) -> dict[str, date]:
    """The days as words of a query, if they were named."""
    return {word: on for word, on in (("from", from_on), ("to", to_on)) if on is not None}


def _tell_rows(found: list[TrafficRow], by: str) -> None:
    rows = table(
        ("time", "left"), (by, "left"), ("records", "right"), ("seconds", "right"), ("units", "right"),
        ("bytes in", "right"), ("bytes out", "right"),
    )  # fmt: skip
    for row in found:
        at = row.hour_at.isoformat(" ", "minutes") if row.hour_at else row.on
        add(rows, at, row.of, row.records, row.seconds, f"{row.quantity:,f}", row.bytes_in, row.bytes_out)
    console().print(rows)


COMMANDS = {
    "usage traffic": show_traffic,
    "usage top": list_top,
    "usage busy-hour": show_busy_hours,
    "usage growth": show_growth,
}
