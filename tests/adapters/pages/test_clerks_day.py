"""A whole day of a clerk by the keyboard alone, from the first call to the sign-out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from billing_core.cash.denominations import Pieces
from billing_core.work.flows import END, Flow, Move, Step
from commands.cash.sessions import OpenCashSession
from commands.payments.remittances import ReceiveRemittance
from commands.work.flows import PublishFlow
from tests.adapters.pages.conftest import Visitor
from tests.adapters.pages.keys import reach, typed_on
from tests.commands.cash.tills import register
from tests.operators import Operator, eur

FAULT = Flow(
    kind="fault", title="Fault", queue="desk",
    steps=(Step(code="look", moves=(Move(to=END, resolution="mended"),)),),
)  # fmt: skip


@pytest.fixture
def house(operator: Operator) -> Operator:
    """Two subscribers who owe 24.00 each, an open cash desk, a faster tariff, a flow, and money that nobody knows."""
    today = datetime.now(UTC).date()
    operator.publish("fast", "39.90", name="Internet fast")
    operator.subscribers(2, since=today.replace(day=1))
    operator.bill_each_due_date(today + timedelta(1))
    operator.tell(PublishFlow(flow=FAULT))
    register(operator, till_limit=Decimal(500))
    operator.tell(OpenCashSession(desk="H1", count=(Pieces(Decimal(100), 1),), reason="from the safe"))
    operator.tell(
        ReceiveRemittance(
            source="bank", reference="1", amount=eur("24.00"), received_on=today, payment_reference="1000000002",
            payer="Customer A0002", message="internet",
        ), today=today,
    )  # fmt: skip
    operator.application.runner.catch_up()
    return operator


def find(page: Page, words: str) -> None:
    """The first hit of the search, opened."""
    page.wait_for_load_state("networkidle")
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.locator("#found [aria-selected=true]")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/search" not in url)
    page.wait_for_load_state()


def said(page: Page, words: str) -> None:
    """What was done is said."""
    expect(page.locator(".notice[role=status]")).to_contain_text(words)
    page.wait_for_load_state()


def test_a_day_from_the_first_call_to_the_sign_out(house: Operator, visitor: Visitor) -> None:
    page = visitor("petra", "clerk")

    # She comes to the desk and pays what she owes.
    page.goto("/cash/desks/H1")
    expect(page.locator("#who")).to_be_focused()
    page.keyboard.type("A0001")
    page.keyboard.press("Enter")
    expect(page.locator("#amount")).to_have_value("24.00")
    expect(page.locator("#effect")).to_contain_text("1000000001")
    page.keyboard.press("Control+Enter")
    said(page, "H1-0001: 24.00 EUR taken")

    # She wants it faster: the card, the change with what it costs, done.
    page.wait_for_load_state()
    reach(page, "Customers")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")
    find(page, "A0001")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Customer A0001")
    page.keyboard.press("t")
    expect(page.locator("section#act")).to_contain_text("Change tariff")
    typed_on(page, "New tariff", "Internet fast")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#effect")).to_contain_text("more")
    expect(page.locator("#act button[value=confirm]")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_be_visible()
    page.wait_for_load_state()

    # The television flickers: a ticket, and a note for the next one who answers.
    find(page, "A0001")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_contain_text("New ticket")
    page.wait_for_load_state()
    typed_on(page, "Kind", "Fault")
    typed_on(page, "What it is about", "The picture flickers")
    page.keyboard.press("Control+Enter")
    said(page, "The ticket is open.")
    find(page, "A0001")
    reach(page, "Add note")
    page.keyboard.press("Enter")
    expect(page.locator("section#act textarea")).to_be_focused()
    typed_on(page, "Note", "Rings in the evening only")
    page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("Rings in the evening only")

    # Money that nobody knew is given to whose it is.
    page.goto("/payments/unmatched")
    expect(page.get_by_role("heading", name="24.00 EUR from Customer A0002")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("1")
    expect(page.get_by_text("The payment is assigned.")).to_be_visible()
    page.wait_for_load_state()

    # Somebody asks for an invoice.
    page.goto("/documents/1000000002")
    expect(page.locator("main")).to_contain_text("1000000002")
    reach(page, "Open as PDF")

    # The day is over.
    reach(page, "Petra")
    page.keyboard.press("Enter")
    page.wait_for_url("**/profile")
    page.wait_for_load_state()
    reach(page, "Sign out")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=password]")).to_be_visible()

    for account in ("A0001", "A0002"):
        assert not house.account(account).ledger.open_items, account
    assert house.account("A0001").subscriptions["main"].timeline[-1].tariff == "fast"
