"""Reasons for suspensions, desired states of services, and the time from a payment to the return."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from adapters.cli.options import AfterNumber, AsJson, AsOfName, Limit, parse_day
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say, table, tell

OnDay = Annotated[
    date | None, typer.Option("--on", metavar="DATE", parser=parse_day, help="On this date, today unless given.")
]


def list_reasons(context: typer.Context, asof: AsOfName = None, as_json: AsJson = False) -> None:
    """List reasons for suspensions with their policies.

    `billing do define-suspension-reason` adds or changes one; six are ready.
    """
    from adapters.texts.suspensions import policy_text
    from projections.suspensions.reasons import suspension_reasons

    with opened_to_read(context, asof) as app, app.queries.cursor() as cursor:
        found = list(suspension_reasons(cursor).values())
    if as_json:
        print_json({"suspension_reasons": found})
        return
    rows = table(("reason", "left"), ("name", "left"), ("policy", "left"))
    for reason in found:
        add(rows, reason.code, reason.name, policy_text(reason))
    console().print(rows)


def list_desired_states(
    context: typer.Context, on: OnDay = None, state: Annotated[str, typer.Option(help="Only this state.")] = "",
    after: Annotated[int, typer.Option(help="Only what changed after this position.")] = 0, asof: AsOfName = None,
    as_json: AsJson = False, limit: Limit = 50,
) -> None:  # fmt: skip
    """List what each service is to be like on a date: on, blocked, slow or off.

    In order of the position of the last event that changed it.
    """
    from billing_core.kernel.errors import InvalidValue
    from projections.suspensions.desired_states import OF_STATE, desired_states, page_of_states
    from projections.suspensions.reasons import suspension_reasons

    if state not in OF_STATE:
        raise InvalidValue(f"is none of {', '.join(filter(None, OF_STATE))}", field="state", value=state)
    with opened_to_read(context, asof) as app, app.queries.cursor() as cursor:
        day = on or app.queries.on or origin_of(context).today
        found = desired_states(cursor, day, after, limit + 1, suspension_reasons(cursor), state)
    shown, is_more = page_of_states(found, limit)
    if as_json:
        print_json({"on": day, "desired_states": shown, "is_more": is_more})
        return
    if not shown:
        tell(f"No service is to be shown on {day}.")
        return
    rows = table(
        ("account", "left"), ("service", "left"), ("state", "left"), ("since", "left"), ("why", "left"),
        ("position", "right"),
    )  # fmt: skip
    for row in shown:
        add(rows, row.account, row.subscription, row.state, row.since_on, row.why,
            row.position)  # fmt: skip
    console().print(rows)
    if is_more:
        say(f"... and more: use --after {shown[-1].position} or --limit")


def list_returns(
    context: typer.Context,
    first: Annotated[date, typer.Option("--first", metavar="DATE", parser=parse_day, help="The first day.")],
    last: Annotated[date, typer.Option("--last", metavar="DATE", parser=parse_day, help="The last day.")],
    after: AfterNumber = "", asof: AsOfName = None, as_json: AsJson = False, limit: Limit = 50,
) -> None:  # fmt: skip
    """List services that returned after a payment, with the seconds from the payment to the return.

    The last line says how long half of those that money itself brought back took, and 99 % of them.
    """
    from projections.suspensions.returns import return_times, returns_after

    with opened_to_read(context, asof) as app, app.queries.cursor() as cursor:
        found = returns_after(cursor, after, limit + 1, first, last)
        times = return_times(cursor, first, last)
    shown, is_more = found[:limit], len(found) > limit
    if as_json:
        print_json({"returns": shown, "times": times, "is_more": is_more})
        return
    if not shown:
        tell("No service returned after a payment on these days.")
        return
    rows = table(
        ("account", "left"), ("service", "left"), ("reason", "left"), ("returned", "left"), ("payment", "left"),
        ("seconds", "right"),
    )  # fmt: skip
    for row in shown:
        add(rows, row.account, row.subscription, row.reason, row.returned_on, row.payment, f"{row.seconds:.1f}")
    console().print(rows)
    if is_more:
        say(f"... and more: use --after {shown[-1].place} or --limit")
    if times.returns:
        tell(f"Money brought back {times.returns}: half of them within {times.median_seconds:.1f} seconds, 99 % "
             f"of them within {times.p99_seconds:.1f} seconds.")  # fmt: skip


COMMANDS = {
    "suspension-reasons": list_reasons,
    "desired-states": list_desired_states,
    "returns": list_returns,
}
