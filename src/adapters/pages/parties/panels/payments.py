"""The last payments, and what each of them settles."""

from __future__ import annotations

from typing import Any

from adapters.pages.page import N_
from adapters.pages.parties.panel import Card, Panel
from adapters.views.customer_payments import ListLastPayments

MOST = 5


def _payments(card: Card) -> dict[str, Any]:
    found = card.visit.ask(ListLastPayments, customer=card.number, limit=MOST).items if card.entry.accounts else []
    return {"payments": found}


PAYMENTS = Panel("payments", N_("Last payments"), (ListLastPayments,), _payments)
