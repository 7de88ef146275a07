"""Sign in by password and code, one after the other; the profile: sessions, password, second factor."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient
from pyotp import TOTP

from commands.staff.addresses import AllowAddresses
from commands.staff.operators import ChangePassword
from tests.adapters.pages.conftest import FROM_HERE, PASSWORD, SignedIn
from tests.adapters.pages.test_frame import form_fields
from tests.operators import Operator
from tests.passwords import hash_of


def sign_in(client: TestClient, operator: str, password: str = PASSWORD, **fields: str) -> Any:
    return client.post("/sign-in", data={"operator": operator, "password": password} | fields, headers=FROM_HERE)


def with_second_factor(client: TestClient) -> tuple[str, list[str]]:
    """Set up and confirmed on the pages; the secret and the recovery codes."""
    token = form_fields(client.get("/profile").text)["_form"]
    page = client.post("/profile/second-factor", data={"_form": token}, headers=FROM_HERE).text
    secret = re.search(r'class="code" translate="no">([A-Z2-7]{32})<', page)
    assert secret and "<svg" in page and "style=" not in page
    codes = re.findall(r'<li class="col code" translate="no">(\w+)</li>', page)
    assert len(codes) == 10
    again = client.post("/profile/second-factor/confirm", data={"_form": token, "code": "000000"}, headers=FROM_HERE)
    assert again.status_code == 422 and "<svg" in again.text and codes[0] not in again.text
    code = TOTP(secret[1]).at(datetime.now(UTC) - timedelta(seconds=30))
    done = client.post("/profile/second-factor/confirm", data={"_form": token, "code": code}, headers=FROM_HERE)
    assert done.status_code == 303
    return secret[1], codes


def test_the_code_has_a_page_of_its_own_after_the_password(client: TestClient, signed_in: SignedIn):
    secret, _ = with_second_factor(signed_in("eva", "support"))
    first = sign_in(client, "eva", next="/customers?search=eva")
    assert first.headers["location"] == "/sign-in/code?next=/customers%3Fsearch%3Deva"
    kept = first.headers["set-cookie"]
    assert "HttpOnly" in kept and "Path=/sign-in" in kept and "Max-Age=300" in kept and PASSWORD not in kept
    page = client.get(first.headers["location"]).text
    assert "Eva, the six digits of your app." in page and PASSWORD not in page
    fields = form_fields(page)
    assert client.post("/sign-in/code", data=fields | {"code": "12345"}, headers=FROM_HERE).status_code == 422
    wrong = client.post("/sign-in/code", data=fields | {"code": "000000"}, headers=FROM_HERE)
    assert wrong.status_code == 422 and "The code is wrong, or was used before." in wrong.text
    done = client.post("/sign-in/code", data=fields | {"code": TOTP(secret).now()}, headers=FROM_HERE)
    assert (done.status_code, done.headers["location"]) == (303, "/customers?search=eva")
    assert client.get("/customers").status_code == 200


def test_a_password_without_its_code_locks_nobody_out(client: TestClient, signed_in: SignedIn):
    _, codes = with_second_factor(signed_in("eva", "support"))
    for _ in range(6):
        assert sign_in(client, "eva").status_code == 303
    page = client.get("/sign-in/code?recovery=yes").text
    done = client.post("/sign-in/code", data=form_fields(page) | {"code": codes[2]}, headers=FROM_HERE)
    assert (done.status_code, done.headers["location"]) == (303, "/")


def test_wrong_codes_lock_the_operator_as_wrong_passwords_do(client: TestClient, signed_in: SignedIn):
    with_second_factor(signed_in("eva", "support"))
    sign_in(client, "eva")
    fields = form_fields(client.get("/sign-in/code").text)
    for _ in range(5):
        client.post("/sign-in/code", data=fields | {"code": "000000"}, headers=FROM_HERE)
    locked = sign_in(client, "eva")
    assert locked.status_code == 422
    assert re.search(r"It is possible again at\s+<time datetime=[^>]*>[\d-]+ \d\d:\d\d</time>", locked.text)


def test_a_seal_of_another_password_opens_nothing(client: TestClient, signed_in: SignedIn, operator: Operator):
    secret, _ = with_second_factor(signed_in("eva", "support"))
    sign_in(client, "eva")
    fields = form_fields(client.get("/sign-in/code").text)
    changed = ChangePassword(operator="eva", password_hash=hash_of("another password"))
    operator.tell(changed, actor="boss")
    refused = client.post("/sign-in/code", data=fields | {"code": TOTP(secret).now()}, headers=FROM_HERE)
    assert refused.status_code == 422 and "sign in again" in refused.text
    client.cookies.clear()
    assert client.get("/sign-in/code").headers["location"] == "/sign-in?next=/"


def test_who_may_not_come_from_here_is_shown_the_address(client: TestClient, signed_in: SignedIn, operator: Operator):
    signed_in("eva", "support")
    operator.tell(AllowAddresses(networks=("192.0.2.0/24",)), actor="boss")
    refused = sign_in(client, "eva")
    assert refused.status_code == 422 and "Nobody may sign in from testclient" in refused.text


def test_a_password_for_one_time_is_replaced_first(client: TestClient, signed_in: SignedIn, operator: Operator):
    signed_in("eva", "support")
    once = ChangePassword(operator="eva", password_hash=hash_of("for one time"), is_one_time=True)
    operator.tell(once, actor="boss")
    assert sign_in(client, "eva", "for one time").headers["location"] == "/profile/password"
    fields = form_fields(client.get("/profile/password").text)
    for given, again in (("a new password", "another"), ("short", "short")):
        answer = client.post("/profile/password", data=fields | {"password": given, "again": again}, headers=FROM_HERE)
        assert answer.status_code == 422
    new = fields | {"password": "a new password", "again": "a new password"}
    assert client.post("/profile/password", data=new, headers=FROM_HERE).headers["location"] == "/sign-in"
    assert sign_in(client, "eva", "a new password").headers["location"] == "/"


def test_another_session_of_ones_own_is_ended_from_the_profile(client: TestClient, signed_in: SignedIn):
    eva = signed_in("eva", "support")
    sign_in(client, "eva")
    page = client.get("/profile").text
    (end,) = re.findall(r'action="(/profile/sessions/\w+/end)"', page)
    assert client.post(end, data={"_form": form_fields(page)["_form"]}, headers=FROM_HERE).status_code == 303
    assert eva.get("/customers").headers["location"].startswith("/sign-in")
    assert client.get("/profile").status_code == 200
