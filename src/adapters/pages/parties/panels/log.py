"""LOG: who did what with the customer and the accounts, when, from where."""

from __future__ import annotations

from typing import Any

from adapters.pages.page import N_
from adapters.pages.parties.panel import Card, Panel
from adapters.views.audit import ListChanges

MOST = 10


def _log(card: Card) -> dict[str, Any]:
    page = card.visit.ask(ListChanges, customer=card.number, limit=MOST)
    return {"changes": page.items, "has_more": page.next is not None}


LOG = Panel("log", N_("LOG"), (ListChanges,), _log)
