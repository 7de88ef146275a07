"""Sign in with a password, and with a second factor if the operator has one; sign out."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from adapters.pages.page import Shown
from adapters.pages.sessions import drop_session, put_session
from adapters.pages.visit import Visit
from billing_core.kernel.errors import BillingError
from commands.staff.sign_in import CodeNeeded

TEMPLATE = "staff/sign-in.html"


def sign_in(visit: Visit) -> Shown:
    """The form."""
    return _shown(visit)


def signing_in(visit: Visit) -> Shown | Response:
    """A session for who knows the password and, if there is a second factor, its code."""
    operator, password, code = (visit.first(name).strip() for name in ("operator", "password", "code"))
    try:
        token = visit.door.open_session(visit.caller(), operator, password, code.replace(" ", ""))
    except CodeNeeded as error:
        return _shown(visit, operator, str(error), asks_code=True)
    except BillingError as error:
        return _shown(visit, operator, str(error), asks_code=bool(code))
    response = RedirectResponse(_next(visit), 303)
    put_session(response, token, visit.request)
    return response


def sign_out(visit: Visit) -> Response:
    """End the session."""
    visit.door.close_session(visit.caller())
    response = RedirectResponse("/sign-in", 303)
    drop_session(response, visit.request)
    return response


def _shown(visit: Visit, operator: str = "", error: str = "", *, asks_code: bool = False) -> Shown:
    values = {"operator": operator, "error": error, "asks_code": asks_code, "next": _next(visit)}
    return Shown(TEMPLATE, values, 422 if error else 200)


def _next(visit: Visit) -> str:
    """The page that was wanted; only one of this site."""
    wanted = visit.first("next")
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) else "/"
