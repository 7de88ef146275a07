"""Sign in: the password first, then the code on a page of its own if the operator has a second factor; sign out.

GET  /sign-in             user name and password
POST /sign-in             a session, or on to the code
GET  /sign-in/code        the code of the telephone, or with `?recovery=yes` one of the recovery codes
POST /sign-in/code        a session
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from adapters.door.sign_in_steps import SECONDS, SignInSteps
from adapters.pages.page import N_, Shown
from adapters.pages.sessions import HALF, drop_session, put_for_sign_in, put_session
from adapters.pages.visit import Visit, within_site
from billing_core.kernel.errors import BillingError, Unavailable
from billing_core.staff.addresses import AddressNotAllowed
from billing_core.staff.roles import NotSignedIn
from commands.staff.sign_in import CodeNeeded, TooManyFailures

SIGN_IN, CODE = "/sign-in", "/sign-in/code"
CODE_DIGITS = 6
WRONG_DIGITS = N_("Six digits are needed.")


def sign_in(visit: Visit) -> Shown:
    """User name and password."""
    return shown(visit)


def signing_in(visit: Visit) -> Shown | Response:
    """A session for who knows the password, or the next step if there is a second factor."""
    operator, password = visit.first("operator").strip(), visit.first("password")
    try:
        token = visit.door.open_session(visit.caller(), operator, password, "")
    except CodeNeeded:
        response = RedirectResponse(f"{CODE}?next={quote(wanted(visit))}", 303)
        sealed = SignInSteps(visit.door).seal(operator)
        put_for_sign_in(response, HALF, sealed, SECONDS, visit.request)
        return response
    except BillingError as error:
        return shown(visit, operator, error)
    return signed_in(visit, token)


def code(visit: Visit) -> Shown | Response:
    """The second step."""
    return _code_shown(visit)


def giving_code(visit: Visit) -> Shown | Response:
    """A session for who gives the code, too."""
    steps, given = SignInSteps(visit.door), "".join(visit.first("code").split())
    is_recovery = bool(visit.first("recovery"))
    if not is_recovery and not (len(given) == CODE_DIGITS and given.isdecimal()):
        return _code_shown(visit, visit.translated(WRONG_DIGITS))
    try:
        token = steps.open_session(visit.caller(), visit.request.cookies.get(HALF, ""), given)
    except CodeNeeded as error:
        return _code_shown(visit, _said(error))
    except BillingError as error:
        return shown(visit, "", error)
    return signed_in(visit, token)


def signed_in(visit: Visit, token: str) -> Response:
    """To the page that was wanted, with a session; who came by a password for one time chooses another first."""
    visit.session = token
    address = wanted(visit)
    if visit.door.must_choose_password(visit.caller()):
        address = "/profile/password"
    response = RedirectResponse(address, 303)
    put_session(response, token, visit.request)
    put_for_sign_in(response, HALF, "", 0, visit.request)
    return response


def sign_out(visit: Visit) -> Response:
    """End the session."""
    visit.door.close_session(visit.caller())
    response = RedirectResponse(SIGN_IN, 303)
    drop_session(response, visit.request)
    return response


def shown(visit: Visit, operator: str = "", error: BillingError | Unavailable | None = None) -> Shown:
    """The first step, with what was wrong."""
    values = {
        "operator": operator, "error": _said(error), "next": wanted(visit), "until": _until(error),
        "is_elsewhere": isinstance(error, AddressNotAllowed), "has_openid": provider_of(visit) is not None,
        "source": visit.caller().source,
    }  # fmt: skip
    return Shown("staff/sign-in.html", values, 422 if error else 200)


def _until(error: BillingError | Unavailable | None) -> Any:
    """Until when nobody can sign in, after too many failures."""
    return datetime.fromisoformat(str(error.value)) if isinstance(error, TooManyFailures) else None


def _said(error: BillingError | Unavailable | None) -> str:
    """A fault as a sentence."""
    text = error.message if isinstance(error, BillingError) else str(error or "")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _code_shown(visit: Visit, fault: str = "") -> Shown | Response:
    try:
        half = SignInSteps(visit.door).opened(visit.request.cookies.get(HALF, ""))
        name = visit.door.app.rights.of(half.operator).operator.name
    except NotSignedIn as error:
        if visit.request.method == "POST":
            return shown(visit, "", error)
        return RedirectResponse(f"{SIGN_IN}?next={quote(wanted(visit))}", 303)
    values = {
        "name": name, "fault": fault, "next": wanted(visit), "is_recovery": bool(visit.first("recovery")),
        "source": visit.caller().source,
    }  # fmt: skip
    return Shown("staff/code.html", values, 422 if fault else 200)


def provider_of(visit: Visit) -> Any:
    """The provider of OpenID Connect, if the server is set up for one."""
    return visit.request.app.state.openid


def wanted(visit: Visit) -> str:
    """The page that was wanted; only one of this site."""
    return within_site(visit.first("next")) or "/"
