"""A customer's card over HTTP: contacts, consents, family, addresses, and records that were merged."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.http.conftest import Api, SignedIn
from tests.adapters.http.test_api import problem
from tests.operators import Operator

INESE = {
    "name": "Inese Ozola", "roles": ["billing", "signatory"], "phones": ["+371 20000007"], "emails": ["i@x.example"],
}  # fmt: skip


@pytest.fixture
def office(operator: Operator, admin: Api) -> Api:
    """Three customers with an account each, and a purpose for which they are asked."""
    operator.subscribers(3)
    put = {"name": "Offers by e-mail", "wording": "We may send you offers."}
    assert admin.send("PUT", "/consent-purposes/offers", put).status_code == 200
    return admin


def card(api: Api, number: str, answer: Any) -> dict[str, Any]:
    """The customer's card after an answer."""
    assert answer.status_code == 200, answer.text
    shown = api.get(f"/customers/{number}", min_position=answer.json()["position"])
    assert shown.status_code == 200, shown.text
    found: dict[str, Any] = shown.json()
    return found


def test_contacts_stand_on_the_card_and_find_the_customer(office: Api):
    shown = card(office, "A0001", office.send("PUT", "/customers/A0001/contacts/accounts", INESE))

    assert shown["contacts"] == {"accounts": INESE | {"language": "", "note": ""}}
    (found,) = office.get("/customers", search="ozola").json()["items"]
    assert found["customer"]["number"] == "A0001"
    wrong = office.send("PUT", "/customers/A0001/contacts/accounts", INESE | {"roles": ["boss"]})
    assert "billing" in problem(wrong, 422, "invalid-value")["detail"]
    assert card(office, "A0001", office.send("DELETE", "/customers/A0001/contacts/accounts"))["contacts"] == {}
    problem(office.send("DELETE", "/customers/A0001/contacts/accounts"), 404, "not-found")


def test_consents_are_shown_with_their_present_state_and_history(office: Api):
    given = {"channel": "letter", "on": "2026-03-03"}
    assert office.post("/customers/A0001/consents/offers/give", given).status_code == 200
    shown = card(office, "A0001", office.post("/customers/A0001/consents/offers/withdraw", {"channel": "phone"}))

    (consent,) = shown["consents"]
    assert (consent["purpose"], consent["is_given"]) == ("offers", False)
    assert consent["since"] == consent["history"][1]["on"]
    assert [(entry["channel"], entry["wording_version"]) for entry in consent["history"]] == [
        ("letter", 1), ("phone", None),
    ]  # fmt: skip
    (purpose,) = office.get("/consent-purposes").json()["items"]
    assert [wording["wording"] for wording in purpose["wordings"]] == ["We may send you offers."]
    problem(office.post("/customers/A0001/consents/spam/give", {"channel": "web"}), 404, "not-found")


def test_parent_and_child_stand_on_both_cards(office: Api):
    put = {"parent": "A0001", "paid_by_parent": True}
    child = card(office, "A0002", office.send("PUT", "/customers/A0002/parent", put))

    assert child["parent"] == {"number": "A0001", "name": "Customer A0001", "pays": True}
    assert office.get("/customers/A0001").json()["children"] == [{"number": "A0002", "name": "Customer A0002"}]
    circle = problem(office.send("PUT", "/customers/A0001/parent", {"parent": "A0002"}), 422, "rule-violation")
    assert "it is a child of A0001" in circle["detail"]
    assert card(office, "A0002", office.send("PUT", "/customers/A0002/parent", {}))["parent"] is None


def test_the_card_of_the_kept_customer_shows_what_the_merged_one_has(office: Api):
    merged = office.post("/customers/A0002/merge", {"into": "A0001", "reason": "registered twice"})
    kept = card(office, "A0001", merged)

    assert kept["merged"] == [{"number": "A0002", "name": "Customer A0002"}]
    assert [account["number"] for account in kept["accounts"]] == ["A0001", "A0002"]
    other = office.get("/customers/A0002").json()
    assert other["merged_into"] == {"number": "A0001", "name": "Customer A0001"} and other["accounts"] == []
    (found,) = office.get("/customers", search="A0002").json()["items"]
    assert found["customer"]["number"] == "A0001"
    refused = office.send("PATCH", "/customers/A0002", {"phone": "1"})
    assert "was merged into customer A0001; use that number" in problem(refused, 422, "rule-violation")["detail"]
    events = {change["event"] for change in office.get("/changes", customer="A0001").json()["items"]}
    assert {"customer-merged", "customer-record-taken-over", "account-customer-changed"} <= events

    undone = office.post("/customers/A0002/undo-merge", {"reason": "another person"})
    assert card(office, "A0002", undone)["merged_into"] is None
    assert [account["number"] for account in office.get("/customers/A0002").json()["accounts"]] == ["A0002"]


def test_addresses_source_language_and_iban_are_changed_and_checked(office: Api):
    details = {
        "postal_address": {"street": "a/k 7", "city": "Rīga", "country": "LV"},
        "installation_address": {"street": "Jūras iela", "house_number": "1", "entrance": "B", "flat": "12"},
        "source": "spring campaign", "language": "cs", "iban": "LV80 BANK 0000 4351 9500 1",
    }  # fmt: skip
    shown = card(office, "A0001", office.send("PATCH", "/customers/A0001", details))["customer"]

    assert shown["postal_address"]["street"] == "a/k 7" and shown["installation_address"]["entrance"] == "B"
    assert (shown["source"], shown["language"], shown["iban"]) == ("spring campaign", "cs", "LV80BANK0000435195001")
    assert [row["source"] for row in office.get("/customer-sources").json()["items"]] == ["spring campaign"]
    listed = office.get("/customers", source="spring campaign").json()["items"]
    assert [row["customer"]["number"] for row in listed] == ["A0001"]
    for field, value in (("iban", "LV81BANK0000435195001"), ("language", "de")):
        problem(office.send("PATCH", "/customers/A0001", {field: value}), 422, "invalid-value")


def test_a_dealers_operator_sees_no_relative_of_another_dealer(operator: Operator, office: Api, signed_in: SignedIn):
    assert office.post("/dealers", {"code": "east", "name": "East"}).status_code == 201
    for number in ("A0002", "A0003"):
        assert office.send("PUT", f"/customers/{number}/parent", {"parent": "A0001"}).status_code == 200
    for number in ("A0001", "A0002"):
        assert office.send("PUT", f"/customers/{number}/dealer", {"dealer": "east"}).status_code == 200
    operator.application.runner.catch_up()
    eva = signed_in("eva", "dealer", dealer="east")

    assert [child["number"] for child in eva.get("/customers/A0001").json()["children"]] == ["A0002"]
    assert office.send("PUT", "/customers/A0001/dealer", {}).status_code == 200
    operator.application.runner.catch_up()
    assert eva.get("/customers/A0002").json()["parent"] is None
    problem(eva.post("/customers/A0002/merge", {"into": "A0003", "reason": "x"}), 403, "not-permitted")
