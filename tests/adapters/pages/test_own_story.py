"""A customer's evening on a phone: from the link in a real mail to a dearer tariff, and never into another's papers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from playwright.sync_api import Browser, Page, expect

from adapters.bootstrap.automation import automation_of
from tests.adapters.pages.conftest import Visitor, serious_faults
from tests.adapters.pages.own import ANNA, EVE, MAIL, invoice_of, link_in, open_house, with_mail
from tests.counterparts.smtp import SmtpCounterpart, smtp_server
from tests.operators import Operator


@pytest.fixture
def smtp() -> Iterator[tuple[trustme.CA, SmtpCounterpart]]:
    authority = trustme.CA()
    with smtp_server(authority) as server:
        yield authority, server


@pytest.fixture
def house(
    operator: Operator, smtp: tuple[trustme.CA, SmtpCounterpart], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Operator:
    with_mail(*smtp, monkeypatch, tmp_path)
    return open_house(operator)


@pytest.fixture
def phone(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone, with JavaScript or without."""
    has_scripts = getattr(request, "param", True)
    context = browser.new_context(
        base_url=address, viewport={"width": 390, "height": 844}, locale="en-GB", java_script_enabled=has_scripts
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [each for each in complaints if "status of 4" not in each] == []


def enter(page: Page, house: Operator, smtp: SmtpCounterpart) -> None:
    worker = automation_of(house.application)
    worker.register()
    page.goto("/my")
    page.get_by_label("E-mail or customer number").fill(MAIL)
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("status")).to_contain_text("a mail with a link is on its way")
    worker.settle()
    page.goto(link_in(smtp))
    page.get_by_role("button", name="Go to my pages").click()


@pytest.mark.parametrize("phone", [True, False], ids=["with scripts", "without scripts"], indirect=True)
def test_from_the_link_in_a_mail_to_a_dearer_tariff(
    house: Operator, phone: Page, smtp: tuple[trustme.CA, SmtpCounterpart]
) -> None:
    enter(phone, house, smtp[1])
    expect(phone.get_by_role("heading", name="You owe")).to_be_visible()
    expect(phone.locator(".balance").first).to_contain_text("30.00")

    own, others = (f"/my/invoices/{invoice_of(house, customer)}" for customer in (ANNA, EVE))
    expect(phone.locator(f"a[href='{own}']")).to_be_visible()
    assert phone.request.get(own).body().startswith(b"%PDF")
    refused = phone.goto(others)
    assert refused is not None and refused.status == 404
    expect(phone.get_by_role("heading", name="Not found")).to_be_visible()

    phone.goto("/my")
    phone.get_by_role("link", name="See what changes today").first.click()
    expect(phone.get_by_role("heading", name="Internet 500 from")).to_be_visible()
    expect(phone.get_by_text("50.00").first).to_be_visible()
    phone.get_by_role("button", name="Change from").click()
    expect(phone.get_by_role("status")).to_contain_text("Your tariff is changed.")
    expect(phone.get_by_role("heading", name="Internet 500")).to_be_visible()


def test_the_pages_are_for_everybody_from_320_pixels_on(
    house: Operator, phone: Page, smtp: tuple[trustme.CA, SmtpCounterpart]
) -> None:
    enter(phone, house, smtp[1])
    for path in ("/my", "/my/invoices", "/my/services", "/my/you", "/my/you/contact", "/my/report", "/my/sign-up",
                 f"/my/accounts/{ANNA}/promise", f"/my/services/{ANNA}/main/pause"):  # fmt: skip
        phone.goto(path)
        assert serious_faults(phone) == [], path
        for width in (320, 390, 768, 1440, 2560):
            phone.set_viewport_size({"width": width, "height": 844})
            assert phone.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
        phone.set_viewport_size({"width": 390, "height": 844})


def test_a_clerk_looks_through_the_eyes_of_the_customer_and_it_is_kept(house: Operator, visitor: Visitor) -> None:
    page = visitor("clara", "administrator")
    page.goto(f"/customers/{ANNA}")
    page.get_by_role("link", name="As the customer sees it").click()
    page.get_by_role("button", name=f"Look as customer {ANNA}").click()
    for path in ("/my", "/my/invoices", "/my/services", "/my/you"):
        page.goto(path)
        expect(page.get_by_role("note")).to_contain_text(f"You look at the pages of customer {ANNA}.")
    assert page.request.get("/my/you/contact").status == 403
    looked = house.select(
        "SELECT metadata::jsonb ->> 'actor' FROM billing.events WHERE topic = 'own-pages-looked-at/1'"
    )
    assert looked == [("clara",)]
