"""What kiosks and bots ask before they promise: every reason with its code, without anything being done."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from billing_core.promises import PromiseTerms
from commands.promises import SetPromiseTerms
from tests.adapters.http.conftest import Api
from tests.operators import Operator

A = "A0001"


def today() -> date:
    return datetime.now(UTC).date()


def test_a_promise_is_checked_refused_with_the_same_code_and_opened(admin: Api, operator: Operator):
    operator.subscriber(A, until=date(2026, 2, 1))
    operator.bill(date(2026, 1, 2))
    terms = PromiseTerms(most_days=10, most_debt=Decimal(20), price=Decimal("0.50"), vat_rate=Decimal(20))
    operator.tell(SetPromiseTerms(seller="north", terms=terms))
    until = (today() + timedelta(days=11)).isoformat()

    found = admin.get(f"/accounts/{A}/promise/check", until=until).json()

    assert [each["code"] for each in found["objections"]] == ["debt-too-large", "date-too-late"]
    assert (found["is_possible"], found["owed"]["amount"], found["price"]["amount"]) == (False, "24.00", "0.60")
    assert found["last_on"] == (today() + timedelta(days=10)).isoformat()
    refused = admin.post(f"/accounts/{A}/promise", {"until": found["last_on"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "promise-refused-debt-too-large")

    operator.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=10, most_instalments=2)))
    dates = [(today() + timedelta(days=day)).isoformat() for day in (5, 10)]
    planned = admin.get(f"/accounts/{A}/promise/check", dates=",".join(dates)).json()
    assert [each["amount"]["amount"] for each in planned["parts"]] == ["12.00", "12.00"]
    assert planned["is_possible"]
    assert admin.post(f"/accounts/{A}/instalment-plan", {"dates": dates}).status_code == 201
    again = admin.get(f"/accounts/{A}/promise/check").json()
    assert [each["code"] for each in again["objections"]] == ["promise-open", "too-many-this-month"]
    assert admin.get(f"/accounts/{A}/promise/check", dates="soon").status_code == 422
    history = admin.get(f"/accounts/{A}/promises").json()
    assert (history["score"], [each["state"] for each in history["promises"]]) == (None, ["open"])


def test_a_hold_is_checked_with_what_it_costs_and_the_credit_is_shown(admin: Api, operator: Operator):
    operator.subscriber(A)
    found = admin.get(f"/accounts/{A}/subscriptions/main/hold/check", on=today().isoformat()).json()
    assert ([each["code"] for each in found["objections"]], found["offer"]) == (["not-offered"], None)

    granted = {"amount": "10.00", "until": (today() + timedelta(days=3)).isoformat(), "reason": "wages are late"}
    assert admin.post(f"/accounts/{A}/temporary-credit", granted).status_code == 201
    shown = admin.get(f"/accounts/{A}/credit").json()
    assert (shown["temporary"]["amount"], shown["reason"], shown["floor"]) == ("10.00", "wages are late", None)
    operator.application.runner.catch_up()
    (row,) = admin.get("/credit-limits").json()["items"]
    assert (row["account"], row["until_on"]) == (A, granted["until"])
