"""The billing desk: a run previewed, confirmed as previewed, paused; documents found and opened; parked ones cured."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from playwright.sync_api import expect

from billing_core.catalogue.prices import Price
from commands.billing.account import BillAccount
from commands.services import ChangeTariff
from tests.adapters.pages.conftest import FROM_HERE, SignedIn, Visitor, serious_faults
from tests.adapters.pages.test_frame import form_fields
from tests.adapters.pages.test_jobs import work
from tests.operators import Operator

FEBRUARY = date(2026, 2, 1)
DAY = {"on": "2026-02-01", "until": "2026-02-02", "over_percent": "20"}


def previewed(client: Any, operator: Operator, **fields: str) -> str:
    """A preview that has ended; the address of its page."""
    form = form_fields(client.get("/billing/run").text)
    started = client.post("/billing/run", data=form | DAY | fields | {"do": "rehearse"}, headers=FROM_HERE)
    assert started.status_code == 303, started.text
    work(operator)
    address: str = started.headers["location"]
    return address


def confirmed(client: Any, operator: Operator, address: str) -> str:
    form = form_fields(client.get(address).text)
    started = client.post(f"{address}/confirm", data=form, headers=FROM_HERE)
    assert started.status_code == 303, started.text
    work(operator)
    return str(client.get(started.headers["location"]).text)


def test_a_run_is_previewed_against_the_last_bills_and_confirmed(signed_in: SignedIn, operator: Operator):
    """20.00 and 20 % VAT for January and February: two new bills of 48.00; in March one of them changed by 50 %."""
    operator.subscribers(2)
    clerk = signed_in("petra", "accountant")
    address = previewed(clerk, operator)
    page = clerk.get(address).text
    assert "What would be billed" in page and "96.00" in page and "New" in page
    assert operator.select("SELECT count(*) FROM live.documents") == [(0,)]

    done = confirmed(clerk, operator, address)

    assert "What was billed" in done and "96.00" in done
    assert operator.select("SELECT count(*) FROM live.documents") == [(2,)]


def test_a_run_that_would_do_something_else_than_previewed_does_nothing(signed_in: SignedIn, operator: Operator):
    operator.subscribers(2)
    clerk = signed_in("petra", "accountant")
    address = previewed(clerk, operator)
    operator.subscriber("A0003")

    done = confirmed(clerk, operator, address)

    assert "Nothing was billed." in done and "3 bills instead of 2" in done
    assert operator.select("SELECT count(*) FROM live.documents") == [(0,)]


def test_a_document_is_found_and_opened_as_pdf(signed_in: SignedIn, operator: Operator):
    operator.subscriber()
    operator.bill(FEBRUARY)
    clerk = signed_in("petra", "accountant")
    ((number,),) = operator.select("SELECT number FROM live.documents")
    assert number in clerk.get("/documents", params={"account": "A0001", "state": "overdue"}).text
    assert "Nothing fits the filter" in clerk.get("/documents", params={"from": "2026-03-01"}).text
    page = clerk.get(f"/documents/{number}")
    assert page.status_code == 200 and "Monthly fee" in page.text
    pdf = clerk.get(f"/documents/{number}/pdf")
    assert pdf.content.startswith(b"%PDF") and pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"] == f'inline; filename="{number}.pdf"'
    assert signed_in("kasia", "cashier").get(f"/documents/{number}/pdf").status_code == 403


def test_a_run_is_paused_before_it_began_and_gone_on_with(signed_in: SignedIn, operator: Operator):
    operator.subscriber()
    clerk = signed_in("petra", "accountant")
    form = form_fields(clerk.get("/billing/run").text)
    address = clerk.post("/billing/run", data=form | DAY | {"do": "start"}, headers=FROM_HERE).headers["location"]
    assert "Pause the run" in clerk.get(address).text
    clerk.post(f"{address}/pause", data=form_fields(clerk.get(address).text), headers=FROM_HERE)
    paused = clerk.get(address).text
    assert "Paused by petra" in paused and "Paused" in clerk.get("/billing").text
    again = clerk.post(f"{address}/go-on", data=form_fields(paused), headers=FROM_HERE).headers["location"]
    work(operator)
    assert "What was billed" in clerk.get(again).text
    assert operator.select("SELECT count(*) FROM live.documents") == [(1,)]


def test_a_clerk_bills_opens_an_invoice_and_cures_a_parked_account(visitor: Visitor, operator: Operator):
    """`old` has no price from February on; a price list from then on cures it."""
    ended = Price(amount=Decimal(10), valid_from=date(2020, 1, 1), valid_to=FEBRUARY)
    operator.publish("old", [ended])
    operator.subscriber("A0001")
    operator.subscriber("A0002", tariff="old")
    page = visitor("hana", "administrator")
    page.goto("/billing")
    assert serious_faults(page) == []
    page.keyboard.press("n")
    page.get_by_label("Date of the documents").fill("2026-02-01")
    page.get_by_label("Charge what is due before").fill("2026-02-02")
    assert serious_faults(page) == []
    page.get_by_role("button", name="Rehearse first").click()
    expect(page.get_by_role("heading", name="Waits for a worker")).to_be_visible()
    work(operator)
    expect(page.get_by_role("heading", name="Compared with the last bill of each account")).to_be_visible()
    expect(page.get_by_role("heading", name="Would be parked")).to_be_visible()
    assert serious_faults(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Pause the run")).to_be_visible()
    work(operator)
    expect(page.get_by_role("heading", name="What was billed")).to_be_visible()
    page.get_by_role("link", name="Invoices").click()
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="Lines")).to_be_visible()
    assert serious_faults(page) == []
    address = page.get_by_role("link", name="Open as PDF").get_attribute("href")
    assert page.request.get(str(address)).body().startswith(b"%PDF")

    page.goto("/billing")
    page.get_by_role("link", name="Add the price").click()
    assert serious_faults(page) == []
    page.keyboard.press("n")
    page.get_by_label("Holds from").fill("2026-02-01")
    page.get_by_label("Monthly fee from then on").fill("12")
    assert serious_faults(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Waits for a worker")).to_be_visible()
    work(operator)
    expect(page.get_by_role("heading", name="Effect on all customers")).to_be_visible()
    assert serious_faults(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Waits for a worker")).to_be_visible()
    work(operator)
    expect(page.get_by_text("The price list holds from 2026-02-01.")).to_be_visible()
    page.goto("/billing")
    page.get_by_role("button", name="Retry A0002").click()
    expect(page.get_by_role("status")).to_have_text("Account A0002 is billed.")
    expect(page.get_by_text("All accounts could be billed.")).to_be_visible()


def test_the_pages_of_money_fit_a_phone(visitor: Visitor, operator: Operator):
    operator.subscriber()
    operator.bill(FEBRUARY)
    ((number,),) = operator.select("SELECT number FROM live.documents")
    page = visitor("hana", "administrator", width=320)
    for path in ("/billing", "/billing/run", "/billing/parked", "/documents", f"/documents/{number}", "/catalogue",
                 "/catalogue/tariffs/net", "/catalogue/tariffs/net/revise", "/catalogue/tariffs/new", "/payments",
                 "/payments/unmatched", "/payments/import", "/dunning", "/dunning/resumptions",
                 "/dunning/promises"):  # fmt: skip
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert serious_faults(page) == [], path


def test_a_confirmed_run_that_was_cut_off_goes_on_although_a_part_is_billed(signed_in: SignedIn, operator: Operator):
    operator.subscribers(2)
    clerk = signed_in("petra", "accountant")
    address = previewed(clerk, operator)
    started = clerk.post(f"{address}/confirm", data=form_fields(clerk.get(address).text), headers=FROM_HERE)
    operator.execute("UPDATE billing.jobs SET attempts = 1 WHERE state = 'waiting'")
    operator.tell(BillAccount(account="A0001", on=FEBRUARY))
    work(operator)
    assert "What was billed" in clerk.get(started.headers["location"]).text
    assert operator.select("SELECT count(*) FROM live.documents") == [(2,)]


def test_all_parked_accounts_are_tried_again(signed_in: SignedIn, operator: Operator):
    """One of them has a price again, the other one has not."""
    ended = Price(amount=Decimal(10), valid_from=date(2020, 1, 1), valid_to=FEBRUARY)
    operator.publish("old", [ended])
    operator.subscribers(2, tariff="old")
    operator.bill(date(2026, 2, 2))
    operator.tell(ChangeTariff(account="A0001", subscription="main", tariff="net", on=FEBRUARY))
    clerk = signed_in("petra", "accountant")
    listed = clerk.get("/billing/parked").text
    assert "A0001" in listed and "Add the price" in listed
    form = form_fields(clerk.get("/billing/parked/retry-all").text)
    started = clerk.post("/billing/parked/retry-all", data=form | {"do": "start"}, headers=FROM_HERE)
    work(operator)
    result = clerk.get(started.headers["location"]).text
    assert "Billed" in result and "Still parked" in result
    form = form_fields(clerk.get("/billing/parked/A0002/retry").text)
    again = clerk.post("/billing/parked/A0002/retry", data=form | {"do": "confirm"}, headers=FROM_HERE)
    assert again.status_code == 303
    assert "Account A0002 is still parked" in clerk.get("/billing/parked").text
