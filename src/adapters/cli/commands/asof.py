"""The books as they were: build read models as of a moment, list them, drop them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from adapters.cli.groups import Group
from adapters.cli.options import AsJson, parse_day, parse_instant
from adapters.cli.session import opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, table, tell
from adapters.cli.times import local_times


class AsOfGroup(TyperGroup):
    """`asof NAME ...` is short for `asof build NAME ...`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        return super().resolve_command(ctx, args if args[0] in self.commands else ["build", *args])


def build(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name for it: a to z, 0 to 9 and _.")],
    recorded: Annotated[
        datetime | None,
        typer.Option("--recorded", metavar="INSTANT", parser=parse_instant, help="As recorded up to this instant."),
    ] = None,
    effective: Annotated[
        date | None,
        typer.Option("--effective", metavar="DATE", parser=parse_day, help="As now known to be true by this date."),
    ] = None,
    position: Annotated[
        int | None, typer.Option("--position", metavar="N", min=0, help="As of this position in the log.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build read models as of a moment, in addition to the live ones.

    `customers`, `account show`, `invoices`, `invoice show`, `suspensions` and the commands of `work` then answer from
    them with --asof NAME. An instant is written 2026-03-01T14:30, in the sellers' time zone unless it names its own:
    2026-03-01T14:30+02:00.
    """
    from adapters.jobs.maintenance import BuildAsOf, build_as_of

    given = [moment for moment in (recorded, effective, position) if moment is not None]
    if len(given) != 1:
        raise typer.BadParameter("name one moment, with --recorded, --effective or --position", param_hint="moment")
    with opened(context) as app:
        instant = None if recorded is None else local_times(context).instant(recorded)
        asked = BuildAsOf(name=name, recorded=instant, effective=effective, position=position)
        built = build_as_of(asked, work_of(app, origin_of(context)))
    if as_json:
        print_json(built)
    else:
        tell(f"Built {name}, {built.kind} {built.value}, from the log up to position {built.position:,}.")


def list_built(context: typer.Context, as_json: AsJson = False) -> None:
    """List the read models that were built as of a moment."""
    from projections.platform.asof import list_built as built_in

    with opened(context) as app:
        found = built_in(app.tables)
        times = local_times(context)
    if as_json:
        print_json({"asof": found})
        return
    if not found:
        tell("No read models were built as of a moment. Build them with `billing asof NAME --recorded INSTANT`.")
        return
    rows = table(("name", "left"), ("as of", "left"), ("position", "right"), ("built", "left"))
    for asof in found:
        add(rows, asof.name, f"{asof.kind} {asof.value}", asof.position, times.text(asof.built_at))
    console().print(rows)


def drop(context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")], as_json: AsJson = False) -> None:
    """Drop read models that were built as of a moment."""
    from projections.platform.asof import drop as drop_built

    with opened(context) as app:
        drop_built(app.tables, name)
    if as_json:
        print_json({"dropped": name})
    else:
        tell(f"Dropped {name}.")


COMMANDS = {"asof build": build, "asof list": list_built, "asof drop": drop}
GROUPS = {
    "asof": Group(
        "Show the books as they were: `billing asof NAME --recorded INSTANT`, --effective DATE or --position N.",
        kind=AsOfGroup,
    )
}
