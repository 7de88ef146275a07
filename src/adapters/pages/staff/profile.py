"""Who has signed in: how pages look, kept in this browser; the own sessions; what signing in asks for."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from adapters.languages.codes import BACK_OFFICE
from adapters.pages.page import N_, Shown
from adapters.pages.sessions import THEMES, Look, Notice, put_look, put_notice
from adapters.pages.visit import Visit
from projections.staff import operator_named

PROFILE = "/profile"
ENDED = N_("The session has ended.")


def profile(visit: Visit) -> Shown:
    """Who has signed in, the open sessions, and how pages look."""
    with visit.door.app.queries.cursor() as cursor:
        known = operator_named(cursor, visit.rights.operator.code)
    has_second = known is not None and known.has_second_factor
    own = visit.door.own_sessions(visit.caller())
    values = {"sessions": own.items, "current": own.current, "has_second": has_second}
    return Shown("staff/profile.html", values)


def change_look(visit: Visit) -> Response:
    """Other colours, another language, keys on or off."""
    theme, language = visit.first("theme"), visit.first("language")
    look = Look(theme if theme in THEMES else "", language if language in BACK_OFFICE else "", "keys" in visit.posted)
    response = RedirectResponse(PROFILE, 303)
    put_look(response, look, visit.request)
    return response


def end_session(visit: Visit) -> Response:
    """End one of the own sessions; after the present one signing in is asked for."""
    visit.door.end_own_session(visit.caller(), visit.path["session"])
    response = RedirectResponse(PROFILE, 303)
    put_notice(response, Notice(visit.translated(ENDED)), visit.request)
    return response
