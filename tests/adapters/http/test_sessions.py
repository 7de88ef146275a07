"""Sessions: listed by their owner and by who may, ended one by one, and renewed."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.adapters.http.conftest import Api, SignedIn, in_session
from tests.adapters.http.test_api import problem
from tests.operators import Operator

PASSWORD = "correct horse battery"


@pytest.fixture
def anna(client: TestClient, signed_in: SignedIn, operator: Operator) -> Api:
    """A cashier in a session."""
    signed_in("anna", "cashier")
    return in_session(client, operator, "anna", PASSWORD)


@pytest.fixture
def other(client: TestClient, anna: Api) -> Api:
    """The same cashier in another session, by another program."""
    credentials = {"operator": "anna", "password": PASSWORD}
    opened = client.post("/v1/sessions", json=credentials, headers={"User-Agent": "Till\x7f 3 " + "x" * 300})
    return Api(client, opened.json()["token"])


def test_everybody_sees_the_own_sessions_with_place_and_program(anna: Api, other: Api, client: TestClient):
    shown = other.get("/me/sessions").json()

    assert [each["agent"] for each in shown["items"]] == ["Till 3 " + "x" * 193, "testclient"]
    assert [each["source"] for each in shown["items"]] == ["testclient", "testclient"]
    assert shown["current"] == shown["items"][0]["session"]
    assert anna.get("/me/sessions").json()["current"] == shown["items"][1]["session"]
    token = other._headers["Authorization"]
    assert token.rpartition(".")[2] not in other.get("/me/sessions").text
    problem(Api(client, "key.anna.test.anna").get("/me/sessions"), 403, "not-permitted")


def test_an_own_session_is_ended_and_the_log_says_so(anna: Api, other: Api, admin: Api):
    lost = other.get("/me/sessions").json()["current"]

    ended = anna.send("DELETE", f"/me/sessions/{lost}")

    assert ended.status_code == 200
    problem(other.get("/me"), 401, "not-signed-in")
    assert anna.get("/me").status_code == 200
    problem(anna.send("DELETE", f"/me/sessions/{lost}"), 404, "not-found")
    (change,) = admin.get("/changes", event="session-ended", min_position=ended.json()["position"]).json()["items"]
    assert (change["actor"], change["what"]) == ("anna", f"session {lost} of operator anna was ended")


def test_nobody_ends_anothers_session_without_the_permission(
    anna: Api, admin: Api, client: TestClient, signed_in: SignedIn, operator: Operator
):
    signed_in("berta", "cashier")
    berta = in_session(client, operator, "berta", PASSWORD)
    mine = anna.get("/me/sessions").json()["current"]
    problem(berta.send("DELETE", f"/me/sessions/{mine}"), 404, "not-found")
    problem(berta.get("/operators/anna/sessions"), 403, "not-permitted")
    problem(berta.post(f"/operators/anna/sessions/{mine}/end"), 403, "not-permitted")

    assert [each["session"] for each in admin.get("/operators/anna/sessions").json()["items"]] == [mine]
    problem(admin.post(f"/operators/berta/sessions/{mine}/end"), 404, "not-found")
    assert admin.post(f"/operators/anna/sessions/{mine}/end").status_code == 200

    problem(anna.get("/me"), 401, "not-signed-in")
    assert admin.get("/operators/anna/sessions").json()["items"] == []
    problem(admin.get("/operators/nobody/sessions"), 404, "not-found")


def test_a_session_that_has_ended_is_not_listed(anna: Api, other: Api, operator: Operator):
    operator.execute("UPDATE billing.sessions SET used_at = used_at - interval '31 minutes' WHERE agent = 'testclient'")

    assert len(other.get("/me/sessions").json()["items"]) == 1


def test_a_renewed_session_has_another_token_and_ends_when_it_would_have(
    anna: Api, client: TestClient, operator: Operator
):
    before = operator.select("SELECT id, opened_at FROM billing.sessions")

    answer = anna.post("/sessions/current/renew")

    assert answer.status_code == 201 and answer.headers["cache-control"] == "no-store"
    problem(anna.get("/me"), 401, "not-signed-in")
    problem(anna.post("/sessions/current/renew"), 401, "not-signed-in")
    assert Api(client, answer.json()["token"]).get("/me").json()["operator"] == "anna"
    assert operator.select("SELECT id, opened_at FROM billing.sessions") == before
