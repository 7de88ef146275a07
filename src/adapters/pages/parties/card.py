"""The card of a customer: everything on one page."""

from __future__ import annotations

from adapters.pages.page import Page, Shown
from adapters.pages.visit import Visit
from adapters.views.parties import ShowCustomer
from commands.self_care.passwords import LookAsCustomer


def card(visit: Visit) -> Shown:
    """The customer."""
    found = visit.ask(ShowCustomer, number=visit.path["number"])
    return Shown("parties/card.html", {"card": found, "look_as_customer": LookAsCustomer})


PAGES = (Page("/customers/{number}", card, ShowCustomer),)
