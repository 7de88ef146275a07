"""Notes, files and contracts of a customer."""

from __future__ import annotations

from typing import Any

from adapters.pages.page import N_
from adapters.pages.parties.panel import Card, Panel
from adapters.views.contracts import ListContracts
from adapters.views.notes import ListCustomerFiles, ListNotes

MOST = 20
KINDS = {"draft": "calm", "issued": "info", "signed": "good", "ended": "calm", "voided": "calm"}


def _notes(card: Card) -> dict[str, Any]:
    found = card.visit.ask(ListNotes, customer=card.number).items
    return {"count": len(found), "notes": found}


def _papers(card: Card) -> dict[str, Any]:
    contracts, files = [], []
    if card.visit.may(ListContracts):
        contracts = card.visit.ask(ListContracts, customer=card.number, limit=MOST).items
    if card.visit.may(ListCustomerFiles):
        files = card.visit.ask(ListCustomerFiles, customer=card.number).items
    return {"count": len(contracts) + len(files), "contracts": contracts, "files": files, "kinds": KINDS}


NOTES = Panel("notes", N_("Notes"), (ListNotes,), _notes)
PAPERS = Panel("papers", N_("Contracts and files"), (ListCustomerFiles,), _papers)
