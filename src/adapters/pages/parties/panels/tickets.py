"""Tickets: those that are open, and those that ended last."""

from __future__ import annotations

from typing import Any

from adapters.pages.page import N_
from adapters.pages.parties.panel import Card, Panel
from adapters.views.parties import ShowCustomer
from adapters.views.work.tickets import ListTickets

MOST_ENDED = 3


def _tickets(card: Card) -> dict[str, Any]:
    opened, ended = card.entry.open_tickets or [], card.entry.ended_tickets or []
    return {"count": len(opened), "open": opened, "ended": ended[:MOST_ENDED]}


TICKETS = Panel("tickets", N_("Tickets"), (ShowCustomer, ListTickets), _tickets)
