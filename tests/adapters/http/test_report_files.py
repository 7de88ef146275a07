"""Files of reports over HTTP: their types, names and parameters, whose rows they have, and whose data was read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from adapters.http.server import http_application
from billing_core.dealers import Dealer
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer
from commands.payments.account import ReceivePayment
from tests.adapters.http.conftest import Api, SignedIn
from tests.operators import Operator, eur

ON = date(2026, 6, 11)
JUNE: dict[str, Any] = {"from": "2026-06-01", "to": "2026-07-01"}
TYPES = {
    "rows.csv": "text/csv", "rows-for-excel.csv": "text/csv", "rows.pdf": "application/pdf",
    "rows.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "rows.json": "application/json",
    "rows.parquet": "application/vnd.apache.parquet", "chart.svg": "image/svg+xml",
}  # fmt: skip


@pytest.fixture
def books(operator: Operator) -> Operator:
    """A0001, of the dealer `east`, and A0002, of the house, pay on one day."""
    operator.tell(RegisterDealer(dealer=Dealer(code="east", name="East Sales")))
    operator.subscribers(2)
    operator.tell(AssignCustomer(customer="A0001", dealer="east"))
    for number, account in enumerate(("A0001", "A0002")):
        operator.tell(ReceivePayment(account=account, source="desk", reference=f"{number}", amount=eur("5.00"),
                                     received_on=ON, method="cash"), today=ON)  # fmt: skip
    operator.application.runner.catch_up()
    return operator


def accounts_in(answer: dict[str, Any]) -> list[str]:
    place = [column["name"] for column in answer["columns"]].index("account")
    return [row[place] for row in answer["rows"]]


def test_files_have_the_type_of_their_format_and_a_name(books: Operator, admin: Api):
    found = {}
    for file in TYPES:
        answer = admin.get(f"/reports/income-by-method/{file}", **JUNE)
        assert answer.status_code == 200, answer.text
        found[file] = answer.headers["content-type"].partition(";")[0]
        assert answer.headers["content-disposition"].startswith('attachment; filename="income-by-method-')
        assert int(answer.headers["content-length"]) == len(answer.content) > 0
    assert found == TYPES


def test_titles_are_in_the_language_that_is_asked_for(books: Operator, admin: Api):
    lines = {
        language: admin.get("/reports/income-by-method/rows-for-excel.csv", in_language=language).text.splitlines()[0]
        for language in ("", "en", "cs")
    }
    assert lines[""] == lines["en"] != lines["cs"] and "Přišlo" in lines["cs"]
    assert admin.get("/reports/income-by-method/rows.pdf", in_language="tlh").status_code == 404


def test_parameters_and_order_hold_for_files_too(books: Operator, admin: Api):
    assert admin.get("/reports/income-entries/rows.json", method="card", **JUNE).json()["rows"] == []
    answer = admin.get("/reports/income-entries/rows.json", sort="-account", **JUNE).json()
    assert accounts_in(answer) == ["A0002", "A0001"]
    assert admin.get("/reports/income-entries/rows.csv", nonsense="1").status_code == 422
    assert admin.get("/reports/none/rows.csv").status_code == 404


def test_a_dealer_takes_rows_of_the_dealers_own_customers_alone(books: Operator, signed_in: SignedIn):
    of_east = signed_in("eva", "administrator", dealer="east")
    assert accounts_in(of_east.get("/reports/income-entries/rows.json", **JUNE).json()) == ["A0001"]
    assert b"A0002" not in of_east.get("/reports/income-entries/rows.csv", **JUNE).content


def test_a_file_is_kept_as_read_of_those_it_shows(books: Operator, admin: Api):
    reading = Api(TestClient(http_application(books.application, keeps_reads=True)), "key.admin.test.admin")
    assert reading.get("/reports/income-entries/rows.xlsx", **JUNE).status_code == 200
    assert reading.get("/reports/income-by-method/rows.xlsx", **JUNE).status_code == 200
    kept = [(each["query"], each["customers"]) for each in reading.get("/personal-reads").json()["items"]]
    assert kept == [("reports.read.write-report-workbook", ["A0001", "A0002"])]


def test_schedules_are_the_house_or_a_dealers_own(books: Operator, admin: Api, signed_in: SignedIn):
    of_east = signed_in("eva", "administrator", dealer="east")
    terms = {"report": "income-entries", "recipients": ["owner@isp.test"], "seller": "north", "every": "day"}
    for api, code in ((admin, "of-house"), (of_east, "of-east")):
        assert api.send("PUT", f"/report-schedules/{code}", terms).status_code == 200

    def codes(api: Api) -> list[str]:
        return [each["schedule"]["code"] for each in api.get("/report-schedules").json()["items"]]

    books.application.runner.catch_up()
    assert (codes(of_east), codes(admin)) == (["of-east"], ["of-east", "of-house"])
    reason = {"reason": "unread"}
    assert of_east.send("POST", "/report-schedules/of-house/end", reason).status_code == 404
    assert of_east.send("PUT", "/report-schedules/of-house", terms).status_code == 422
    assert of_east.send("POST", "/report-schedules/of-east/note-sent", reason).status_code == 403
    assert of_east.send("POST", "/report-schedules/of-east/end", reason).status_code == 200
    wrong = admin.send("PUT", "/report-schedules/x", terms | {"at": "25:00"})
    assert wrong.status_code == 422 and wrong.json()["field"] == "at"
