"""The first page, and the keys."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from adapters.pages.page import Shown, menu
from adapters.pages.visit import Visit


def first_page(visit: Visit) -> Response:
    """The first entry of the menu that who has signed in may open."""
    found = next((entry.path for entry in menu() if entry.is_open_to(visit)), "/profile")
    return RedirectResponse(f"{found}?as_of={quote(visit.as_of)}" if visit.as_of else found, 303)


def keys(visit: Visit) -> Shown:
    """What the keys do on every page."""
    return Shown("staff/keys.html", {"entries": [entry for entry in menu() if entry.key and entry.is_open_to(visit)]})
