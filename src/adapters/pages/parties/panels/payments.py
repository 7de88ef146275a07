"""The last payments, and what each of them settles."""

from __future__ import annotations

from typing import Any

from adapters.pages.page import N_
from adapters.pages.parties.panel import Card, Panel
from adapters.views.cards import ShowStoredCard
from adapters.views.customer_payments import ListLastPayments

MOST = 5


def _payments(card: Card) -> dict[str, Any]:
    found = card.visit.ask(ListLastPayments, customer=card.number, limit=MOST).items if card.entry.accounts else []
    stored = None
    if card.chosen is not None and card.visit.may(ShowStoredCard):
        stored = card.visit.ask(ShowStoredCard, account=card.chosen.number)
    return {"payments": found, "stored": stored if stored is not None and stored.is_stored else None}


PAYMENTS = Panel("payments", N_("Last payments"), (ListLastPayments,), _payments)
