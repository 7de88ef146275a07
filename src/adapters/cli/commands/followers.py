"""Followers: how far they are, deliveries that wait or are dead, and replaying or dropping them."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson, Limit
from adapters.cli.refused import Reason
from adapters.cli.session import opened, origin_of
from adapters.cli.show import add, console, print_json, say_more, table, tell, tell_wrapped
from adapters.cli.times import local_times
from adapters.texts.amounts import counted

Name = Annotated[str, typer.Argument(metavar="FOLLOWER")]
Position = Annotated[int, typer.Argument(metavar="POSITION", help="The position of the event, as it is listed.")]

PURPOSE = """Followers, which deliver events to the outside: how far each has come, and which deliveries failed.

`billing worker` keeps them going. A delivery that fails is tried again after growing delays; after the last try it is
a dead letter. `replay` and `drop` decide on it, also before that.
"""


def list_followers(context: typer.Context, as_json: AsJson = False, limit: Limit = 50) -> None:
    """List followers and the deliveries that did not succeed."""
    from adapters.bootstrap.automation import automation_of

    if context.invoked_subcommand is not None:
        return
    with opened(context) as app:
        automation = automation_of(app)
        lags = automation.follower_lags(origin_of(context).recorded_at)
        listed = automation.deliveries.listed(limit=limit)
        more = automation.deliveries.counts().total() - len(listed)
        times = local_times(context)
    if as_json:
        print_json({"followers": lags, "deliveries": listed, "more": more})
        return
    if not lags:
        tell("This program has no followers.")
    else:
        rows = table(
            ("follower", "left"), ("position", "right"), ("events behind", "right"), ("seconds behind", "right"),
        )  # fmt: skip
        for lag in lags:
            add(rows, lag.name, lag.position, lag.lag_events, lag.lag_seconds)
        console().print(rows)
    if listed:
        tell("\nDeliveries that did not succeed", "bold")
        for each in listed:
            delivery = each.delivery
            next_try = f", next on {times.text(delivery.next_try_at)}" if delivery.next_try_at else ""
            tried = f"{counted(delivery.attempts, 'attempt')}{next_try}"
            place = f"{delivery.follower}, position {delivery.position:,}, {delivery.stream}"
            tell_wrapped(f"{place}: {each.state}, {tried}", 2, 4)
            tell_wrapped(delivery.error or "", 4)
        say_more(more, "use --limit to see them")


def replay(context: typer.Context, follower: Name, position: Position) -> None:
    """Deliver a dead letter, or one that waits for its next try, at once and with all tries."""
    from adapters.bootstrap.automation import automation_of

    origin = origin_of(context)
    with opened(context) as app:
        automation_of(app).deliveries.replay(follower, position, origin.actor, origin.recorded_at)
    tell(f"The event at position {position:,} is delivered again by {follower}.")


def drop(context: typer.Context, follower: Name, position: Position, reason: Reason) -> None:
    """Drop a dead letter, or one that waits for its next try; it is never delivered."""
    from adapters.bootstrap.automation import automation_of

    origin = origin_of(context)
    with opened(context) as app:
        automation_of(app).deliveries.drop(follower, position, origin.actor, origin.recorded_at, reason)
    tell(f"The event at position {position:,} is not delivered by {follower}.")


COMMANDS = {"followers replay": replay, "followers drop": drop}
GROUPS = {"followers": Group(PURPOSE, listing=list_followers)}
