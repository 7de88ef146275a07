"""See the secret of a kiosk's connection."""

from __future__ import annotations

from typing import Any

from adapters.actions.action import Acting, Action, Actions
from adapters.postgres.kiosk_secrets import PostgresKioskSecrets


class TakeKioskSecret(Action, frozen=True, kw_only=True):
    """See the secret or password by which the messages of a connection are proved, if it was made here. Shown once."""

    kiosk: str


def _take(action: TakeKioskSecret, acting: Acting) -> dict[str, Any]:
    origin = acting.origin
    return {"secret": PostgresKioskSecrets(acting.app.tables).take(action.kiosk, origin.actor, origin.recorded_at)}


ACTIONS: Actions = {TakeKioskSecret: _take}
