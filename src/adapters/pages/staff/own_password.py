"""Another password for who has signed in."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from adapters.pages.page import N_, Shown
from adapters.pages.sessions import Notice, drop_session, put_notice
from adapters.pages.visit import Visit
from billing_core.kernel.errors import BillingError

TEMPLATE = "staff/password.html"
OTHER = N_("The two are not the same. Type the new password again.")
CHANGED = N_("The password was changed. Sign in with it.")


def own_password(visit: Visit) -> Shown:
    """The form; who came by a password for one time chooses another one first."""
    return _shown(visit)


def change_own_password(visit: Visit) -> Shown | Response:
    """The new password, given twice. All sessions end."""
    password = visit.first("password")
    if password != visit.first("again"):
        return _shown(visit, visit.translated(OTHER))
    try:
        visit.door.change_own_password(visit.caller(), password)
    except BillingError as error:
        return _shown(visit, error.message)
    response = RedirectResponse("/sign-in", 303)
    drop_session(response, visit.request)
    put_notice(response, Notice(visit.translated(CHANGED)), visit.request)
    return response


def _shown(visit: Visit, fault: str = "") -> Shown:
    must = visit.door.must_choose_password(visit.caller())
    return Shown(TEMPLATE, {"fault": fault, "must": must}, 422 if fault else 200)
