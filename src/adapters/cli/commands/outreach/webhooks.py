"""Webhooks: lag and dead letters, the secret that signs them, and sending again what was not taken."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson
from adapters.cli.session import opened, opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say, table, tell

PURPOSE = """List webhooks, which send events to other systems: lag, deliveries that wait, dead letters.

`billing do register-webhook` adds one, `billing do change-webhook` and `billing do remove-webhook` change and end it;
`billing worker` and `billing serve` send. `billing followers` lists each delivery that failed.
"""
Code = Annotated[str, typer.Argument(metavar="WEBHOOK")]


def show_webhooks(context: typer.Context, as_json: AsJson = False) -> None:
    """List webhooks with lag and dead letters."""
    from adapters.views.outreach.webhooks import ListWebhooks
    from adapters.views.query import Reading, queries

    if context.invoked_subcommand is not None:
        return
    with opened_to_read(context) as app:
        found = queries()[ListWebhooks](ListWebhooks(), Reading(app, app.queries, origin_of(context).today)).items
    if as_json:
        print_json({"webhooks": found})
        return
    if not found:
        tell("No webhooks are registered.")
        return
    rows = table(
        ("webhook", "left"), ("sends", "left"), ("to", "left"), ("events behind", "right"),
        ("seconds behind", "right"), ("waiting", "right"), ("dead", "right"),
    )  # fmt: skip
    for each in found:
        events = ", ".join(each.events) or "every event"
        add(rows, each.webhook, events, each.url, each.lag_events, each.lag_seconds, each.waiting, each.dead)
    console().print(rows)
    if any(each.dead for each in found):
        say("Send dead letters again with `billing webhooks replay WEBHOOK`.")


def take_secret(context: typer.Context, webhook: Code) -> None:
    """Show the secret by which the deliveries of a webhook are signed, once.

    `billing do change-webhook-secret` makes another one.
    """
    from adapters.postgres.webhook_secrets import PostgresWebhookSecrets

    origin = origin_of(context)
    with opened(context) as app:
        secret = PostgresWebhookSecrets(app.tables).take(webhook, origin.actor, origin.recorded_at)
    tell(secret)


def replay(context: typer.Context, webhook: Code) -> None:
    """Deliver all dead letters of a webhook at once, and what waits for its next try, with all tries."""
    from adapters.bootstrap.webhooks import follower_name
    from adapters.postgres.followers import PostgresDeliveries
    from adapters.texts.amounts import counted

    origin = origin_of(context)
    with opened(context) as app:
        deliveries = PostgresDeliveries(app.tables)
        count = deliveries.replay_all(follower_name(webhook), origin.actor, origin.recorded_at)
    tell(f"{counted(count, 'delivery')} of webhook {webhook} {'is' if count == 1 else 'are'} sent again.")


COMMANDS = {"webhooks secret": take_secret, "webhooks replay": replay}
GROUPS = {"webhooks": Group(PURPOSE, listing=show_webhooks)}
