"""Steer what is written to topics of Kafka."""

from __future__ import annotations

from typing import Any, Literal

from adapters.actions.action import Acting, Action, Actions
from adapters.bootstrap.kafka_out import BALANCES, EVENTS
from adapters.postgres.followers import PostgresDeliveries
from billing_core.kernel.errors import InvalidValue

FOLLOWERS = {"events": EVENTS, "balances": BALANCES}


class ReplayKafkaTopic(Action, frozen=True, kw_only=True):
    """Write to a topic of Kafka again, from the event at a position on: every event, or the balances they concern."""

    topic: Literal["events", "balances"]
    from_position: int


def _replay(action: ReplayKafkaTopic, acting: Acting) -> dict[str, Any]:
    if action.from_position < 1:
        raise InvalidValue("must be the position of an event; the first is 1", field="from_position",
                           value=action.from_position)  # fmt: skip
    PostgresDeliveries(acting.app.tables).rewind(FOLLOWERS[action.topic], action.from_position - 1)
    return {}


ACTIONS: Actions = {ReplayKafkaTopic: _replay}
