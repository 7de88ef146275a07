"""Have a ticket open, so that others who open it see it."""

from __future__ import annotations

from typing import Any

from adapters.actions.action import Acting, Action, Actions
from adapters.postgres.ticket_holds import PostgresTicketHolds
from billing_core.kernel.errors import NotFound
from commands.work.streams import ticket_stream


class HoldTicket(Action, frozen=True, kw_only=True):
    """Say that you have a ticket open, for ten minutes; hold it again to go on. `held_by` are the others who have it
    open, who see the same of you. Nobody is kept from anything."""

    ticket: str


class ReleaseTicket(Action, frozen=True, kw_only=True):
    """Say that you have a ticket open no more."""

    ticket: str


def _hold(action: HoldTicket, acting: Acting) -> dict[str, Any]:
    if not acting.app.store.versions([ticket_stream(action.ticket)]):
        raise NotFound("no such ticket; `billing work` lists them", field="ticket", value=action.ticket)
    origin = acting.origin
    return {"held_by": PostgresTicketHolds(acting.app.tables).hold(action.ticket, origin.actor, origin.recorded_at)}


def _release(action: ReleaseTicket, acting: Acting) -> dict[str, Any]:
    PostgresTicketHolds(acting.app.tables).release(action.ticket, acting.origin.actor)
    return {}


ACTIONS: Actions = {HoldTicket: _hold, ReleaseTicket: _release}
