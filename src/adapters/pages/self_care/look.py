"""A clerk looks at the pages of a customer: kept in the LOG, and nothing can be changed there."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from adapters.pages.page import Shown
from adapters.pages.sessions import OWN_SESSION, put_session
from adapters.pages.visit import Visit
from commands.self_care.passwords import LookAsCustomer


def look(visit: Visit) -> Shown:
    """What it means, and the button."""
    if not visit.may(LookAsCustomer):
        visit.refuse(LookAsCustomer)
    return Shown("self_care/look.html", {"number": visit.path["number"]})


def looking(visit: Visit) -> Response:
    """A session on the customer's pages that permits no change."""
    number = visit.path["number"]
    visit.carry_out(LookAsCustomer, {"customer": number})
    token = visit.door.open_to_look(visit.caller(), number)
    response = RedirectResponse("/my", 303)
    put_session(response, token, visit.request, OWN_SESSION)
    return response
