"""Control of usage: quotas, grants, alarms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from adapters.cli.options import AsJson, Limit, parse_day
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say_more, table, tell

OfAccount = Annotated[str, typer.Option("--account", metavar="NUMBER", help="Of this account only.")]
After = Annotated[str, typer.Option("--after", metavar="ACCOUNT/NUMBER", help="Start after this entry.")]


def show_quotas(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT")],
    subscription: Annotated[str, typer.Argument(metavar="SUBSCRIPTION")] = "",
    as_json: AsJson = False,
) -> None:
    """Show the quotas of an account, or of one of its subscriptions: what is used, and which step holds.

    `billing do top-up-quota` buys more units; `billing do set-usage-limits` limits the money of a month.
    """
    from adapters.views.query import Reading, queries
    from adapters.views.usage.control import ShowUsageQuotas

    with opened_to_read(context) as app:
        query = ShowUsageQuotas(account=account, subscription=subscription)
        found = queries()[ShowUsageQuotas](query, Reading(app, app.queries, origin_of(context).today))
    if as_json:
        print_json(found)
        return
    if not found.now:
        tell("No quota is in force.")
        return
    rows = table(("subscription", "left"), ("component", "left"), ("period", "left"), ("used", "right"),
                 ("full up to", "right"), ("now", "left"), ("next step after", "right"))  # fmt: skip
    for row in found.now:
        after = "" if row.next_after is None else f"{row.next_after:f}"
        add(rows, row.subscription, row.component, f"[{row.from_on}, {row.to_on})", f"{row.used:f} {row.unit}",
            f"{row.full_up_to:f}", row.action, after)  # fmt: skip
    console().print(rows)


def list_grants(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those that were released or expired.")] = False,
    account: OfAccount = "",
    after: After = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the open grants of use, with `--all` also those that ended.

    `billing do reserve-usage` gives one, `confirm-usage-grant` says what was used, `release-usage-grant` ends it.
    """
    from projections.usage.control.grants import grants_after

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = grants_after(cursor, after, limit + 1, open_only=not every, account=account)
    shown = found[:limit]
    if as_json:
        print_json({"grants": shown, "more": len(found) > limit})
        return
    if not shown:
        tell("No grant is open." if not every else "No use was granted yet.")
        return
    rows = table(("account", "left"), ("grant", "left"), ("of", "left"), ("units", "right"), ("reserved", "right"),
                 ("used", "right"), ("until", "left"), ("state", "left"))  # fmt: skip
    for row in shown:
        of = f"{row.subscription} {row.component}"
        add(rows, row.account, row.grant, of, f"{row.units:f}", row.amount, f"{row.used:f}", _minute(row.until_at),
            row.state)  # fmt: skip
    console().print(rows)
    say_more(len(found) - len(shown), f"see them with --after {shown[-1].place}, or with --limit")


def list_alarms(
    context: typer.Context,
    account: OfAccount = "",
    since: Annotated[
        date | None, typer.Option("--since", metavar="DATE", parser=parse_day, help="Since this day.")
    ] = None,
    after: After = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the alarms of usage: shares of quotas and of the money of a month that were reached."""
    from projections.usage.control.alarms import alarms_after

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = alarms_after(cursor, after, limit + 1, since=since or date.min, account=account)
    shown = found[:limit]
    if as_json:
        print_json({"alarms": shown, "more": len(found) > limit})
        return
    if not shown:
        tell("No alarm was raised.")
        return
    rows = table(("account", "left"), ("subscription", "left"), ("of", "left"), ("share", "right"), ("used", "right"),
                 ("limit", "right"), ("on", "left"), ("then", "left"))  # fmt: skip
    for row in shown:
        add(rows, row.account, row.subscription, row.component or "money of the month", f"{row.share} %",
            f"{row.used:f}", f"{row.limit:f} {row.unit}".rstrip(), row.raised_on, row.action)  # fmt: skip
    console().print(rows)
    say_more(len(found) - len(shown), f"see them with --after {shown[-1].place}, or with --limit")


def _minute(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="minutes")


COMMANDS = {"usage quota": show_quotas, "usage grants": list_grants, "usage alarms": list_alarms}
