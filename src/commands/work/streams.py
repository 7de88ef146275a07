"""The stream of a ticket."""

from __future__ import annotations

from billing_core.kernel.errors import NotFound
from billing_core.work.tickets import Ticket, apply_ticket
from commands.platform.bus import Command
from commands.platform.ports import Transaction


class OfTicket(Command, frozen=True, kw_only=True):
    ticket: str


def ticket_stream(number: str) -> str:
    return f"ticket/{number}"


def load_ticket(transaction: Transaction, number: str) -> tuple[Ticket, int]:
    """The ticket and its version, or `NotFound`."""
    ticket, version = transaction.load(ticket_stream(number), apply_ticket)
    if ticket is None:
        raise NotFound("no such ticket; `billing work` lists them", field="ticket", value=number)
    return ticket, version
