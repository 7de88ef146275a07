"""Signing in by a provider of OpenID Connect that runs on this machine, as a browser does it.

The provider is a real one but for passwords, and it does not know PKCE: a layer before it does.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import oidc_provider_mock
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from adapters.bootstrap.openid import openid_of
from adapters.bootstrap.settings import Settings
from adapters.http.server import http_application
from adapters.outgoing import openid
from adapters.outgoing.openid import OpenIdClient, OpenIdProvider
from billing_core.kernel.errors import InvalidValue
from commands.staff.addresses import AllowAddresses
from commands.staff.operators import CloseOperator
from tests.adapters.http.conftest import Api, SignedIn
from tests.adapters.http.test_api import problem
from tests.operators import Operator

BEGIN, BACK = "/v1/sign-in/oidc", "/v1/sign-in/oidc/callback"
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class WithPkce:
    """A provider that gives a token only to the one who knows the verifier of the code's challenge (RFC 7636)."""

    def __init__(self, provider: Wsgi) -> None:
        self._provider = provider
        self._challenges = set[str]()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/oauth2/authorize":
            asked = dict(parse_qsl(environ["QUERY_STRING"]))
            if asked.get("code_challenge_method") != "S256":
                return self._refuse(start_response)
            self._challenges.add(asked["code_challenge"])
        if environ["PATH_INFO"] == "/oauth2/token":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = BytesIO(body)
            verifier = dict(parse_qsl(body.decode())).get("code_verifier", "")
            challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
            if challenge not in self._challenges:
                return self._refuse(start_response)
        return self._provider(environ, start_response)

    def _refuse(self, start_response: Any) -> Iterable[bytes]:
        start_response("400 Bad Request", [("Content-Type", "application/json")])
        return [b'{"error": "invalid_request"}']


@pytest.fixture
def issuer() -> Iterator[str]:
    people = [
        oidc_provider_mock.User(sub="1", claims={"login": "anna"}),
        oidc_provider_mock.User(sub="2", claims={"login": "nobody"}),
        oidc_provider_mock.User(sub="3", claims={}),
    ]
    server = make_server("127.0.0.1", 0, WithPkce(oidc_provider_mock.app(user_claims=people)), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def provider_at(issuer: str) -> OpenIdProvider:
    return OpenIdProvider(OpenIdClient(issuer, "billing", "for-tests", "login", f"http://localhost{BACK}"))


@pytest.fixture
def browser(operator: Operator, signed_in: SignedIn, issuer: str) -> TestClient:
    """A browser at a server that knows the provider; `anna` is a cashier."""
    signed_in("anna", "cashier")
    return browser_at(operator, issuer)


def browser_at(operator: Operator, issuer: str) -> TestClient:
    server = http_application(operator.application, openid=provider_at(issuer))
    return TestClient(server, "http://localhost", raise_server_exceptions=False, follow_redirects=False)


def back_from_provider(browser: TestClient, person: str) -> str:
    """The way to the provider, where a person signs in: with what address the browser comes back."""
    begun = browser.get(BEGIN)
    assert begun.status_code == 302, begun.text
    answer = httpx.post(begun.headers["location"], data={"sub": person})
    assert answer.status_code == 302, answer.text
    back: str = answer.headers["location"]
    assert back.startswith(f"http://localhost{BACK}?")
    return back


def test_the_operator_whom_the_provider_names_gets_a_session(browser: TestClient):
    opened = browser.get(back_from_provider(browser, "1"))

    assert opened.status_code == 201 and opened.headers["cache-control"] == "no-store", opened.text
    anna = Api(browser, opened.json()["token"])
    assert anna.get("/me").json()["operator"] == "anna"
    assert len(anna.get("/me/sessions").json()["items"]) == 1


def test_it_is_asked_for_with_a_challenge_and_the_cookie_is_for_the_way_back_alone(browser: TestClient):
    begun = browser.get(BEGIN)

    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    cookie = begun.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", f"Path={BEGIN}", "Max-Age=600"))
    assert asked["code_challenge"][0] not in cookie and "for-tests" not in begun.headers["location"] + cookie


def test_a_code_serves_once_and_in_the_browser_that_asked_for_it(browser: TestClient, operator: Operator, issuer: str):
    back, other = back_from_provider(browser, "1"), browser_at(operator, issuer)
    problem(other.get(back), 401, "not-signed-in")
    other.get(BEGIN)
    problem(other.get(back), 401, "not-signed-in")

    kept = browser.cookies["billing-sign-in"]
    assert browser.get(back).status_code == 201
    problem(browser.get(back), 401, "not-signed-in")
    problem(browser.get(back, headers={"Cookie": f"billing-sign-in={kept}"}), 401, "not-signed-in")


@pytest.mark.parametrize("person", ["2", "3"])
def test_who_is_no_operator_or_has_no_such_claim_is_refused_and_that_is_kept(
    browser: TestClient, admin: Api, person: str
):
    problem(browser.get(back_from_provider(browser, person)), 401, "not-signed-in")

    (kept,) = admin.get("/refused-attempts").json()["items"]
    assert (kept["actor"], kept["attempt"]) == ("unknown", "sign-in")


def test_a_closed_operator_and_another_address_are_refused(browser: TestClient, operator: Operator):
    back = back_from_provider(browser, "1")
    operator.tell(CloseOperator(operator="anna", reason="left"))
    problem(browser.get(back), 401, "not-signed-in")

    operator.tell(AllowAddresses(networks=("192.0.2.0/24",)))
    problem(browser.get(BEGIN), 403, "address-not-allowed")
    problem(browser.get(back), 403, "address-not-allowed")


def test_a_token_that_was_signed_by_another_or_for_another_sign_in_is_refused(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
):
    begun = browser.get(BEGIN)
    answer = httpx.post(begun.headers["location"].replace("nonce=", "nonce=other"), data={"sub": "1"})
    problem(browser.get(answer.headers["location"]), 401, "not-signed-in")

    back = back_from_provider(browser, "1")
    fetch = openid._fetched

    def fetched(url: str) -> Any:
        found = fetch(url)
        if not url.endswith("/jwks"):
            return found
        another = RSAKey.generate_key(2048, {"kid": found["keys"][0].get("kid")})
        return {"keys": [another.as_dict(private=False)]}

    monkeypatch.setattr(openid, "_fetched", fetched)
    problem(browser.get(back), 401, "not-signed-in")


def test_without_a_provider_it_says_so_and_one_that_is_away_is_no_fault(
    client: TestClient, operator: Operator, issuer: str
):
    problem(client.get(BEGIN), 404, "not-found")
    problem(client.get(BACK), 404, "not-found")
    problem(browser_at(operator, "http://127.0.0.1:9").get(BEGIN), 503, "unavailable")
    problem(browser_at(operator, f"{issuer}/").get(BEGIN), 503, "unavailable")


def test_all_settings_are_needed_together_and_an_open_network_is_refused():
    assert openid_of(Settings()) is None
    with pytest.raises(InvalidValue, match="BILLING_OIDC_CLIENT_ID"):
        openid_of(Settings(oidc_issuer="https://id.example"))
    with pytest.raises(InvalidValue, match="must begin with https"):
        provider_at("http://id.example")
