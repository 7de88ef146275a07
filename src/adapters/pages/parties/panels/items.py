"""Open items: the invoices that are not fully paid."""

from __future__ import annotations

from typing import Any

from adapters.pages.page import N_
from adapters.pages.parties.panel import Card, Panel
from adapters.views.billing import ListInvoices
from adapters.views.dunning.debtor import ShowDebtor
from adapters.views.explained_postings import ExplainDocument


def _items(card: Card) -> dict[str, Any]:
    items = card.open_items
    why = card.visit.query.get("why", "")
    wanted = next((each.number for each in items if why == f"document-{each.number}"), "")
    explained = card.visit.ask(ExplainDocument, number=wanted) if wanted and card.visit.may(ExplainDocument) else None
    debtor = f"/accounts/{card.chosen.number}/debtor" if card.chosen and card.visit.may(ShowDebtor) else ""
    return {
        "count": len(items), "items": items, "explained": explained, "debtor": debtor,
        "may_explain": card.visit.may(ExplainDocument),
    }  # fmt: skip


ITEMS = Panel("items", N_("Open items"), (ListInvoices,), _items)
