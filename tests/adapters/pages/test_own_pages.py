"""The customers' own pages: who comes in, what is shown of whom, and what a customer may do."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.adapters.pages.own import ANNA, EVE, customer_client, invoice_of, open_house
from tests.operators import Operator


@pytest.fixture
def house(operator: Operator) -> Operator:
    return open_house(operator)


@pytest.fixture
def anna(house: Operator, site: FastAPI) -> TestClient:
    return customer_client(house, site)


def test_the_first_page_says_what_is_owed_and_why(house: Operator, anna: TestClient) -> None:
    page = anna.get("/my").text
    assert "Anna Vrabcová" in page and "You owe" in page and "30.00" in page
    assert f"Invoice {invoice_of(house, ANNA)} of" in page
    assert "dunning" not in page.lower()


@pytest.mark.parametrize("path", ["/my", "/my/invoices", "/my/services", "/my/you", "/my/report", "/my/you/contact",
                                  "/my/you/forget", "/my/you/held", "/my/you/password"])  # fmt: skip
def test_every_page_is_shown(anna: TestClient, path: str) -> None:
    answer = anna.get(path)
    assert answer.status_code == 200, answer.text


def test_an_invoice_is_a_pdf_and_anothers_is_as_if_there_were_none(house: Operator, anna: TestClient) -> None:
    own = anna.get(f"/my/invoices/{invoice_of(house, ANNA)}")
    assert own.status_code == 200 and own.content.startswith(b"%PDF")
    assert anna.get(f"/my/invoices/{invoice_of(house, EVE)}").status_code == 404
