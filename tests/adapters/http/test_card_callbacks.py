"""What a gateway of cards calls over HTTP: the signature alone proves who calls."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from adapters.http.server import http_application
from projections.cards.callbacks import refused_callbacks
from tests.adapters.cards.cashing import DUE_ON, Cashing, cashing_with
from tests.operators import Operator

PATH = "/cards/callbacks/stripe"


@pytest.fixture
def cashing(operator: Operator) -> Iterator[Cashing]:
    with cashing_with(operator) as found:
        yield found


@pytest.fixture
def caller(cashing: Cashing) -> TestClient:
    """The gateway, which has a page that was paid to tell of."""
    name = cashing.open_page(DUE_ON)
    cashing.gateway.pay_page(cashing.payment(name).reference)
    api = http_application(cashing.operator.application, cards=cashing.desk(DUE_ON))
    return TestClient(api, raise_server_exceptions=False)


def test_a_callback_is_answered_alike_however_often_it_comes(cashing: Cashing, caller: TestClient) -> None:
    body, headers = cashing.gateway.signed(cashing.gateway.callbacks[-1])
    assert [caller.post(PATH, content=body, headers=headers).status_code for _ in range(3)] == [204, 204, 204]

    cashing.let_happen(DUE_ON)

    assert cashing.balance() == "0.00"


def test_what_the_gateway_did_not_sign_is_refused_and_kept(cashing: Cashing, caller: TestClient) -> None:
    callback = cashing.gateway.callbacks[-1]
    body, headers = cashing.gateway.signed(callback, secret="whsec_wrong")
    answer = caller.post(PATH, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "forged")

    right, headers = cashing.gateway.signed(callback)
    assert caller.post(PATH, content=right, headers=headers).status_code == 204
    changed = {**callback, "type": "payment_intent.payment_failed"}
    body, headers = cashing.gateway.signed(json.loads(json.dumps(changed)))
    assert caller.post(PATH, content=body, headers=headers).status_code == 409
    assert caller.post(PATH, content=b"x" * 70_000).status_code == 413

    kept = [row.why for row in cashing.operator.ask(refused_callbacks, 9)]
    assert len(kept) == 2 and "has no right signature" in kept


def test_a_server_without_a_gateway_knows_no_callbacks(operator: Operator) -> None:
    assert TestClient(http_application(operator.application)).post(PATH).status_code == 404
