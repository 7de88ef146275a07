"""Sign in by a provider of OpenID Connect: the authorization code flow with PKCE.

    begin()     -> where to send the browser, and what has to be known when it comes back
    finish(...) -> the operator whom the provider's ID token names, in the claim that the server is set up for

The provider is found by its discovery document. Its ID token counts if it was signed by one of the provider's keys, for
this client, for this sign-in (`nonce`), and has not expired.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from billing_core.kernel.errors import InvalidValue, Unavailable
from billing_core.staff.roles import NotSignedIn

DISCOVERY = "/.well-known/openid-configuration"
SCOPE = "openid profile"
# Signatures by the provider's own key: none by a secret that the client knows too, and never none.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TIMEOUT_SECONDS = 10.0
LEEWAY_SECONDS = 60


class ProviderUnavailable(Unavailable):
    """The provider of OpenID Connect cannot be reached, or answers with something else. Repeat it later."""


class OpenIdClient(NamedTuple):
    """What the provider knows this server by; `claim` is that of the ID token which names the operator."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str
    redirect_uri: str


class Begun(NamedTuple):
    """A sign-in that has begun: where the browser goes, and the secrets that bind what comes back to it."""

    url: str
    state: str
    nonce: str
    verifier: str


class OpenIdProvider:
    """A provider by which operators sign in; threads share it."""

    def __init__(self, client: OpenIdClient) -> None:
        _require_safe(client.issuer, "oidc_issuer")
        _require_safe(client.redirect_uri, "oidc_redirect_uri")
        self.client = client

    def for_pages(self, path: str) -> OpenIdProvider:
        """The same provider, which sends the browser back to a page of this site instead of to the API."""
        parts = urlsplit(self.client.redirect_uri)
        return OpenIdProvider(self.client._replace(redirect_uri=f"{parts.scheme}://{parts.netloc}{path}"))

    def begin(self) -> Begun:
        """A new sign-in, whose secrets nobody can guess."""
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        endpoint = self._endpoints()["authorization_endpoint"]
        with self._session() as session:
            url, state = session.create_authorization_url(endpoint, code_verifier=verifier, nonce=nonce)
        return Begun(url, state, nonce, verifier)

    def finish(self, code: str, state: str, begun: Begun) -> str:
        """The operator whom the provider names, or `NotSignedIn`."""
        if not (code and begun.state and hmac.compare_digest(state.encode(), begun.state.encode())):
            raise NotSignedIn("the provider signed nobody in, or it was begun elsewhere or too long ago; begin again")
        endpoints = self._endpoints()
        claims = self._claims(self._token(code, begun, endpoints), begun, endpoints)
        named = claims.get(self.client.claim)
        if not isinstance(named, str):
            raise NotSignedIn(f"the provider's token has no text as claim {self.client.claim}")
        return named

    def _session(self) -> OAuth2Client:
        client = self.client
        return OAuth2Client(
            client.client_id, client.client_secret, scope=SCOPE, redirect_uri=client.redirect_uri,
            code_challenge_method="S256", timeout=TIMEOUT_SECONDS,
        )  # fmt: skip

    def _endpoints(self) -> Mapping[str, str]:
        found = _fetched(self.client.issuer.rstrip("/") + DISCOVERY)
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != self.client.issuer or not all(isinstance(found.get(each), str) for each in wanted):
            raise ProviderUnavailable("the provider of OpenID Connect describes itself as another one")
        for each in wanted:
            _require_safe(found[each], each)
        return found

    def _token(self, code: str, begun: Begun, endpoints: Mapping[str, str]) -> str:
        """The ID token for a code, which serves once and only together with the verifier."""
        try:
            with self._session() as session:
                answer = session.fetch_token(
                    endpoints["token_endpoint"], grant_type="authorization_code", code=code,
                    code_verifier=begun.verifier,
                )  # fmt: skip
        except OAuthError:
            raise NotSignedIn("the provider refused the code; begin the sign-in again") from None
        except (httpx2.HTTPError, ValueError):
            raise ProviderUnavailable("the provider of OpenID Connect gave no token") from None
        return str(answer.get("id_token", ""))

    def _claims(self, token: str, begun: Begun, endpoints: Mapping[str, str]) -> Mapping[str, Any]:
        client = self.client
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": client.issuer},
            aud={"essential": True, "value": client.client_id},
            nonce={"essential": True, "value": begun.nonce},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        keys: Any = _fetched(endpoints["jwks_uri"])
        try:
            claims = jwt.decode(token, jwk.KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims
            registry.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError):
            raise NotSignedIn("the provider's token does not prove who it is") from None
        if claims.get("azp", client.client_id) != client.client_id:
            raise NotSignedIn("the provider's token is for another program")
        return claims


def _fetched(url: str) -> Mapping[str, Any]:
    """A JSON object of the provider."""
    try:
        answer = httpx2.get(url, timeout=TIMEOUT_SECONDS).raise_for_status()
        found = answer.json()
    except (httpx2.HTTPError, ValueError):
        raise ProviderUnavailable("the provider of OpenID Connect cannot be reached") from None
    if not isinstance(found, dict):
        raise ProviderUnavailable("the provider of OpenID Connect answers with something else")
    return found


def _require_safe(url: str, field: str) -> None:
    """Encrypted, unless it is on this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return
    raise InvalidValue("must begin with https://, unless it is on this machine", field=field, value=url)
