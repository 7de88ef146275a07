"""The customer's own password, by which no mail has to be waited for."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from adapters.pages.page import N_, Shown
from adapters.pages.sessions import OWN_SESSION, Notice, drop_session, put_notice
from adapters.pages.visit import OwnVisit
from billing_core.kernel.errors import BillingError
from commands.self_care.passwords import GiveCustomerPassword

TEMPLATE = "self_care/password.html"
TOO_SHORT, DONE = N_("A password has at least 12 characters."), N_("Your password is changed. Sign in with it.")


def password(visit: OwnVisit) -> Shown:
    """The form."""
    if not visit.may(GiveCustomerPassword):
        visit.refuse(GiveCustomerPassword)
    return Shown(TEMPLATE, {"error": ""})


def change_password(visit: OwnVisit) -> Shown | Response:
    """Another password; all sessions end, so the customer signs in anew."""
    try:
        visit.door.give_password(visit.caller(), visit.first("password"))
    except BillingError as error:
        if error.field != "password":
            raise
        return Shown(TEMPLATE, {"error": TOO_SHORT}, 422)
    response = RedirectResponse(visit.sign_in, 303)
    drop_session(response, visit.request, OWN_SESSION)
    put_notice(response, Notice(visit.translated(DONE)), visit.request)
    return response
