"""Grants, quotas and limits over HTTP."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import UnitPrice
from billing_core.catalogue.quotas import Quota, QuotaStep, TopUp
from tests.adapters.http.conftest import Api, SignedIn
from tests.operators import Operator

DATA = Usage(
    code="data",
    name="Data",
    vat_rate=Decimal(20),
    pricing=UnitPrice(price=Decimal("0.10")),
    quota=Quota(
        steps=(QuotaStep(after=Decimal(50), action="suspend"),),
        unit="GB",
        top_ups=(TopUp(code="five", name="5 GB more", units=Decimal(5), price=Decimal("4.00")),),
    ),
)
SERVICE = "/accounts/A0001/subscriptions/main"


def test_use_is_granted_confirmed_and_kept_within_a_quota(admin: Api, operator: Operator):
    operator.publish("surf", "0", components=(DATA,))
    operator.subscriber("A0001", tariff="surf", since=date(2026, 1, 1))

    body = {"subscription": "main", "component": "data", "grant": "s1", "units": "10"}
    granted = admin.post("/accounts/A0001/usage-grants", body)
    assert granted.status_code == 201
    assert granted.json()["result"]["amount"] == {"amount": "1.20", "currency": "EUR"}
    again = admin.post("/accounts/A0001/usage-grants", body)
    assert (again.status_code, again.json()["result"]) == (201, granted.json()["result"])
    assert admin.post("/accounts/A0001/usage-grants", {**body, "units": "11"}).status_code == 409
    used = admin.post("/accounts/A0001/usage-grants/confirm", {"grant": "s1", "part": 1, "units": "4"})
    (listed,) = admin.get("/usage-grants", min_position=used.json()["position"]).json()["items"]
    assert (listed["grant"], listed["used"], listed["state"]) == ("s1", "4", "open")
    assert admin.post("/accounts/A0001/usage-grants/release", {"grant": "s1"}).status_code == 200
    assert admin.post("/accounts/A0001/usage-grants/release", {"grant": "s2"}).status_code == 404

    assert admin.post(f"{SERVICE}/usage", {"component": "data", "quantity": "51"}).status_code == 200
    reviewed = admin.post(f"{SERVICE}/review-usage", {})
    assert reviewed.status_code == 200
    position = reviewed.json()["position"]
    alarms = admin.get("/usage-alarms", min_position=position, of_account="A0001").json()["items"]
    assert [alarm["share"] for alarm in alarms] == [50, 80, 100]
    (quota,) = admin.get("/accounts/A0001/usage-quotas").json()["now"]
    assert (quota["used"], quota["action"]) == ("51", "suspend")
    assert admin.post(f"{SERVICE}/top-up-quota", {"component": "data", "top_up": "five"}).status_code == 201
    (quota,) = admin.get("/accounts/A0001/usage-quotas").json()["now"]
    assert (quota["full_up_to"], quota["action"]) == ("55", "full")
    limits = {"limits": {"monthly_amount": "20.00", "at_limit": "suspend"}}
    assert admin.send("PUT", "/accounts/A0001/usage-limits", limits).status_code == 200
    assert admin.get("/usage-lag").json() == {"lags": [], "late": []}


def test_who_may_only_read_reserves_nothing(signed_in: SignedIn, operator: Operator):
    operator.publish("surf", "0", components=(DATA,))
    operator.subscriber("A0001", tariff="surf", since=date(2026, 1, 1))
    auditor = signed_in("eve", "auditor")

    body = {"subscription": "main", "component": "data", "grant": "s1", "units": "10"}
    assert auditor.post("/accounts/A0001/usage-grants", body).status_code == 403
    assert auditor.get("/accounts/A0001/usage-quotas").status_code == 200
    assert auditor.get("/usage-grants").json()["items"] == []
