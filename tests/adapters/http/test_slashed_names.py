"""A program reaches what has a slash in its name by the name as it is, or encoded."""

from __future__ import annotations

from datetime import date

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from adapters.edge.slashed_routes import MOST_SLASHES, slashed_routes
from commands.payments.account import ReceivePayment
from tests.adapters.http.conftest import Api
from tests.adapters.http.test_api import problem
from tests.operators import Operator, eur


@pytest.fixture
def slashed(operator: Operator) -> Operator:
    """Account 2026/15, into which a payment with the reference 17/A came."""
    operator.subscriber("2026/15")
    operator.tell(ReceivePayment(account="2026/15", source="desk", reference="17/A", amount=eur("5.00"),
                                 received_on=date(2026, 1, 2), method="cash"))  # fmt: skip
    operator.application.runner.catch_up()
    return operator


@pytest.mark.parametrize("name", ["2026/15", "2026%2F15", "2026%2f15"])
def test_an_account_is_shown(name: str, slashed: Operator, admin: Api):
    assert admin.get(f"/accounts/{name}/balance").json()["number"] == "2026/15"


def test_a_payment_is_taken_back(slashed: Operator, admin: Api):
    path = "/accounts/2026%2F15/payments/desk:17%2FA/reverse"
    assert admin.post(path, {"reason": "typed twice"}).status_code == 200
    balance = admin.get("/accounts/2026%2F15/balance", min_position=slashed.application.log.newest_position())
    assert balance.json()["balance"]["amount"] == "0.00"


def test_what_does_not_exist_is_not_found(slashed: Operator, admin: Api):
    problem(admin.get("/accounts/2026/16/balance"), 404, "not-found")


def answered(request: Request) -> Response:
    return Response()


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/accounts/2026/15/balance", "2026/15"),
        (f"/accounts/{'x/' * (MOST_SLASHES - 3)}x/balance", "x/" * (MOST_SLASHES - 3) + "x"),
        (f"/accounts/{'x/' * (MOST_SLASHES - 2)}x/balance", None),
        (f"/accounts/{'x/' * 10_000}x/balance", None),
    ],
    ids=["one", "the most", "one more than the most", "ten thousand"],
)
def test_an_address_with_a_few_slashes_is_matched_and_one_with_too_many_is_not(path: str, number: str | None):
    (route,) = slashed_routes([Route("/accounts/{number}/balance", answered)])
    match, found = route.matches({"type": "http", "method": "GET", "path": path})
    assert match == (Match.NONE if number is None else Match.FULL)
    assert found.get("path_params", {}).get("number") == number
