"""Kiosks send to the server without signing in; operators see what came, and compare registers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi.testclient import TestClient

from adapters.kiosks.other_side import Said, Side, written
from tests.adapters.http.conftest import Api
from tests.operators import Operator

TERMS = {
    "protocol": "osmp",
    "seller": "north",
    "user": "terminal",
    "currencies": [{"from": "2026-01-01", "currency": "EUR"}],
}


def connected(admin: Api, **terms: Any) -> str:
    """A connection `hall`; its password."""
    made = admin.post("/kiosks", {"kiosk": "hall", "terms": TERMS | terms})
    assert made.status_code == 201, made.text
    return str(admin.post("/kiosks/hall/take-secret").json()["result"]["secret"])


def pays(client: TestClient, secret: str, number: int, payer: str = "A0001", minor: int = 1250) -> Any:
    said = Said("pay", number, payer, minor, datetime.now(UTC), "")
    sent = written(said, Side("osmp", "terminal", secret, "EUR"))
    return client.get("/kiosk/hall", params=dict(sent.query), headers=dict(sent.headers))


def test_a_kiosk_pays_and_an_operator_sees_it(operator: Operator, client: TestClient, admin: Api):
    operator.subscribers(1)
    secret = connected(admin)

    answers = [pays(client, secret, 17) for _ in range(2)]
    pays(client, secret, 18, "NOBODY")
    pays(client, "a guess of mine", 19)
    operator.application.runner.catch_up()

    assert answers[0].headers["content-type"] == "text/xml; charset=utf-8"
    assert b"<result>0</result>" in answers[0].content and answers[0].content == answers[1].content
    rows = admin.get("/kiosks/hall/transactions").json()["items"]
    assert [(row["transaction"], row["state"], row["account"]) for row in rows] == [
        ("17", "taken", "A0001"), ("18", "refused", "")
    ]  # fmt: skip
    days = admin.get("/kiosks/hall/days").json()["items"]
    assert [(row["state"], row["transactions"], row["amount"]["amount"]) for row in days] == [
        ("refused", 1, "12.50"), ("taken", 1, "12.50")
    ]  # fmt: skip
    assert [row["verdict"] for row in admin.get("/kiosks/hall/refusals").json()["items"]] == ["forged", "unknown-payer"]
    assert admin.get("/accounts/A0001/balance").json()["balance"]["amount"] == "12.50"


def test_the_secret_is_shown_once_and_one_that_was_given_never(client: TestClient, operator: Operator, admin: Api):
    connected(admin)
    assert "admin saw" in admin.post("/kiosks/hall/take-secret").json()["detail"]

    given = admin.post("/kiosks/hall/change-secret", {"secret": "given by the other side"})

    assert given.status_code == 200, given.text
    assert "the other side gave" in admin.post("/kiosks/hall/take-secret").json()["detail"]
    short = admin.post("/kiosks/hall/change-secret", {"secret": "short"})
    assert (short.status_code, "short" in short.json()["detail"].replace("secret", "")) == (422, False)
    kept = operator.select("SELECT convert_from(state, 'UTF8') FROM billing.events WHERE originator_id = 'kiosk/hall'")
    assert kept and not any("given by" in state for (state,) in kept)


def test_what_is_no_message_is_answered_without_a_fault(client: TestClient, operator: Operator, admin: Api):
    connected(admin)

    assert client.get("/kiosk/nobody").status_code == 404
    assert client.post("/kiosk/hall", content=b"\xff" * 10).status_code == 200
    assert client.post("/kiosk/hall", content=b"x" * 70_000).status_code == 413
    odd = client.get("/kiosk/hall/any/where", params={"command": "pay", "sum": "NaN", "txn_id": "\x00"})
    assert (odd.status_code, b"<result>8</result>" in odd.content) == (401, True)
    assert client.delete("/kiosk/hall").status_code == 405


def test_a_register_is_compared_and_its_differences_are_listed(operator: Operator, client: TestClient, admin: Api):
    operator.subscribers(1)
    secret = connected(admin)
    for number in (17, 18, 20):
        pays(client, secret, number)
    today = str(datetime.now(UTC).date())
    operator.application.runner.catch_up()
    body = {"file": "ab" * 32, "theirs": ["17=12.50", "18=20.00", "19=5.00"], "ours": ["17", "18", "20"]}

    compared = [admin.post(f"/kiosks/hall/registers/{today}", body).json()["result"] for _ in range(2)]
    operator.application.runner.catch_up()

    assert [each["known"] for each in compared] == [False, True]
    assert compared[0] == {"lines": 3, "agreed": 1, "differences": 3, "known": False}
    found = admin.get("/kiosks/hall/differences").json()["items"]
    assert [(row["transaction"], row["kind"]) for row in found] == [
        ("18", "amounts-differ"), ("19", "theirs-alone"), ("20", "ours-alone")
    ]  # fmt: skip
    twice = admin.post(f"/kiosks/hall/registers/{today}", body | {"theirs": ["17=1.00", "17=2.00"]})
    assert (twice.status_code, "stands twice" in twice.json()["detail"]) == (422, True)
