"""Custom fields over HTTP: forms are built of their definitions, and cards show the values with their labels."""

from __future__ import annotations

from typing import Any

from commands.work.flows import PublishFlow
from tests.adapters.http.conftest import Api, SignedIn
from tests.billing_core.work.flows import CONNECTION
from tests.operators import Operator

DOOR = {"code": "door", "labels": {"en": "Door code", "cs": "Kód dveří"}, "pattern": "[0-9]{4}", "group": "Home"}
FLOOR = {"code": "floor", "kind": "number", "labels": {"en": "Floor"}, "applies_to": ["person"], "least": "0"}


def publish(admin: Api, subject: str, *fields: dict[str, Any]) -> int:
    answer = admin.send("PATCH", f"/custom-fields/{subject}", {"fields": list(fields)})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["position"])


def test_definitions_are_answered_whole_and_by_kind(admin: Api, signed_in: SignedIn):
    position = publish(admin, "customer", DOOR, FLOOR)
    every = signed_in("sara", "support").get("/custom-fields/customer", min_position=position).json()
    assert (every["version"], [field["code"] for field in every["items"]]) == (1, ["door", "floor"])
    assert every["items"][0] == {
        "code": "door", "kind": "text", "choices": [], "least": None, "most": None, "pattern": "[0-9]{4}",
        "labels": {"en": "Door code", "cs": "Kód dveří"}, "applies_to": [], "group": "Home", "default": "",
        "is_required": False, "is_searchable": False, "is_shown_to_customer": False, "is_retired": False,
    }  # fmt: skip
    of_company = admin.get("/custom-fields/customer", kind="company").json()
    assert [field["code"] for field in of_company["items"]] == ["door"]
    assert admin.get("/custom-fields/ticket").json() == {
        "subject": "ticket",
        "version": 0,
        "since_on": None,
        "items": [],
    }


def test_who_may_not_publish_is_refused(signed_in: SignedIn):
    assert signed_in("sara", "support").send("PATCH", "/custom-fields/customer", {"fields": [DOOR]}).status_code == 403


def test_a_wrong_value_is_a_problem_with_its_field_and_value(operator: Operator, admin: Api):
    publish(admin, "customer", DOOR)
    operator.subscriber()
    refused = admin.send("PATCH", "/customers/A0001", {"custom_fields": {"door": "12 A"}})
    assert (refused.status_code, refused.json()["field"], refused.json()["value"]) == (
        422, "custom_fields.door", "12 A",
    )  # fmt: skip


def test_cards_show_values_with_labels(operator: Operator, admin: Api):
    operator.subscriber()
    operator.tell(PublishFlow(flow=CONNECTION))
    for subject in ("customer", "service", "ticket"):
        publish(admin, subject, DOOR)
    wanted = {"kind": "connection", "subject": "x", "account": "A0001", "subscription": "main"}
    ticket = admin.post("/tickets", wanted).json()["result"]["ticket"]
    service = "/accounts/A0001/subscriptions"
    admin.send("PATCH", "/customers/A0001", {"custom_fields": {"door": "1001"}})
    admin.send("PATCH", f"{service}/main/custom-fields", {"values": {"door": "1002"}})
    last = admin.send("PATCH", f"/tickets/{ticket}/custom-fields", {"values": {"door": "1003"}})
    position = last.json()["position"]

    customer = admin.get("/customers/A0001", min_position=position).json()
    (subscription,) = admin.get(service).json()["items"]
    card = admin.get(f"/tickets/{ticket}").json()
    shown = [each["custom_fields"] for each in (customer, subscription, card)]
    assert [[(field["code"], field["value"], field["problem"]) for field in fields] for fields in shown] == [
        [("door", value, "")] for value in ("1001", "1002", "1003")
    ]
    assert shown[0][0]["labels"] == {"en": "Door code", "cs": "Kód dveří"}
    assert customer["customer"]["custom_fields"] == {"door": "1001"}
