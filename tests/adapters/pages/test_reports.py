"""Reports on pages: the catalogue, an answer with filter, order, totals and links, and who is shown what."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import expect

from commands.payments.account import ReceivePayment
from commands.payments.remittances import ReceiveRemittance
from tests.adapters.pages.conftest import SignedIn, Visitor, serious_faults
from tests.operators import Operator, bank_row, eur

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
    customer = paid.account("A0001").customer
    page = boss.get(f"/reports/income-entries?{JANUARY}").text
    name = paid.select(f"SELECT name FROM live.customers WHERE number = '{customer}'")[0][0]
    assert name in page


def test_who_may_see_no_reports_of_a_subject_does_not_find_them(paid: Operator, signed_in: SignedIn):
    technician = signed_in("tom", "technician")
    assert "Income by way of payment" not in technician.get("/reports").text
    assert technician.get(f"/reports/income-by-method?{JANUARY}").status_code == 404


def test_the_dashboard_is_the_first_page_of_the_owner(boss: TestClient):
    assert boss.get("/").headers["location"] == "/dashboard"
    page = boss.get("/dashboard").text
    assert "Received this month" in page and 'href="/reports/income-by-day?' in page


def test_the_dashboard_says_how_old_is_what_is_owed_and_first_what_waits(
    paid: Operator, boss: TestClient, signed_in: SignedIn
):
    paid.tell(ReceiveRemittance(source="bank", reference="B88", amount=eur("5.00")))
    paid.application.runner.catch_up()
    page = boss.get("/dashboard").text.replace("\xa0", " ")
    ((owed,),) = paid.select("SELECT -sum(balance) FROM live.accounts WHERE balance < 0")
    assert "What is owed, by age" in page and f"{owed:.2f}" in page
    assert page.index("1 payment is unmatched, 5.00 EUR") < page.index("Billed this month")
    assert "1 payment is unmatched" in signed_in("eva", "clerk").get("/search").text, "a clerk begins there"
    assert "is unmatched" not in signed_in("tom", "technician").get("/dashboard").text


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


# --- in a browser


def test_the_owner_goes_from_a_figure_to_its_rows_and_on_to_an_account(operator: Operator, visitor: Visitor):
    today = datetime.now(UTC).date()
    operator.subscribers(2)
    for account, amount in (("A0001", "24.00"), ("A0002", "110.00")):
        payment = ReceivePayment(account=account, source="cash", reference=account, amount=eur(amount))
        operator.tell(payment, today=today)
    operator.application.runner.catch_up()

    page = visitor("petra", "administrator")
    expect(page).to_have_url(re.compile("/dashboard$"))
    figure = page.get_by_role("link", name="Received this month")
    expect(figure).to_contain_text("134.00")
    assert serious_faults(page) == []

    figure.click()
    expect(page.get_by_role("heading", name="Income by day")).to_be_visible()
    assert serious_faults(page) == []
    page.locator("tbody a.why").first.click()
    expect(page.get_by_role("heading", name="Entries of money")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(2)

    page.get_by_role("link", name="Amount").click()
    expect(page.locator("tbody tr").first).to_contain_text("110.00")
    page.get_by_role("link", name="Amount").click()
    expect(page.locator("tbody tr").first).to_contain_text("24.00")
    expect(page.locator("tfoot")).to_contain_text("134.00")
    with page.expect_download() as coming:
        page.get_by_role("link", name="CSV", exact=True).click()
    lines = coming.value.path().read_text().splitlines()
    assert ["24.00" in lines[1], "110.00" in lines[2]] == [True, True]

    page.locator('a[href="/accounts/A0002"]').click()
    expect(page).to_have_url(re.compile("/accounts/A0002$"))


def test_reports_and_the_dashboard_are_opened_by_keys(operator: Operator, visitor: Visitor):
    operator.subscriber()
    operator.application.runner.catch_up()
    page = visitor("petra", "administrator")
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile("/reports$"))
    assert serious_faults(page) == []
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile("/dashboard$"))


def test_closed_months_are_listed_with_a_form_that_knows_the_sellers(paid: Operator, boss: TestClient):
    assert boss.get("/reports/closings").status_code == 200
    seller = paid.select("SELECT code FROM live.sellers")[0][0]
    assert f'<option value="{seller}"' in boss.get("/reports/closings/close").text
