"""Sign in by a provider of OpenID Connect: to the provider, and back from it to the page that was wanted.

What binds the way back to the way there is a cookie of this browser, as over the API.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.responses import RedirectResponse, Response

from adapters.outgoing.openid import Begun
from adapters.pages.page import Shown
from adapters.pages.sessions import ELSEWHERE, put_for_sign_in, put_session
from adapters.pages.staff.sign_in import provider_of, shown, wanted
from adapters.pages.visit import Visit
from billing_core.kernel.errors import BillingError, NotFound, Unavailable

SECONDS = 600
PARTS = 4


def begin(visit: Visit) -> Response:
    """Send the browser to the provider."""
    provider = provider_of(visit)
    if provider is None:
        raise NotFound("this server is not set up for a provider of OpenID Connect; sign in with a password")
    begun = visit.door.begin_openid(visit.caller(), provider)
    response = RedirectResponse(begun.url, 303)
    kept = "|".join((begun.state, begun.nonce, begun.verifier, quote(wanted(visit), safe="")))
    put_for_sign_in(response, ELSEWHERE, kept, SECONDS, visit.request)
    return response


def finish(visit: Visit) -> Shown | Response:
    """A session for the operator whom the provider names, and the page that was wanted."""
    provider, kept = provider_of(visit), visit.request.cookies.get(ELSEWHERE, "").split("|")
    if provider is None:
        raise NotFound("this server is not set up for a provider of OpenID Connect; sign in with a password")
    begun, path = (Begun("", *kept[:3]), unquote(kept[3])) if len(kept) == PARTS else (Begun("", "", "", ""), "/")
    code, state = visit.query.get("code", ""), visit.query.get("state", "")
    try:
        token = visit.door.open_session_by_openid(visit.caller(), provider, code, state, begun)
    except (BillingError, Unavailable) as error:
        return shown(visit, "", error)
    response = RedirectResponse(path, 303)
    put_session(response, token, visit.request)
    put_for_sign_in(response, ELSEWHERE, "", 0, visit.request)
    return response
