"""Price lists over HTTP: a job publishes a file, and queries show versions, rows and prices."""

from __future__ import annotations

from typing import Any

from adapters.files.price_list_export import xlsx_of
from tests.adapters.http.conftest import Api, SignedIn
from tests.adapters.http.test_api import problem
from tests.adapters.http.test_jobs import shown, started, work
from tests.billing_core.usage.lists import price_list, row
from tests.operators import Operator

CSV = {"Content-Type": "text/csv"}
TERMS = "{code: retail, name: Retail calls, currency: EUR, unit: minute, zone: Europe/Prague, country: CZ}"
ROWS = "prefix,destination,price\n49,Germany,0.05\n4915,Germany mobile,0.10\n"


def imported(api: Api, operator: Operator, content: bytes, query: str) -> Any:
    job = started(api.send_bytes(f"/jobs/import-price-list?{query}", content, CSV))
    work(operator)
    card = shown(api, job)
    assert card["state"] == "done", card
    return card["result"]


def test_a_list_is_rehearsed_published_and_shown(admin: Api, operator: Operator):
    query = f"terms={TERMS}&from=2026-01-01"
    rehearsed = imported(admin, operator, ROWS.encode(), f"{query}&dry_run=true")
    assert (rehearsed["version"], rehearsed["rows"]) == (None, 2)
    assert admin.get("/price-lists").json()["items"] == []

    published = imported(admin, operator, ROWS.encode(), query)

    assert (published["version"], published["is_new"], published["destinations"]) == (1, True, 2)
    (listed,) = admin.get("/price-lists").json()["items"]
    assert (listed["code"], listed["version"], listed["holds"]) == ("retail", 1, True)
    card = admin.get("/price-lists/retail").json()
    assert card["terms"]["zone"] == "Europe/Prague"
    rows = admin.get("/price-lists/retail/prices", destination="mobile").json()["items"]
    assert [(each["prefix"], each["prices"]) for each in rows] == [("4915", {"all week": "0.1"})]
    (price,) = admin.get("/prices", number="+491711", on="2026-05-01").json()
    assert (price["version"], price["row"]["prefix"]) == (1, "49")
    problem(admin.get("/price-lists/nothing"), 404, "not-found")
    assert admin.get("/ported-numbers").json() == []


def test_a_workbook_is_published_compared_and_given_back(admin: Api, operator: Operator):
    imported(admin, operator, ROWS.encode(), f"terms={TERMS}&from=2026-01-01")
    dearer = price_list(row("49", "Germany", "0.08"), row("4915", "Germany mobile", "0.10"))

    second = imported(admin, operator, xlsx_of(dearer), "code=retail&from=2099-01-01")

    assert second["version"] == 2
    compared = admin.get("/price-lists/retail/comparison", before=1, after=2).json()
    assert [each["detail"] for each in compared["findings"]] == ["price 0.05 -> 0.08, +60 %"]
    sheet = admin.get("/price-lists/retail/xlsx", version=2)
    assert (sheet.content[:2], sheet.headers["Content-Type"]) == (
        b"PK",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    assert admin.get("/price-lists/retail/csv", version=2).text.splitlines()[1].startswith("49,Germany,,0.08")
    withdrawn = admin.post("/price-lists/retail/withdraw", {"version": 2, "reason": "a slip"})
    assert withdrawn.status_code == 200
    position = withdrawn.json()["position"]
    versions = admin.get("/price-lists/retail", min_position=position).json()["versions"]
    assert [each["withdrawn_because"] for each in versions] == ["a slip", ""]


def test_a_file_that_is_wrong_is_reported_with_its_lines(admin: Api, operator: Operator):
    wrong = imported(admin, operator, (ROWS + "43,Austria,tea\n").encode(), f"terms={TERMS}&from=2026-01-01")

    assert (wrong["version"], [each["line"] for each in wrong["rejected"]]) == (None, [4])
    job = started(admin.send_bytes(f"/jobs/import-price-list?terms={TERMS}&from=2026-01-01", b"%PDF-1.7", CSV))
    work(operator)
    assert shown(admin, job)["state"] == "failed"


def test_only_who_may_publishes(signed_in: SignedIn, operator: Operator):
    support = signed_in("sam", "support")

    problem(support.send_bytes(f"/jobs/import-price-list?terms={TERMS}", ROWS.encode(), CSV), 403, "not-permitted")
    problem(support.get("/price-lists"), 403, "not-permitted")
    assert signed_in("ann", "auditor").get("/price-lists").status_code == 200


def test_ported_numbers_are_published_by_a_job(admin: Api, operator: Operator):
    table = b"number,operator prefix\n420601000111,42077\n"
    job = started(admin.send_bytes("/jobs/import-ported-numbers?country=CZ", table, CSV))
    work(operator)

    assert shown(admin, job)["result"]["accepted"] == 1
    assert [(each["country"], each["numbers"]) for each in admin.get("/ported-numbers").json()] == [("CZ", 1)]


def test_an_answer_as_of_a_moment_knows_the_versions_of_then(admin: Api, operator: Operator):
    imported(admin, operator, ROWS.encode(), f"terms={TERMS}&from=2026-01-01")
    operator.application.build_as_of("before", operator.application.log.newest_position())
    imported(admin, operator, ROWS.replace("0.05", "0.06").encode(), "code=retail&from=2026-01-01")

    def price(**asked: Any) -> tuple[int, str]:
        (found,) = admin.get("/prices", number="4930123", on="2026-05-01", **asked).json()
        return found["version"], found["row"]["prices"]["all week"]

    assert (price(), price(as_of="before")) == ((2, "0.06"), (1, "0.05"))
    now, then = admin.get("/price-lists/retail").json(), admin.get("/price-lists/retail", as_of="before").json()
    assert (len(now["versions"]), len(then["versions"])) == (2, 1)
