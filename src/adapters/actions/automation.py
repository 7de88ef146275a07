"""Steer what happens by itself: deliveries, refused commands, timed work."""

from __future__ import annotations

from typing import Any

from adapters.actions.action import Acting, Action, Actions
from adapters.bootstrap.automation import automation_of
from adapters.postgres.followers import PostgresDeliveries
from adapters.postgres.refused_commands import PostgresRefusedCommands
from billing_core.kernel.errors import NotFound
from billing_core.parties.details import require_text
from commands.platform import refusals
from commands.platform.causes import CauseKind
from commands.platform.refusals import refusal_numbered


class OfDelivery(Action, frozen=True, kw_only=True):
    follower: str
    position: int


class ReplayDelivery(OfDelivery, frozen=True, kw_only=True):
    """Deliver a dead letter, or one that waits for its next try, at once and with all tries."""


class DropDelivery(OfDelivery, frozen=True, kw_only=True):
    """Drop a dead letter, or one that waits for its next try: it is never delivered."""

    reason: str


class OfRefusal(Action, frozen=True, kw_only=True):
    cause: CauseKind
    number: int


class RetryRefusedCommand(OfRefusal, frozen=True, kw_only=True):
    """Give a refused command of a reaction or a wake-up again, in the name of the operator."""


class OverruleRefusedCommand(OfRefusal, frozen=True, kw_only=True):
    """Decide that a refused command of a reaction or a wake-up is not applied, for a reason."""

    reason: str


class StartTimedWork(Action, frozen=True, kw_only=True):
    """Have a timed work done as soon as a worker is free, in the name of the operator."""

    work: str


def _replay(action: ReplayDelivery, acting: Acting) -> dict[str, Any]:
    origin = acting.origin
    deliveries = PostgresDeliveries(acting.app.tables)
    deliveries.replay(action.follower, action.position, origin.actor, origin.recorded_at)
    return {}


def _drop(action: DropDelivery, acting: Acting) -> dict[str, Any]:
    require_text(action.reason, "reason")
    origin = acting.origin
    deliveries = PostgresDeliveries(acting.app.tables)
    deliveries.drop(action.follower, action.position, origin.actor, origin.recorded_at, action.reason)
    return {}


def _retry(action: RetryRefusedCommand, acting: Acting) -> dict[str, Any]:
    """`refused` is why it was refused again, empty if it was applied."""
    automation = automation_of(acting.app)
    listed = refusal_numbered(automation.refused, action.cause, action.number)
    refusal = automation.retry(listed, acting.origin.actor)
    return {"refused": "" if refusal is None else refusal.reason}


def _overrule(action: OverruleRefusedCommand, acting: Acting) -> dict[str, Any]:
    refused, origin = PostgresRefusedCommands(acting.app.tables), acting.origin
    listed = refusal_numbered(refused, action.cause, action.number)
    refusals.overrule(listed, refused, origin.actor, origin.recorded_at, action.reason)
    return {}


def _start(action: StartTimedWork, acting: Acting) -> dict[str, Any]:
    works = automation_of(acting.app).works
    if action.work not in works.works:
        raise NotFound(f"no such timed work; these are: {', '.join(works.works)}", field="work", value=action.work)
    works.ask_for(action.work, acting.origin.actor)
    return {}


ACTIONS: Actions = {
    ReplayDelivery: _replay,
    DropDelivery: _drop,
    RetryRefusedCommand: _retry,
    OverruleRefusedCommand: _overrule,
    StartTimedWork: _start,
}
