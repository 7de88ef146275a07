"""Sellers and dealers, as they are chosen in a form."""

from __future__ import annotations

from adapters.pages.forms import Choice
from adapters.pages.visit import Visit
from adapters.views.dealers import ListDealers
from adapters.views.parties import ListSellers

MOST_DEALERS = 1_000


def sellers(visit: Visit) -> list[Choice]:
    """All sellers by their names, for who may list them."""
    if not visit.may(ListSellers):
        return []
    return [Choice(seller.code, seller.name) for seller in visit.ask(ListSellers).items]


def dealers(visit: Visit) -> list[Choice]:
    """All dealers by their names, for who may list them."""
    if not visit.may(ListDealers):
        return []
    return [Choice(row.dealer.code, row.dealer.name) for row in visit.ask(ListDealers, limit=MOST_DEALERS).items]
