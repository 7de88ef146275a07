"""The next bill of the chosen account, as it would be if nothing changed until then."""

from __future__ import annotations

from typing import Any

from adapters.pages.page import N_
from adapters.pages.parties.panel import Card, Panel
from adapters.views.next_bill import PreviewBill

MOST = 50  # The other lines are shown on demand.


def _next_bill(card: Card) -> dict[str, Any] | None:
    if card.chosen is None or card.visit.as_of:
        return None
    bill = card.visit.ask(PreviewBill, account=card.chosen.number)
    is_whole = card.visit.query.get("next") == "all"
    return {"bill": bill, "most": len(bill.amounts) if is_whole else MOST}


NEXT_BILL = Panel("next", N_("Next bill"), (PreviewBill,), _next_bill)
