"""Sign in by a link that is sent by e-mail, or by a password; sign out.

The link leads to a page with a button: programs that look at the links of a mail would use it up otherwise.
"""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from adapters.door.own_door import LINK
from adapters.pages.page import N_, Shown
from adapters.pages.rendering import rendered
from adapters.pages.sessions import OWN_SESSION, Notice, drop_session, put_notice, put_session
from adapters.pages.visit import OwnVisit
from billing_core.kernel.errors import BillingError

TEMPLATE, ENTER = "self_care/sign-in.html", "self_care/enter.html"
BYE = N_("You have signed out.")
TOO_OFTEN, NOT_RIGHT = N_("Too many attempts. Wait 15 minutes."), N_("Number, e-mail or password is not right.")
USED = N_("This link was used already or is older than 15 minutes. Ask for another one.")


def sign_in(visit: OwnVisit) -> Shown:
    """The form: an e-mail or customer number, and a password for who has one."""
    return Shown(TEMPLATE, {"who": "", "error": "", "is_sent": False})


def signing_in(visit: OwnVisit) -> Shown | Response:
    """By a password at once, or by a link that is sent after the answer, which says nothing of whom the house knows."""
    who, password = visit.first("who").strip(), visit.first("password")
    if not who:
        return Shown(TEMPLATE, {"who": "", "error": NOT_RIGHT, "is_sent": False}, 422)
    if visit.first("do") == "password":
        return _by_password(visit, who, password)
    try:
        visit.door.count_request(LINK, who, visit.caller())
    except BillingError:
        return Shown(TEMPLATE, {"who": who, "error": TOO_OFTEN, "is_sent": False}, 429)
    page = rendered(TEMPLATE, {"who": who, "error": "", "is_sent": True}, visit)
    return Response(page, media_type="text/html", background=BackgroundTask(visit.door.send_links, who, visit.caller()))


def _by_password(visit: OwnVisit, who: str, password: str) -> Shown | Response:
    try:
        token = visit.door.open_by_password(visit.caller(), who, password)
    except BillingError as error:
        said = TOO_OFTEN if error.code == "too-many-failures" else NOT_RIGHT
        return Shown(TEMPLATE, {"who": who, "error": said, "is_sent": False}, 422)
    return _entered(visit, token)


def enter(visit: OwnVisit) -> Shown:
    """The page to which the link leads."""
    return Shown(ENTER, {"link": visit.query.get("link", ""), "error": ""})


def entering(visit: OwnVisit) -> Shown | Response:
    """A session for who has the link, once."""
    try:
        token = visit.door.open_by_link(visit.caller(), visit.first("link"))
    except BillingError:
        return Shown(ENTER, {"link": "", "error": USED}, 422)
    return _entered(visit, token)


def _entered(visit: OwnVisit, token: str) -> Response:
    response = RedirectResponse(visit.first_page, 303)
    put_session(response, token, visit.request, OWN_SESSION)
    return response


def sign_out(visit: OwnVisit) -> Response:
    """End the session."""
    visit.door.close_session(visit.caller())
    response = RedirectResponse(visit.sign_in, 303)
    drop_session(response, visit.request, OWN_SESSION)
    put_notice(response, Notice(visit.translated(BYE)), visit.request)
    return response
