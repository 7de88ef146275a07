"""Who read whose personal data is kept if the server is set up so, and goes when the customer is forgotten."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from adapters.bootstrap.origins import origin_of_process
from adapters.http.server import http_application
from commands.forgetting import ForgetCustomer
from tests.adapters.http.conftest import Api, SignedIn
from tests.adapters.http.test_api import CUSTOMER, PAYMENT
from tests.operators import Operator


@pytest.fixture
def server(operator: Operator) -> TestClient:
    """A server that keeps reads, with the customers A0001 and A0002."""
    operator.subscribers(2)
    operator.application.runner.catch_up()
    return TestClient(http_application(operator.application, keeps_reads=True), raise_server_exceptions=False)


@pytest.fixture
def auditor(server: TestClient, signed_in: SignedIn) -> Api:
    signed_in("zane", "auditor")
    return Api(server, "key.zane.test.zane")


@pytest.fixture
def boss(server: TestClient, admin: Api) -> Api:
    return Api(server, "key.admin.test.admin")


def reads(api: Api, **wanted: Any) -> list[tuple[str, str, list[str]]]:
    found: list[dict[str, Any]] = api.get("/personal-reads", **wanted).json()["items"]
    return [(each["actor"], each["query"], each["customers"]) for each in found]


def test_a_card_a_search_a_payer_and_a_change_are_kept_with_whose_they_are(auditor: Api, boss: Api):
    position = boss.post("/accounts/A0001/payments", PAYMENT).json()["position"]
    assert auditor.get("/customers/A0001", min_position=position).status_code == 200
    assert len(auditor.get("/customers", search="customer").json()["items"]) == 2
    assert len(auditor.get("/accounts/A0001/payments").json()["items"]) == 1
    assert len(auditor.get("/changes", stream="account/A0002").json()["items"]) > 0

    assert reads(boss) == [
        ("zane", "audit.read.list-changes", ["A0002"]),
        ("zane", "payments.read.list-payments", ["A0001"]),
        ("zane", "parties.read.list-customers", ["A0001", "A0002"]),
        ("zane", "parties.read.show-customer", ["A0001"]),
    ]
    assert [query for _, query, _ in reads(boss, customer="A0002")] == [
        "audit.read.list-changes", "parties.read.list-customers"
    ]  # fmt: skip
    assert reads(boss, actor="admin") == []
    (oldest,) = boss.get("/personal-reads", before=2).json()["items"]
    assert (oldest["source"], oldest["channel"]) == ("testclient", "HTTP")


def test_names_on_lists_payers_of_a_statement_and_parameters_of_services_are_kept(
    auditor: Api, boss: Api, operator: Operator
):
    assert auditor.get("/accounts/A0001").status_code == 200
    assert len(auditor.get("/accounts/A0002/subscriptions").json()["items"]) == 1
    operator.bill(date(2026, 2, 1))
    operator.application.runner.catch_up()
    assert len(auditor.get("/suspensions", on="2026-03-01").json()["items"]) == 2

    assert reads(boss) == [
        ("zane", "dunning.read.list-suspensions", ["A0001", "A0002"]),
        ("zane", "services.read.list-subscriptions", ["A0002"]),
        ("zane", "accounts.read.show-account", ["A0001"]),
    ]


def test_what_shows_nobody_is_not_kept_nor_what_was_searched_for(auditor: Api, boss: Api, operator: Operator):
    auditor.get("/customers", search="otto kalnins")
    auditor.get("/customers/nobody")
    auditor.get("/tariffs")
    auditor.get("/accounts/A0001/balance")
    assert reads(boss) == []

    auditor.get("/customers", search="customer a0001")

    assert "customer a0001" not in str(operator.select("SELECT * FROM billing.personal_reads"))


def test_the_feed_is_a_read_for_who_may_see_personal_data_in_it(boss: Api, auditor: Api):
    """The auditor's events are shown with what is personal too: `*.read.*` permits it."""
    assert boss.get("/events", limit=1_000).status_code == 200

    assert reads(boss) == [("admin", "outreach.read.list-events", ["A0001", "A0002"])]


def test_a_server_that_is_not_set_up_so_keeps_none(admin: Api, operator: Operator):
    operator.subscribers(1)
    operator.application.runner.catch_up()
    assert admin.get("/customers/A0001").status_code == 200

    assert reads(admin) == []


def test_a_customer_who_is_forgotten_is_taken_out(auditor: Api, boss: Api, operator: Operator):
    position = boss.post("/customers", CUSTOMER).json()["position"]
    auditor.get("/customers/C1", min_position=position)
    auditor.get("/customers", search="C1")
    auditor.get("/customers")
    assert len(reads(boss, customer="C1")) == 3
    command = ForgetCustomer(customer="C1", ordered_by="the officer", reason="asked")

    operator.application.execute(command, origin_of_process("boss"))

    assert reads(boss) == [("zane", "parties.read.list-customers", ["A0001", "A0002"])]
