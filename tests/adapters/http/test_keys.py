"""API keys that are for some networks, or for a part of what their operator may do."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from adapters.bootstrap.origins import origin_of_process
from adapters.http.server import http_application
from billing_core.staff.roles import Role
from commands.payments.account import ReceivePayment
from commands.staff.operators import DefineRole, IssueApiKey, RegisterOperator
from commands.staff.sign_in import hashed
from tests.adapters.http.conftest import Api
from tests.adapters.http.test_api import PAYMENT, problem
from tests.operators import Operator, eur

INSIDE, OUTSIDE = "10.1.2.3", "192.0.2.1"


@pytest.fixture
def kiosk(operator: Operator) -> Operator:
    """An accountant."""
    operator.tell(RegisterOperator(operator="kiosk", name="Kiosk", roles=("accountant",)))
    return operator


def by_key(operator: Operator, key: str, source: str = INSIDE, **limits: Any) -> Api:
    """The API by a new key of the kiosk, from an address."""
    issue = IssueApiKey(operator="kiosk", key=key, purpose="tests", secret_hash=hashed(key), **limits)
    operator.tell(issue)
    return from_address(operator, key, source)


def from_address(operator: Operator, key: str, source: str) -> Api:
    server = http_application(operator.application)
    client = TestClient(server, raise_server_exceptions=False, client=(source, 50_000))
    return Api(client, f"key.kiosk.{key}.{key}")


def test_a_key_is_refused_outside_its_networks_and_the_attempt_is_kept(kiosk: Operator):
    inside = by_key(kiosk, "hall", networks=("10.1.0.0/16",))
    outside = from_address(kiosk, "hall", OUTSIDE)

    assert inside.get("/me").status_code == 200
    problem(outside.get("/me"), 403, "address-not-allowed")

    everywhere = by_key(kiosk, "other", OUTSIDE)
    (kept,) = everywhere.get("/refused-attempts").json()["items"]
    assert (kept["actor"], kept["source"], kept["code"]) == ("kiosk", OUTSIDE, "address-not-allowed")


def test_a_key_permits_a_part_of_what_the_operator_may_do(kiosk: Operator):
    account = kiosk.subscriber()
    api = by_key(kiosk, "till", permissions=("payments.change.*", "accounts.read.show-balance"))

    assert api.post(f"/accounts/{account}/payments", PAYMENT).status_code == 201
    assert api.get(f"/accounts/{account}/balance", min_position=1).status_code == 200
    refused = problem(api.get("/invoices"), 403, "not-permitted")
    assert "key till of kiosk does not permit it" in refused["detail"]
    assert api.get("/me").json()["permissions"] == ["accounts.read.show-balance", "payments.change.*"]


def test_a_role_that_ends_ends_what_a_key_permitted_of_it(kiosk: Operator):
    api = by_key(kiosk, "till", permissions=("audit.read.*",))
    assert api.get("/changes").status_code == 200

    kiosk.tell(DefineRole(role="accountant", permits=Role(permissions=("payments.*.*",))))

    problem(api.get("/changes"), 403, "not-permitted")


def test_a_key_approves_nothing_that_it_may_not_do_itself(kiosk: Operator):
    account = kiosk.subscriber()
    asked = ReceivePayment(account=account, source="till", reference="1", amount=eur("2.00"))
    kiosk.application.waiting.keep(asked, origin_of_process("till"), "above the limit", dry_run=False)
    api = by_key(kiosk, "eyes", permissions=("approvals.*.*",))
    (request,) = api.get("/approval-requests", min_position=1).json()["items"]

    problem(api.post(f"/approval-requests/{request['request']}/approve"), 403, "not-permitted")

    whole = by_key(kiosk, "whole")
    assert whole.post(f"/approval-requests/{request['request']}/approve").status_code == 200


def test_a_key_for_a_part_sees_no_jobs_but_those_it_permits(kiosk: Operator):
    whole = by_key(kiosk, "whole")
    job = whole.post("/jobs/run-billing", {"on": "2026-02-01"}).json()["job"]
    part = by_key(kiosk, "part", permissions=("payments.*.*",))

    assert [each["job"] for each in whole.get("/jobs").json()["items"]] == [job]
    assert part.get("/jobs").json()["items"] == []
    problem(part.get(f"/jobs/{job}"), 404, "not-found")
    problem(part.post(f"/jobs/{job}/cancel"), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/me/password", {"password": "correct horse battery"}),
        ("POST", "/me/second-factor", None),
        ("PUT", "/me/second-factor", {"code": "123456"}),
    ],
)
def test_no_key_changes_how_its_operator_signs_in(kiosk: Operator, method: str, path: str, body: Any):
    refused = problem(by_key(kiosk, "hall").send(method, path, body), 403, "not-permitted")

    assert "sign in with the password" in refused["detail"]
