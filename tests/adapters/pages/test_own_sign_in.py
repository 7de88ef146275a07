"""How customers sign in: by the link of a real mail, once; by a password; and what strangers learn from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from fastapi import FastAPI
from fastapi.testclient import TestClient

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.signed_in import own_sign_in_of
from billing_core.parties.customers import Customer
from billing_core.staff.roles import NotSignedIn
from commands.forgetting import ForgetCustomer
from commands.parties import RegisterCustomer
from commands.self_care.passwords import TakeCustomerPassword
from tests.adapters.pages.conftest import FROM_HERE, PASSWORD, SignedIn
from tests.adapters.pages.own import ANNA, EVE, MAIL, customer_client, link_in, open_house, with_mail
from tests.adapters.pages.test_frame import form_fields
from tests.counterparts.smtp import SmtpCounterpart, smtp_server
from tests.operators import Operator


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def smtp(authority: trustme.CA) -> Iterator[SmtpCounterpart]:
    with smtp_server(authority) as server:
        yield server


@pytest.fixture
def house(
    operator: Operator, authority: trustme.CA, smtp: SmtpCounterpart, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Operator:
    with_mail(authority, smtp, monkeypatch, tmp_path)
    return open_house(operator)


def ask_for_link(client: TestClient, who: str) -> str:
    answer = client.post("/my/sign-in", data={"who": who, "do": "link"}, headers=FROM_HERE)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_link_of_a_mail_signs_in_once(house: Operator, client: TestClient, smtp: SmtpCounterpart) -> None:
    worker = automation_of(house.application)
    worker.register()
    ask_for_link(client, MAIL.upper())
    worker.settle()
    assert [mail.receiver for mail in smtp.arrived] == [MAIL]
    page = client.get(link_in(smtp))
    assert page.status_code == 200 and client.get("/my").status_code == 303, "looking at the link uses nothing up"
    fields = form_fields(page.text)
    entered = client.post("/my/enter", data=fields, headers=FROM_HERE)
    assert (entered.status_code, entered.headers["location"]) == (303, "/my")
    assert "httponly" in entered.headers["set-cookie"].lower() and "billing-my=" in entered.headers["set-cookie"]
    assert "Anna Vrabcová" in client.get("/my").text
    client.cookies.clear()
    assert client.post("/my/enter", data=fields, headers=FROM_HERE).status_code == 422
    secret = fields["link"].partition(".")[2]
    assert secret not in str(house.select("SELECT * FROM billing.sign_in_links"))


def test_a_link_is_for_fifteen_minutes(house: Operator) -> None:
    sign_in, made_at = own_sign_in_of(house.application), datetime.now(UTC)
    just, late = (sign_in.make_link(ANNA, made_at) for _ in range(2))
    sign_in.open_by_link(just, "10.0.0.7", made_at + timedelta(minutes=15))
    with pytest.raises(NotSignedIn):
        sign_in.open_by_link(late, "10.0.0.7", made_at + timedelta(minutes=15, seconds=1))


def test_who_is_known_and_who_is_not_get_the_same_answer(house: Operator, client: TestClient) -> None:
    pages = {ask_for_link(client, who).replace(who, "WHO") for who in (MAIL, "nobody@x.test", EVE, "999")}
    assert len(pages) == 1
    wrong = {
        client.post("/my/sign-in", data={"who": who, "password": "x" * 12, "do": "password"}, headers=FROM_HERE)
        .text.replace(who, "WHO")
        for who in (ANNA, "999", "nobody@x.test")
    }  # fmt: skip
    assert len(wrong) == 1


def test_requests_for_one_address_are_bounded_and_those_of_one_source(house: Operator, client: TestClient) -> None:
    def status(who: str) -> int:
        return client.post("/my/sign-in", data={"who": who, "do": "link"}, headers=FROM_HERE).status_code

    assert [status(MAIL) for _ in range(6)] == [200] * 5 + [429]
    assert [status(f"{each}@x.test") for each in range(16)] == [200] * 15 + [429]
    asked = house.select("SELECT count(*) FROM billing.events WHERE topic = 'sign-in-link-asked/1'")
    assert asked == [(5,)]


def test_five_wrong_passwords_lock_the_right_one(house: Operator, site: FastAPI) -> None:
    client = customer_client(house, site)
    client.cookies.clear()
    wrong = {"who": ANNA, "password": "wrong wrong wrong", "do": "password"}
    assert [client.post("/my/sign-in", data=wrong, headers=FROM_HERE).status_code for _ in range(5)] == [422] * 5
    right = client.post("/my/sign-in", data=wrong | {"password": PASSWORD}, headers=FROM_HERE)
    assert right.status_code == 422 and "Too many attempts" in right.text


def test_sessions_of_customers_and_operators_are_nothing_to_each_other(
    house: Operator, site: FastAPI, signed_in: SignedIn
) -> None:
    anna, clerk = customer_client(house, site), signed_in("clara", "administrator")
    assert anna.get("/customers").status_code == clerk.get("/my").status_code == 303
    token = anna.cookies["billing-my"]
    headers = {"Authorization": f"Bearer {token}"}
    assert anna.get("/v1/customers", headers=headers).status_code == 401
    anna.cookies.set("billing-session", token)
    assert anna.get("/customers").status_code == 303


def test_a_session_ends_by_signing_out_by_losing_the_password_and_by_being_forgotten(
    house: Operator, site: FastAPI
) -> None:
    anna, eve = customer_client(house, site), customer_client(house, site, EVE)
    token = anna.cookies["billing-my"]
    out = anna.post("/my/sign-out", data=form_fields(anna.get("/my").text), headers=FROM_HERE)
    anna.cookies.set("billing-my", token)
    assert (out.status_code, anna.get("/my").status_code) == (303, 303)
    house.tell(TakeCustomerPassword(customer=EVE))
    assert eve.get("/my").status_code == 303


def test_nothing_is_left_of_how_a_forgotten_customer_signed_in(house: Operator, client: TestClient) -> None:
    house.tell(RegisterCustomer(customer=Customer(number="7", kind="person", name="Otto", email="otto@x.test")))
    sign_in, now = own_sign_in_of(house.application), datetime.now(UTC)
    token, link = sign_in.open("7", "10.0.0.7", now), sign_in.make_link("7", now)
    house.application.runner.catch_up()
    client.cookies.set("billing-my", token)
    assert client.get("/my").status_code == 200
    house.application.execute(
        ForgetCustomer(customer="7", ordered_by="the customer", reason="asked"), origin_of_process("clerk")
    )
    assert client.get("/my").status_code == 303
    with pytest.raises(NotSignedIn):
        sign_in.open_by_link(link, "10.0.0.7", now)
    for table in ("own_sessions", "sign_in_links", "customer_passwords"):
        assert house.select(f"SELECT count(*) FROM billing.{table} WHERE customer = '7'") == [(0,)]
