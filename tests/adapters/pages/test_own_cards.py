"""The own pages by which customers pay with a card, store one, and pay a request by its link."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from adapters.bootstrap.card_desk import CardDesk, gateway_of
from adapters.bootstrap.settings import read_settings
from adapters.cards.simulator import SimulatedGateway, serving
from commands.payment_requests import AskForPayment, WithdrawPaymentRequest
from tests.adapters.pages.conftest import FROM_HERE
from tests.adapters.pages.own import ANNA, EVE, customer_client, open_house
from tests.operators import Operator

TOKEN = "a-long-random-token"


@pytest.fixture
def house(operator: Operator) -> Operator:
    return open_house(operator)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedGateway]:
    """The settings name a gateway, which runs."""
    simulated = SimulatedGateway()
    with serving(simulated) as address:
        stripe = {"secret_key": "sk_test", "callback_secret": simulated.callback_secret, "api": address}
        monkeypatch.setenv("BILLING_STRIPE", json.dumps(stripe))
        yield simulated


@pytest.fixture
def anna(house: Operator, gateway: SimulatedGateway, site: FastAPI) -> TestClient:
    return customer_client(house, site)


def posted(client: TestClient, page: str, path: str, **typed: str) -> Any:
    found = re.search(r'name="_form" value="([^"]*)"', client.get(page).text)
    assert found is not None
    return client.post(path, data={"_form": found[1], **typed}, headers=FROM_HERE)


def read(house: Operator, gateway: SimulatedGateway) -> None:
    """What the gateway would call back about is read."""
    desk = CardDesk(house.application, gateway_of(read_settings().stripe))
    for callback in gateway.callbacks:
        desk.follow(callback["data"]["object"]["id"])


def page_of(answer: Any) -> str:
    """The page of the gateway to which the customer is sent."""
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].rpartition("/")[2])


def test_a_customer_pays_what_is_owed_on_a_page_of_the_gateway(
    house: Operator, gateway: SimulatedGateway, anna: TestClient
) -> None:
    gateway.pay_page(page_of(posted(anna, "/my", f"/my/accounts/{ANNA}/card/pay")))
    read(house, gateway)

    assert str(house.account(ANNA).ledger.balance) == "0.00 EUR"


def test_a_card_is_stored_once_the_customer_agrees_and_removed_again(
    house: Operator, gateway: SimulatedGateway, anna: TestClient
) -> None:
    page = f"/my/accounts/{ANNA}/card"
    assert posted(anna, page, f"{page}/store").status_code == 422
    gateway.pay_page(page_of(posted(anna, page, f"{page}/store", agree="yes")))
    read(house, gateway)
    shown = anna.get(page).text
    assert "4242" in shown and "2039-12" in shown

    posted(anna, page, f"{page}/remove")

    assert "No card is stored." in anna.get(page).text


def test_anothers_card_is_as_if_there_were_none(anna: TestClient) -> None:
    assert anna.get(f"/my/accounts/{EVE}/card").status_code == 404
    assert posted(anna, "/my", f"/my/accounts/{EVE}/card/pay").status_code == 404


def test_who_has_the_link_of_a_request_sees_it_and_pays_it_without_signing_in(
    house: Operator, gateway: SimulatedGateway, site: FastAPI
) -> None:
    token_hash = sha256(TOKEN.encode()).hexdigest()
    house.tell(AskForPayment(account=ANNA, token_hash=token_hash, amount=Decimal(12), note="For the visit"))
    payer = TestClient(site, raise_server_exceptions=False, follow_redirects=False)
    page = f"/my/pay/{ANNA}-1/{TOKEN}"
    shown = payer.get(page).text
    assert "12.00" in shown and "For the visit" in shown and "LV80BANK0000435195001" in shown and "<svg" in shown

    gateway.pay_page(page_of(posted(payer, page, f"{page}/card")))
    read(house, gateway)

    assert str(house.account(ANNA).ledger.balance) == "-18.00 EUR"


def test_a_wrong_link_and_one_of_nobody_get_the_same_answer(house: Operator, site: FastAPI) -> None:
    token_hash = sha256(TOKEN.encode()).hexdigest()
    house.tell(AskForPayment(account=ANNA, token_hash=token_hash, amount=Decimal(12)))
    payer = TestClient(site, raise_server_exceptions=False, follow_redirects=False)
    answers = [payer.get(f"/my/pay/{path}") for path in (f"{ANNA}-1/wrong", f"{ANNA}-2/{TOKEN}", f"X-1/{TOKEN}")]
    assert {answer.status_code for answer in answers} == {404}
    assert not any("12.00" in answer.text for answer in answers)

    house.tell(WithdrawPaymentRequest(account=ANNA, number=1, reason="a slip"))
    assert "not valid any more" in payer.get(f"/my/pay/{ANNA}-1/{TOKEN}").text
