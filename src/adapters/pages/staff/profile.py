"""How pages look: theme, language and keys, kept in this browser."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from adapters.languages.codes import BACK_OFFICE
from adapters.pages.page import Shown
from adapters.pages.sessions import THEMES, Look, put_look
from adapters.pages.visit import Visit


def profile(visit: Visit) -> Shown:
    """Who has signed in, and how pages look."""
    return Shown("staff/profile.html", {"themes": THEMES})


def change_look(visit: Visit) -> Response:
    theme, language = visit.first("theme"), visit.first("language")
    look = Look(theme if theme in THEMES else "", language if language in BACK_OFFICE else "", "keys" in visit.posted)
    response = RedirectResponse("/profile", 303)
    put_look(response, look, visit.request)
    return response
