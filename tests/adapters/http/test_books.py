"""One entry of the LOG before and after, and the books as of two moments compared."""

from __future__ import annotations

from datetime import date

from billing_core.party_changes import CustomerChanges
from commands.parties import ChangeCustomer
from tests.adapters.http.conftest import Api, SignedIn
from tests.adapters.http.test_api import problem
from tests.adapters.http.test_jobs import work
from tests.operators import Operator


def position_of(api: Api, operator: Operator, event: str) -> int:
    operator.application.runner.catch_up()
    position: int = api.get("/changes", event=event).json()["items"][0]["position"]
    return position


def fields_of(api: Api, operator: Operator, event: str) -> dict[str, tuple[str | None, str | None]]:
    shown = api.get(f"/changes/{position_of(api, operator, event)}").json()
    return {field["field"]: (field["before"], field["after"]) for field in shown["fields"]}


def test_a_change_that_says_what_was_before_shows_only_what_it_changed(admin: Api, operator: Operator):
    operator.subscribers(1)
    operator.tell(
        ChangeCustomer(number="A0001", changes=CustomerChanges(email="eva@new.example", phone="+420601000111"))
    )
    operator.application.runner.catch_up()
    assert fields_of(admin, operator, "customer-changed") == {
        "customer.email": (None, "eva@new.example"), "customer.phone": (None, "+420601000111"),
    }  # fmt: skip


def test_a_change_that_replaces_an_earlier_one_is_compared_with_it(admin: Api, operator: Operator):
    admin.post("/operators", {"operator": "eva", "name": "Eva", "roles": ["support"]})
    admin.send("PUT", "/operators/eva/roles", {"roles": ["support", "cashier"]})
    assert fields_of(admin, operator, "operator-roles-changed") == {"roles": ("support", "support, cashier")}


def test_what_only_adds_something_has_nothing_before(admin: Api, operator: Operator):
    operator.subscribers(1)
    operator.application.runner.catch_up()
    shown = admin.get(f"/changes/{position_of(admin, operator, 'account-opened')}").json()
    assert shown["is_compared"] is False and shown["is_sealed"] is False
    assert {field["before"] for field in shown["fields"]} == {None}
    problem(admin.get("/changes/999999"), 404, "not-found")


def test_an_entry_shows_the_others_of_its_action(admin: Api, operator: Operator):
    operator.subscribers(2)
    operator.bill(date(2026, 2, 1))
    operator.application.runner.catch_up()
    shown = admin.get(f"/changes/{position_of(admin, operator, 'invoice-issued')}").json()
    others = {other["event"] for other in shown["others"]}
    assert "charges-posted" in others
    assert shown["change"]["position"] not in {other["position"] for other in shown["others"]}


def test_balances_of_two_moments_are_compared(admin: Api, operator: Operator):
    operator.subscribers(2)
    operator.application.runner.catch_up()
    before = operator.application.log.newest_position()
    # January of each subscriber is 20.00 with 20 % VAT: 24.00 owed.
    operator.bill(date(2026, 2, 1))
    operator.application.runner.catch_up()
    admin.post("/jobs/build-as-of", {"name": "before", "position": before})
    work(operator)
    rows = admin.get("/balances-compared", earlier="before").json()["items"]
    assert [(row["account"], row["before"], row["after"], row["difference"]["amount"]) for row in rows] == [
        (account, {"amount": "0.00", "currency": "EUR"}, {"amount": "-24.00", "currency": "EUR"}, "-24.00")
        for account in ("A0001", "A0002")
    ]
    assert admin.get("/balances-compared", earlier="before", later="before").json()["items"] == []
    assert [each["name"] for each in admin.get("/as-of").json()["items"]] == ["before"]
    admin.post("/as-of/before/drop")
    assert admin.get("/as-of").json()["items"] == []
    problem(admin.get("/balances-compared", earlier="before"), 404, "not-found")


def test_read_models_and_the_log_say_how_far_they_are(admin: Api, operator: Operator):
    operator.application.runner.catch_up()
    models = admin.get("/read-models").json()["items"]
    assert {model["lag_events"] for model in models} == {0} and "balances" in {model["name"] for model in models}
    card = admin.get("/log").json()
    assert card["newest_position"] == card["final_position"] > 0 and card["sealed_position"] == 0


def test_limits_of_confirmation_are_shown_and_set(admin: Api, operator: Operator):
    operator.application.runner.catch_up()
    seller = admin.get("/sellers").json()["items"][0]["code"]
    assert admin.get(f"/sellers/{seller}/confirmation-limits").json()["most_days_ahead"] == 183
    limits = {"most_days_ahead": 90, "most_amount": "5000", "most_percent": "10"}
    assert admin.send("PUT", f"/sellers/{seller}/confirmation-limits", {"limits": limits}).status_code == 200
    assert admin.get(f"/sellers/{seller}/confirmation-limits").json()["most_days_ahead"] == 90
    problem(admin.get("/sellers/nobody/confirmation-limits"), 404, "not-found")


def test_who_may_only_take_payments_sees_none_of_it(signed_in: SignedIn):
    clerk = signed_in("eva", "cashier")
    for path in ("/read-models", "/log", "/as-of", "/balances-compared?earlier=x", "/changes/1"):
        problem(clerk.get(path), 403, "not-permitted")
