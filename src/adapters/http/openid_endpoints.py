"""Sign in by a provider of OpenID Connect: to the provider, and back from it.

What binds the way back to the way there is kept in a cookie of the browser, so nobody can make another browser finish a
sign-in that was begun elsewhere, and the server keeps nothing for those who never come back.
"""

from __future__ import annotations

from asyncio import to_thread
from http import HTTPStatus

from fastapi import Request, Response

from adapters.door.door import Door
from adapters.http.answers import as_body
from adapters.http.endpoints import JSON, Endpoint, answering, caller_of, parameters_of
from adapters.http.problems import Problem
from adapters.http.route import PREFIX
from adapters.http.staff_endpoints import Opened
from adapters.outgoing.openid import Begun, OpenIdProvider

PATH = f"{PREFIX}/sign-in/oidc"
COOKIE = "billing-sign-in"
KEPT_SECONDS = 600
PARTS = 3


def beginning(door: Door, provider: OpenIdProvider | None) -> Endpoint:
    """Send the browser to the provider."""

    async def respond(request: Request) -> Response:
        known = _required(provider)
        begun = await to_thread(door.begin_openid, caller_of(request), known)
        response = Response(status_code=HTTPStatus.FOUND, headers={"Location": begun.url, "Cache-Control": "no-store"})
        kept = ".".join((begun.state, begun.nonce, begun.verifier))
        response.set_cookie(COOKIE, kept, KEPT_SECONDS, path=PATH, secure=_is_encrypted(known), httponly=True,
                            samesite="lax")  # fmt: skip
        return response

    return answering(respond, "begin-oidc-sign-in")


def finishing(door: Door, provider: OpenIdProvider | None) -> Endpoint:
    """Open a session for the operator whom the provider names."""

    async def respond(request: Request) -> Response:
        known, parameters = _required(provider), parameters_of(request)
        code, state = parameters.get("code", ""), parameters.get("state", "")
        begun = _kept(request.cookies.get(COOKIE, ""))
        token = await to_thread(door.open_session_by_openid, caller_of(request), known, code, state, begun)
        response = Response(as_body(Opened(token)), HTTPStatus.CREATED, {"Cache-Control": "no-store"}, JSON)
        response.delete_cookie(COOKIE, path=PATH, secure=_is_encrypted(known), httponly=True, samesite="lax")
        return response

    return answering(respond, "finish-oidc-sign-in")


def _required(provider: OpenIdProvider | None) -> OpenIdProvider:
    if provider is None:
        detail = "this server is not set up for a provider of OpenID Connect; sign in with a password"
        raise Problem(HTTPStatus.NOT_FOUND, "not-found", detail)
    return provider


def _kept(cookie: str) -> Begun:
    """The sign-in that this browser has begun; one that fits nothing without a cookie."""
    parts = cookie.split(".")
    return Begun("", *parts) if len(parts) == PARTS else Begun("", "", "", "")


def _is_encrypted(provider: OpenIdProvider) -> bool:
    return provider.client.redirect_uri.startswith("https:")
