"""Reports on pages: the catalogue, an answer with filter, order, totals and links, and who is shown what."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi.testclient import TestClient

from tests.adapters.pages.conftest import SignedIn
from tests.operators import Operator, bank_row

JANUARY = "from=2026-01-01&to=2026-02-01"


@pytest.fixture
def paid(operator: Operator) -> Operator:
    """Two accounts that paid 24.00 and 10.00 on 20 January."""
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(2, "24.00", "A0001", payer="Ona"), bank_row(3, "10.00", "A0002", payer="Ono")])
    operator.application.runner.catch_up()
    return operator


@pytest.fixture
def boss(paid: Operator, signed_in: SignedIn) -> TestClient:
    return signed_in("petra", "administrator")


def test_the_catalogue_is_searched_by_words_of_title_and_question(boss: TestClient):
    page = boss.get("/reports").text
    assert "Income by way of payment" in page and "Entries of money" in page
    found = boss.get("/reports?q=which+MOVED").text
    assert "Entries of money" in found and "Income by way of payment" not in found
    assert "No report has these words" in boss.get("/reports?q=nonsuch").text


def test_an_answer_has_its_rows_totals_and_the_way_to_the_rows_behind_a_figure(boss: TestClient):
    page = boss.get(f"/reports/income-by-method?{JANUARY}").text
    assert "How much money came in by each way of payment" in page
    assert page.count(">34.00<") >= 2  # The row and the total.
    behind = "/reports/income-entries?from=2026-01-01&amp;to=2026-02-01&amp;method=transfer"
    assert behind in page
    rows = boss.get(behind.replace("&amp;", "&")).text
    assert "24.00" in rows and "10.00" in rows and 'href="/accounts/A0001"' in rows
    assert 'href="/accounts/A0001/payments/' in rows


def test_days_are_typed_as_on_other_pages_and_what_is_wrong_is_said_at_its_field(boss: TestClient):
    page = boss.get("/reports/income-by-method?from=1.1.2026&to=1.2.2026").text
    assert 'value="2026-01-01"' in page and ">34.00<" in page
    wrong = boss.get("/reports/income-by-method?from=soon")
    assert wrong.status_code == 422
    assert 'value="soon"' in wrong.text and "must be a day such as 2026-06-11" in wrong.text


def test_a_click_on_the_head_sorts_and_another_one_turns_the_order_round(boss: TestClient):
    address = f"/reports/income-entries?{JANUARY}&sort=-amount"
    page = boss.get(address).text
    assert page.index(">24.00<") < page.index(">10.00<")
    assert 'aria-sort="descending"' in page and "sort=amount" in page
    turned = boss.get(address.replace("-amount", "amount")).text
    assert turned.index(">10.00<") < turned.index(">24.00<")


def test_names_of_customers_stand_in_the_rows_of_who_may_read_customers(paid: Operator, boss: TestClient):
    address = f"/v1/reports/income-entries/rows?{JANUARY}"
    customer = paid.account("A0001").customer
    page = boss.get(f"/reports/income-entries?{JANUARY}").text
    name = paid.select(f"SELECT name FROM live.customers WHERE number = '{customer}'")[0][0]
    assert name in page and address


def test_who_may_see_no_reports_of_a_subject_does_not_find_them(paid: Operator, signed_in: SignedIn):
    technician = signed_in("tom", "technician")
    assert "Income by way of payment" not in technician.get("/reports").text
    assert technician.get(f"/reports/income-by-method?{JANUARY}").status_code == 404


def test_the_dashboard_is_the_first_page_of_the_owner(boss: TestClient):
    assert boss.get("/").headers["location"] == "/dashboard"
    page = boss.get("/dashboard").text
    assert "Received this month" in page and 'href="/reports/income-by-day?' in page


def test_an_answer_is_taken_away_as_a_file_with_what_was_asked_and_sorted(boss: TestClient):
    page = boss.get(f"/reports/income-entries?{JANUARY}&sort=amount").text
    assert "/reports/income-entries/csv?from=2026-01-01&amp;to=2026-02-01&amp;sort=amount" in page
    answer = boss.get(f"/reports/income-entries/csv?{JANUARY}&sort=amount")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.text.splitlines()
    assert len(lines) == 3 and "10.00" in lines[1] and "24.00" in lines[2]
    assert boss.get(f"/reports/income-by-method/xlsx?{JANUARY}").content[:2] == b"PK"
    assert boss.get(f"/reports/income-by-method/pdf?{JANUARY}").content[:5] == b"%PDF-"


@pytest.mark.parametrize(("role", "title"), [("technician", "Your open tickets"), ("cashier", "You took today")])
def test_technician_and_cashier_have_dashboards_of_their_own(
    role: str, title: str, paid: Operator, signed_in: SignedIn
):
    page = signed_in("tom", role).get("/dashboard").text
    assert title in page and "Received this month" not in page


def test_a_dashboard_of_others_is_not_found(paid: Operator, signed_in: SignedIn):
    assert signed_in("tom", "technician").get("/dashboard?view=owner").status_code == 404
