"""Messages over HTTP: terms, templates, a preview, the outbox, and the link that ends advertising."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from msgspec import convert

from billing_core.outreach.mail_addresses import message_token
from billing_core.party_changes import CustomerChanges
from commands.parties import ChangeCustomer, GiveConsent
from commands.parties.consents import PutConsentPurpose
from tests.adapters.http.conftest import Api, SignedIn
from tests.operators import Operator

TERMS = {
    "kinds": [{"kind": "hold"}, {"kind": "bulk", "channels": ["email"], "consent": "offers"}],
    "quiet_from": "21:00", "quiet_until": "20:59", "throttles": [{"channel": "email", "per_second": 10}],
}  # fmt: skip
OFFER = {"kind": "bulk", "account": "A0001", "values": {"subject": "Faster", "text": "1 Gbit/s"}}


@pytest.fixture
def admin(operator: Operator, signed_in: SignedIn) -> Api:
    operator.subscribers(1)
    operator.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(email="anna@x.test")))
    operator.tell(PutConsentPurpose(purpose="offers", name="Offers", wording="I agree."))
    return signed_in("eva", "administrator")


def done(response: Any) -> Any:
    assert response.status_code in (200, 201), response.text
    return response.json()


def test_terms_are_set_and_shown(admin: Api):
    done(admin.send("PUT", "/sellers/north/outreach-terms", {"terms": TERMS}))

    shown = done(admin.get("/sellers/north/outreach-terms"))
    assert [each["kind"] for each in shown["kinds"]] == ["hold", "bulk"]
    assert (shown["quiet_from"], shown["throttles"]) == ("21:00", [{"channel": "email", "per_second": 10}])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{{ nunber }}", "no variable 'nunber'"),
        ("{% for a in items %}{% for b in items %}{% endfor %}{% endfor %}", "a loop goes over items"),
        ("{{ number.__class__ }}", "no field '__class__'"),
        ("{% if number %}", "line 1"),
        ("{{ 9 ** 9 }}", "pow is not possible"),
        ("{{ range(9) }}", "call is not possible"),
        ("{% include 'x' %}", "include is not possible"),
    ],
)
def test_a_template_with_a_fault_is_refused_with_its_line(admin: Api, text: str, fault: str):
    kind = "overdue" if "items" in text else "invoice"
    refused = admin.send("PUT", f"/message-templates/{kind}/en/email", {"subject": "x", "text": text})

    assert refused.status_code == 422, refused.text
    assert fault in refused.json()["detail"]


def test_a_template_is_published_previewed_with_a_customer_and_withdrawn(admin: Api):
    at = "/message-templates/invoice/en/email"
    words = {"subject": "Invoice {{ number }}", "text": "{{ customer_name }} owes {{ gross }}"}
    ready = done(admin.get(at))
    assert ready["version"] == 0 and "number" in ready["variables"]

    done(admin.send("PUT", at, words))
    preview = done(admin.get("/accounts/A0001/message-preview", kind="invoice"))
    unpublished = done(admin.get("/accounts/A0001/message-preview", kind="invoice", subject="x", text="{{ number }}"))
    done(admin.post(f"{at}/withdraw", {"reason": "too short"}))

    assert preview["text"] == "Customer A0001 owes 24.00\u00a0EUR" and preview["recipient"] == "anna@x.test"
    assert unpublished["text"] == "26005219"
    assert done(admin.get(at))["version"] == 0
    listed = done(admin.get("/message-templates", kind="invoice", language="en"))["items"]
    assert [row["template"]["channel"] for row in listed] == ["email", "letter", "push", "sms"]


def test_a_message_is_queued_listed_shown_and_cancelled(admin: Api, operator: Operator):
    done(admin.send("PUT", "/sellers/north/outreach-terms", {"terms": TERMS}))
    message = done(admin.post("/messages", {"kind": "hold", "account": "A0001", "values": {"service": "main"}}))[
        "result"
    ]["message"]

    operator.application.runner.catch_up()
    (listed,) = done(admin.get("/messages", customer="A0001", state="queued"))["items"]
    assert (listed["message"], listed["recipient"]) == (message, "anna@x.test")
    assert "main" in done(admin.get(f"/messages/{message}"))["text"]
    assert done(admin.get("/messages/counts"))["items"] == [{"state": "queued", "messages": 1}]
    done(admin.post(f"/messages/{message}/cancel", {"reason": "a mistake"}))
    operator.application.runner.catch_up()
    assert done(admin.get("/messages", state="queued"))["items"] == []


def test_advertising_ends_by_one_click_and_a_look_ends_nothing(admin: Api, client: TestClient, operator: Operator):
    done(admin.send("PUT", "/sellers/north/outreach-terms", {"terms": TERMS}))
    operator.tell(GiveConsent(customer="A0001", purpose="offers", channel="web"))
    message = done(admin.post("/messages", OFFER))["result"]["message"]
    link = f"/v1/unsubscribe/{message}/{message_token(operator.application.store.content_key(), message)}"

    assert client.get(link).status_code == 200
    done(admin.post("/messages", OFFER))
    assert client.post(link[:-1] + "1").status_code == 404
    ended = client.post(link, data={"List-Unsubscribe": "One-Click"})
    again = client.post(link)

    assert (ended.status_code, again.status_code) == (200, 200)
    assert "has not agreed to offers" in admin.post("/messages", OFFER).json()["detail"]


def test_letters_are_drawn_up_and_saved_as_files(admin: Api, operator: Operator):
    address = {"street": "Pier 1", "city": "Riverside", "country": "LV"}
    operator.tell(ChangeCustomer(number="A0001", changes=convert({"address": address}, CustomerChanges)))
    terms = {"kinds": [{"kind": "planned-work", "channels": ["letter"]}]}
    done(admin.send("PUT", "/sellers/north/outreach-terms", {"terms": terms}))
    done(admin.send("POST", "/messages", {"kind": "planned-work", "account": "A0001"}))
    operator.application.runner.catch_up()

    assert done(admin.send("POST", "/sellers/north/letters", {}))["result"] == {"batch": 1, "letters": 1}
    operator.application.runner.catch_up()

    (row,) = done(admin.get("/letters"))["items"]
    assert (row["seller"], row["batch"], row["letters"]) == ("north", 1, 1)
    paper = admin.get("/sellers/north/letters/1")
    assert paper.headers["content-type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    assert "Pier 1,Riverside" in admin.get("/sellers/north/letters/1/addresses").text
    shown = done(admin.get("/messages", channel="letter"))["items"]
    assert [each["state"] for each in shown] == ["sent"]
