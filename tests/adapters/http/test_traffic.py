"""Reports of traffic over HTTP: who sees whose, and whose data was read."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from adapters.http.server import http_application
from billing_core.dealers import Dealer
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer
from tests.adapters.http.conftest import Api, SignedIn
from tests.operators import Operator
from tests.projections.usage.rows import session, write_rows

OCTOBER: dict[str, Any] = {"from": "2026-10-01", "to": "2026-11-01"}


@pytest.fixture
def october(operator: Operator) -> Operator:
    """A0001, of the dealer `east`, and A0002, of the house, use data on one day."""
    operator.tell(RegisterDealer(dealer=Dealer(code="east", name="East Sales")))
    operator.subscribers(2)
    operator.tell(AssignCustomer(customer="A0001", dealer="east"))
    both = [
        session("2026-10-20T09:00+00:00", 7_000, 500),
        session("2026-10-20T09:10+00:00", 1_000, 100, account="A0002"),
    ]
    write_rows(operator.database_url, both)
    operator.application.runner.catch_up()
    return operator


def bytes_in(api: Api, path: str = "/usage/traffic", **words: Any) -> list[tuple[str, int]]:
    answer = api.get(path, **OCTOBER, **words)
    assert answer.status_code == 200, answer.text
    return [(row["of"], row["bytes_in"]) for row in answer.json()["items"]]


def test_an_operator_of_a_dealer_sees_the_traffic_of_its_own_customers_alone(
    october: Operator, admin: Api, signed_in: SignedIn
):
    of_east = signed_in("eva", "administrator", dealer="east")

    assert bytes_in(admin) == [("nas1", 8_000)]
    assert bytes_in(of_east) == [("nas1", 7_000)]
    assert bytes_in(of_east, by="subscriber") == [("A0001/main", 7_000)]
    assert bytes_in(of_east, account="A0002") == []
    assert bytes_in(of_east, "/usage/traffic/top") == [("A0001/main", 7_000)]
    assert bytes_in(admin, by="dealer") == [("", 1_000), ("east", 7_000)]
    assert "A0002" not in of_east.get("/usage/traffic/csv", by="subscriber", **OCTOBER).text
    (hour, *_) = of_east.get("/usage/traffic/busy-hours", kind="", measure="bytes_in", **OCTOBER).json()["hours"]
    assert (hour["hour"], hour["most"]) == (9, "7000")


def test_a_report_by_subscriber_is_kept_as_read_of_those_it_shows(october: Operator, admin: Api):
    reading = Api(TestClient(http_application(october.application, keeps_reads=True)), "key.admin.test.admin")
    for path in ("/usage/traffic", "/usage/traffic/workbook"):
        assert reading.get(path, by="subscriber", **OCTOBER).status_code == 200
    assert reading.get("/usage/traffic", by="network", **OCTOBER).status_code == 200

    kept = [(each["query"], each["customers"]) for each in reading.get("/personal-reads").json()["items"]]
    assert kept == [
        ("usage.read.write-traffic-workbook", ["A0001", "A0002"]), ("usage.read.show-traffic", ["A0001", "A0002"]),
    ]  # fmt: skip


def test_files_have_the_type_of_their_form(october: Operator, admin: Api):
    types = {form: admin.get(f"/usage/traffic/{form}", **OCTOBER).headers["content-type"].partition(";")[0]
             for form in ("csv", "workbook", "plot")}  # fmt: skip
    assert types == {
        "csv": "text/csv",
        "workbook": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "plot": "image/svg+xml",
    }
