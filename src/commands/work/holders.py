"""Warn who changes a ticket that others have it open too. Nothing is refused for it: versions prove the rest."""

from __future__ import annotations

from typing import Any

import msgspec

from commands.platform.answers import plain
from commands.platform.bus import Decision, Handler, Handlers
from commands.platform.ports import Origin, Transaction
from commands.work.steps import CompleteStep
from commands.work.tickets import AssignTicket, ChangeTicket, CloseTicket, ReopenTicket

WARNED = (CompleteStep, AssignTicket, ChangeTicket, CloseTicket, ReopenTicket)


def warned(handlers: Handlers) -> Handlers:
    """The handlers, of which those that change what others look at say in their answer by whom it is `held_by`."""
    return {command: _warning(each) if command in WARNED else each for command, each in handlers.items()}


def _warning(handler: Handler) -> Handler:
    def handle(command: Any, transaction: Transaction, origin: Origin) -> Decision:
        decision = handler(command, transaction, origin)
        holders = transaction.holders_of_ticket(command.ticket, origin.recorded_at)
        held_by = [operator for operator in holders if operator != origin.actor]
        if not held_by:
            return decision
        return msgspec.structs.replace(decision, result={**plain(decision.result), "held_by": held_by})

    return handle
