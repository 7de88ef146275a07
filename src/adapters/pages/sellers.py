"""The sellers, as they are chosen in a form."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.pages.forms import Choice
from adapters.pages.visit import Visit
from adapters.views.parties import ListSellers


def sellers(visit: Visit) -> list[Choice]:
    """All sellers by their names."""
    return [Choice(seller.code, seller.name) for seller in visit.ask(ListSellers).items]


def only_one(choices: Sequence[Choice]) -> str:
    """What is chosen at first: the only one there is, else nothing."""
    return choices[0].value if len(choices) == 1 else ""
