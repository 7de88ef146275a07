"""The billing desk: a run previewed, confirmed as previewed, paused; documents found and opened; parked ones cured."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.adapters.pages.conftest import FROM_HERE, SignedIn
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
