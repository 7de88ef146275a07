"""See the secret of a webhook, and send again what its receiver did not take."""

from __future__ import annotations

from typing import Any

from adapters.actions.action import Acting, Action, Actions
from adapters.bootstrap.webhooks import follower_name
from adapters.postgres.followers import PostgresDeliveries
from adapters.postgres.webhook_secrets import PostgresWebhookSecrets


class TakeWebhookSecret(Action, frozen=True, kw_only=True):
    """See the secret by which the deliveries of a webhook are signed. It is shown once."""

    webhook: str


class ReplayWebhook(Action, frozen=True, kw_only=True):
    """Deliver all dead letters of a webhook at once, and what waits for its next try, with all tries."""

    webhook: str


def _take(action: TakeWebhookSecret, acting: Acting) -> dict[str, Any]:
    origin = acting.origin
    return {"secret": PostgresWebhookSecrets(acting.app.tables).take(action.webhook, origin.actor, origin.recorded_at)}


def _replay(action: ReplayWebhook, acting: Acting) -> dict[str, Any]:
    origin = acting.origin
    deliveries = PostgresDeliveries(acting.app.tables)
    return {"replayed": deliveries.replay_all(follower_name(action.webhook), origin.actor, origin.recorded_at)}


ACTIONS: Actions = {TakeWebhookSecret: _take, ReplayWebhook: _replay}
