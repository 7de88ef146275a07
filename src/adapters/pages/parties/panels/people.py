"""Contacts, family and consents."""

from __future__ import annotations

from typing import Any

from adapters.pages.page import N_
from adapters.pages.parties.panel import Card, Panel
from adapters.views.parties import ShowCustomer


def _people(card: Card) -> dict[str, Any]:
    entry = card.entry
    return {
        "count": len(entry.contacts), "contacts": sorted(entry.contacts.items()), "consents": entry.consents,
        "parent": entry.parent, "children": entry.children, "merged": entry.merged,
    }  # fmt: skip


PEOPLE = Panel("people", N_("Contacts and family"), (ShowCustomer,), _people)
