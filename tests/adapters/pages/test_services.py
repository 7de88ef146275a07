"""A clerk changes a service: what it costs is shown first, and nothing else is done than what was shown."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import expect

from commands.billing.account import ChargeOnce
from tests.adapters.pages.conftest import FROM_HERE, SignedIn, Visitor, serious_faults
from tests.adapters.pages.test_frame import form_fields
from tests.operators import Operator

PATH = "/accounts/A0001/subscriptions/main"


@pytest.fixture
def subscriber(operator: Operator) -> Operator:
    """A subscriber of `net`, 20.00 a month; `fast` costs 50.00."""
    operator.publish("fast", "50.00")
    operator.subscriber()
    operator.bill(date(2026, 12, 2))
    return operator


def headline(page: str) -> str:
    found = re.search(r'<h3 class="mb-2">(.*?)</h3>', page)
    return found[1] if found else ""


def previewed(client: TestClient, address: str, **typed: str) -> tuple[dict[str, str], str]:
    """The fields of a form after its preview, and the headline of the effect."""
    fields = form_fields(client.get(address).text) | typed
    page = client.post(address, data={**fields, "do": "preview"}, headers=FROM_HERE)
    assert page.status_code == 200, page.text
    return form_fields(page.text) | typed, headline(page.text)


def test_a_change_of_tariff_shows_what_it_costs_and_is_done_when_it_is_confirmed(
    subscriber: Operator, signed_in: SignedIn
) -> None:
    eva, address = signed_in("eva", "clerk"), f"{PATH}/change-tariff"
    day = {"on.when": "day", "on": "2027-01-01"}
    fields, said = previewed(eva, address, tariff="fast", **day)
    assert said == "The bill of 2027-01-01 is 36.00 more"
    assert subscriber.account("A0001").subscriptions["main"].timeline[-1].tariff == "net"
    done = eva.post(address, data={**fields, "do": "confirm"}, headers=FROM_HERE)
    assert (done.status_code, done.headers["location"]) == (303, "/customers/A0001#services")
    assert subscriber.account("A0001").subscriptions["main"].timeline[-1].tariff == "fast"
    assert "cancel-change?kind=change-tariff&amp;on=2027-01-01" in eva.get("/customers/A0001").text


def test_what_is_no_longer_true_is_shown_again_instead_of_done(subscriber: Operator, signed_in: SignedIn) -> None:
    eva, address = signed_in("eva", "clerk"), f"{PATH}/change-tariff"
    fields, _ = previewed(eva, address, tariff="fast", **{"on.when": "day", "on": "2027-01-01"})
    subscriber.tell(ChargeOnce(account="A0001", description="Visit", amount=Decimal(10), vat_rate=Decimal(20)))
    page = eva.post(address, data={**fields, "do": "confirm"}, headers=FROM_HERE)
    assert "This has changed meanwhile." in page.text
    assert subscriber.account("A0001").subscriptions["main"].timeline[-1].tariff == "net"


def test_a_refused_change_keeps_what_was_typed(subscriber: Operator, signed_in: SignedIn) -> None:
    eva, address = signed_in("eva", "clerk"), f"{PATH}/hold"
    fields = form_fields(eva.get(address).text)
    page = eva.post(address, data={**fields, "until": "someday", "do": "preview"}, headers=FROM_HERE)
    assert page.status_code == 422 and 'value="someday"' in page.text


def test_who_may_not_change_services_is_refused(subscriber: Operator, signed_in: SignedIn) -> None:
    cashier = signed_in("kuba", "cashier")
    assert cashier.get(f"{PATH}/change-tariff").status_code == 403
    refused = subscriber.application.tables
    with refused.transaction("billing") as cursor:
        cursor.execute("SELECT attempt FROM refused_attempts ORDER BY number DESC LIMIT 1")
        assert cursor.fetchone() == ("services.change.change-tariff",)


def test_a_clerk_adds_a_service_in_a_browser(subscriber: Operator, visitor: Visitor) -> None:
    page = visitor("eva", "clerk")
    page.goto("/accounts/A0001/subscriptions/new")
    page.get_by_label("Code of the service").fill("second")
    page.get_by_label("Tariff").select_option("fast")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Charge")).to_be_visible()
    assert serious_faults(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("the service is active")
    page.goto(f"{PATH}/hold")
    expect(page.get_by_label("Other day")).to_be_visible()
    assert serious_faults(page) == []
