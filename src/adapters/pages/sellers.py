"""The sellers, as they are chosen in a form."""

from __future__ import annotations

from adapters.pages.forms import Choice
from adapters.pages.visit import Visit
from adapters.views.parties import ListSellers


def sellers(visit: Visit) -> list[Choice]:
    """All sellers by their names, for who may list them."""
    if not visit.may(ListSellers):
        return []
    return [Choice(seller.code, seller.name) for seller in visit.ask(ListSellers).items]
