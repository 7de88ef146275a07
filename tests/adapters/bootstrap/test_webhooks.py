"""Webhooks from the event to a real receiver: once each, in order, tried again, and steered over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema_rs
import pytest
from standardwebhooks import Webhook

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.bootstrap.webhooks import WebhookThreads
from tests.adapters.http.conftest import Api, SignedIn, admin, client, signed_in
from tests.adapters.http.described import described_events, whole
from tests.adapters.outgoing.receiver import Receiver, receiving
from tests.operators import Operator, application, database_url, operator

__all__ = ["SignedIn", "admin", "application", "client", "database_url", "operator", "signed_in"]

CUSTOMER = {"number": "C1", "name": "Anna Kalniņa", "registered_on": "2026-01-01"}
FOLLOWER = "webhook shop"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("BILLING_WEBHOOKS_TO_PRIVATE_ADDRESSES", "true")
    with receiving() as receiver:
        yield receiver


def register(admin: Api, receiver: Receiver, *events: str) -> str:
    """Register a webhook; its secret."""
    wanted = {"webhook": "shop", "url": receiver.url, "events": list(events)}
    answer = admin.post("/webhooks", wanted)
    assert answer.status_code == 201, answer.text
    taken = admin.post("/webhooks/shop/take-secret")
    assert taken.status_code == 200, taken.text
    secret: str = taken.json()["result"]["secret"]
    return secret


def settle(operator: Operator, later: timedelta = timedelta(0)) -> int:
    """Do what happens by itself, some time from now; how many deliveries were tried."""
    app = operator.application
    app.runner.catch_up()
    clock = SellerClock(app.store, app.tables, now=lambda: datetime.now(UTC) + later)
    return automation_of(app, clock).settle().deliveries


def customer(number: str) -> dict[str, str]:
    return CUSTOMER | {"number": number}


def types_of(receiver: Receiver) -> list[tuple[str, str]]:
    contents = [json.loads(each.body) for each in receiver.received]
    return [(content["type"], content["data"]["stream"]) for content in contents]


def row(admin: Api) -> Any:
    (webhook,) = admin.get("/webhooks").json()["items"]
    return webhook


def test_events_since_the_registration_arrive_once_signed_and_without_what_is_personal(
    admin: Api, operator: Operator, receiver: Receiver
):
    admin.post("/customers", customer("C0"))
    secret = register(admin, receiver, "customer-registered")
    admin.post("/customers", customer("C1"))
    admin.post("/customers", customer("C2"))

    settle(operator)
    settle(operator)

    assert types_of(receiver) == [("customer-registered", "customer/C1"), ("customer-registered", "customer/C2")]
    first, second = receiver.received
    assert first.headers["webhook-id"] != second.headers["webhook-id"]
    content = Webhook(secret).verify(first.body, first.headers)
    assert content["data"]["content"]["customer"]["name"] == "erased"
    assert content["data"]["event"] == "customer-registered"
    schema = whole(described_events()["components"]["messages"]["webhook"]["payload"], described_events())
    assert jsonschema_rs.validator_for(schema).is_valid(content)
    assert not jsonschema_rs.validator_for(schema).is_valid(content | {"data": {}})
    assert (row(admin)["lag_events"], row(admin)["waiting"], row(admin)["dead"]) == (0, 0, 0)


def test_the_secret_is_shown_once_and_stands_in_no_event_and_no_answer(
    admin: Api, operator: Operator, receiver: Receiver
):
    secret = register(admin, receiver)

    again = admin.post("/webhooks/shop/take-secret")

    assert again.status_code == 422 and "admin" in again.json()["detail"]
    assert admin.post("/webhooks/nobody/take-secret").status_code == 404
    with operator.application.tables.transaction("billing") as cursor:
        for table in ("events", "commands"):
            rows = cursor.execute(f"SELECT row_to_json({table})::text FROM {table}").fetchall()
            assert rows and not any(secret in text or secret[6:] in text for (text,) in rows)
    settle(operator)
    assert secret not in admin.get("/webhooks").text + admin.get("/events").text + admin.get("/changes").text


def test_after_a_change_of_the_secret_both_sign(admin: Api, operator: Operator, receiver: Receiver):
    old = register(admin, receiver, "customer-registered")
    assert admin.post("/webhooks/shop/change-secret").status_code == 200
    new = admin.post("/webhooks/shop/take-secret").json()["result"]["secret"]
    admin.post("/customers", CUSTOMER)

    settle(operator)

    (arrived,) = receiver.received
    assert old != new
    for secret in (old, new):
        Webhook(secret).verify(arrived.body, arrived.headers)


def test_what_fails_is_tried_again_under_the_same_id_and_later_ones_of_its_stream_wait(
    admin: Api, operator: Operator, receiver: Receiver
):
    register(admin, receiver, "customer-registered", "customer-changed")
    receiver.answers = ["500", "200"]
    admin.post("/customers", customer("C1"))
    changed = admin.send("PATCH", "/customers/C1", {"name": "Anna Kalniņa", "email": "anna@example.com"})
    assert changed.status_code == 200, changed.text
    admin.post("/customers", customer("C2"))

    settle(operator)
    assert types_of(receiver) == [("customer-registered", "customer/C1"), ("customer-registered", "customer/C2")]
    assert row(admin)["waiting"] == 2

    settle(operator, timedelta(seconds=6))

    assert types_of(receiver)[2:] == [("customer-registered", "customer/C1"), ("customer-changed", "customer/C1")]
    assert receiver.received[0].headers["webhook-id"] == receiver.received[2].headers["webhook-id"]
    assert row(admin)["waiting"] == 0


def test_a_redirect_is_not_followed_and_a_dead_letter_is_replayed(admin: Api, operator: Operator, receiver: Receiver):
    register(admin, receiver, "customer-registered")
    receiver.answers = ["302"]
    admin.post("/customers", CUSTOMER)
    for days in range(0, 40, 4):
        settle(operator, timedelta(days=days))
    assert row(admin)["dead"] == 1
    assert {each.path for each in receiver.received} == {"/events"}
    (dead,) = admin.get("/deliveries", follower=FOLLOWER).json()["items"]
    assert (dead["state"], dead["attempts"]) == ("dead", 8) and "redirect" in dead["error"]

    receiver.answers = ["200"]
    assert admin.post("/webhooks/shop/replay").json()["result"] == {"replayed": 1}
    settle(operator)

    assert row(admin)["dead"] == 0
    assert len(receiver.received) == 9


def test_one_dead_letter_is_replayed_or_dropped_by_its_position(admin: Api, operator: Operator, receiver: Receiver):
    register(admin, receiver, "customer-registered")
    receiver.answers = ["closes"]
    admin.post("/customers", customer("C1"))
    admin.post("/customers", customer("C2"))
    settle(operator)
    first, second = admin.get("/deliveries").json()["items"]
    assert first["state"] == second["state"] == "waiting"
    path = f"/followers/{FOLLOWER}/deliveries"

    assert admin.post(f"{path}/{first['position']}/drop", {"reason": "not needed"}).status_code == 200
    receiver.answers = ["200"]
    assert admin.post(f"{path}/{second['position']}/replay").status_code == 200
    assert admin.post(f"{path}/1/replay").status_code == 404
    settle(operator)

    (dropped,) = admin.get("/deliveries").json()["items"]
    assert (dropped["state"], dropped["decided_by"], dropped["decided_reason"]) == ("dropped", "admin", "not needed")
    assert types_of(receiver)[-1] == ("customer-registered", "customer/C2")


def test_a_removed_webhook_gets_nothing_and_a_changed_one_what_it_names(
    admin: Api, operator: Operator, receiver: Receiver
):
    register(admin, receiver, "customer-registered")
    changed = {"url": receiver.url.replace("/events", "/other"), "events": ["role-defined"]}
    assert admin.send("PUT", "/webhooks/shop", changed).status_code == 200
    admin.post("/customers", customer("C1"))
    admin.send("PUT", "/roles/desk", {"permissions": ["parties.read.*"]})
    settle(operator)
    assert [(each.path, kind) for each, (kind, _) in zip(receiver.received, types_of(receiver), strict=True)] == [
        ("/other", "role-defined")
    ]

    assert admin.post("/webhooks/shop/remove", {"reason": "closed"}).status_code == 200
    admin.send("PUT", "/roles/desk", {"permissions": ["parties.change.*"]})
    settle(operator)

    assert len(receiver.received) == 1
    assert admin.get("/webhooks").json()["items"] == []


def test_nothing_is_sent_to_a_private_address_unless_the_setting_allows_it(
    admin: Api, operator: Operator, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    register(admin, receiver, "customer-registered")
    admin.post("/customers", CUSTOMER)
    monkeypatch.delenv("BILLING_WEBHOOKS_TO_PRIVATE_ADDRESSES")

    settle(operator)

    assert receiver.received == []
    (waiting,) = admin.get("/deliveries").json()["items"]
    assert "https" in waiting["error"]


def test_a_receiver_that_hangs_keeps_no_other_one_waiting(admin: Api, operator: Operator, receiver: Receiver):
    register(admin, receiver, "customer-registered")
    receiver.answers = ["hangs"]
    with receiving() as quick:
        wanted = {"webhook": "quick", "url": quick.url, "events": ["customer-registered"]}
        assert admin.post("/webhooks", wanted).status_code == 201
        admin.post("/customers", CUSTOMER)
        app = operator.application
        app.runner.catch_up()
        threads = WebhookThreads(app, Settings(), SellerClock(app.store, app.tables))
        try:
            while not (receiver.received and quick.received):
                threads.advance()
            assert receiver.received[0].headers["webhook-id"] != quick.received[0].headers["webhook-id"]
        finally:
            receiver.ends.set()
            threads.close()
