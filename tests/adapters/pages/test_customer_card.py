"""The card of a customer: everything on one page, each amount with its explanation."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from billing_core.custom_fields import FieldDefinition
from billing_core.dealers import Dealer
from billing_core.party_changes import AddressChanges, CustomerChanges
from commands.billing.account import ChargeOnce
from commands.custom_fields import PublishCustomFields
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer, ChangeCustomer
from commands.payments.account import ReceivePayment
from commands.services.status import ActivateSubscription
from tests.adapters.pages.conftest import FROM_HERE, SignedIn, Visitor, serious_faults
from tests.adapters.pages.test_frame import form_fields
from tests.operators import Operator, eur

ATTACKS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'-alert(1)-'", "{{ 7*7 }}", "javascript:alert(1)",
    "</title><svg onload=alert(1)>",
)  # fmt: skip


@pytest.fixture
def customer(operator: Operator) -> str:
    """A0001 owes 24.00 of this month for `main` since it paid 24.00; `fast` was added, and a visit is to be billed."""
    operator.publish("fast", "39.90", name="Internet fast")
    today = datetime.now(UTC).date()
    account = operator.subscriber("A0001", since=today.replace(day=1) - timedelta(days=31))
    operator.bill_each_due_date(today + timedelta(days=1))
    operator.tell(ReceivePayment(account=account, source="cash", reference="H1", amount=eur("24.00")), today=today)
    operator.tell(ActivateSubscription(account=account, subscription="fast", tariff="fast"), today=today)
    visit = ChargeOnce(account=account, description="A visit", amount=Decimal(10), vat_rate=Decimal(20))
    operator.tell(visit, today=today)
    name = CustomerChanges(name="Jarmila Vrabcová", phone="+420 555 010 142", address=AddressChanges(city="Lhota"))
    operator.tell(ChangeCustomer(number="A0001", changes=name), today=today)
    operator.application.runner.catch_up()
    return account


def plain(page: str) -> str:
    """The words of a page, without what marks them up."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_card_shows_accounts_services_open_items_payments_the_next_bill_and_the_log(
    customer: str, signed_in: SignedIn
) -> None:
    answer = signed_in("eva", "clerk").get(f"/customers/{customer}")
    assert answer.status_code == 200
    text = plain(answer.text)
    for shown in (
        "Jarmila Vrabcová A0001", "+420 555 010 142", "EUR, owes", "since it last was 0.00", "Internet fast",
        "a month, without VAT", "cash:H1", "A visit", "To be billed, with VAT", "Payment received: cash:H1",
    ):  # fmt: skip
        assert shown in text, shown


def test_an_amount_unfolds_to_its_sum_rule_price_and_event_without_a_script(customer: str, signed_in: SignedIn) -> None:
    eva = signed_in("eva", "clerk")
    folded = eva.get(f"/customers/{customer}").text
    assert 'id="because-' not in folded
    unfolded = plain(eva.get(f"/customers/{customer}", params={"why": "posting-1"}).text)
    assert "Rule a fee for a whole period" in unfolded
    assert "price list net, 20 % VAT is added" in unfolded
    assert "Event" in unfolded and "night run" in unfolded
    service = plain(eva.get(f"/customers/{customer}", params={"why": f"service-{customer}-fast"}).text)
    assert "1 month at 39.90 EUR" in service
    bill = plain(eva.get(f"/customers/{customer}", params={"why": "next-1"}).text)
    assert "once 10.00 EUR" in bill or "once 10 EUR" in bill


def test_a_part_that_htmx_asks_for_is_made_of_its_own_panel_alone(customer: str, signed_in: SignedIn) -> None:
    eva = signed_in("eva", "clerk")
    part = {"HX-Request": "true", "HX-Target": "accounts"}
    answer = eva.get(f"/customers/{customer}", params={"why": "posting-1"}, headers=part)
    assert 'id="accounts"' in answer.text and 'id="log"' not in answer.text


def test_notes_tags_and_files_are_added_on_the_card(customer: str, signed_in: SignedIn, operator: Operator) -> None:
    eva, base = signed_in("eva", "clerk"), f"/customers/{customer}"
    for path, typed, files in (
        ("notes/new", {"text": "Hears badly; let it ring long."}, None),
        ("tags", {"add": "fibre"}, None),
        ("files/new", {}, {"file": ("power.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")}),
    ):
        fields = form_fields(eva.get(f"{base}/{path}").text)
        answer = eva.post(f"{base}/{path}", data=fields | typed, files=files, headers=FROM_HERE)
        assert answer.status_code == 303, answer.text
    operator.application.runner.catch_up()
    page = eva.get(base).text
    assert "let it ring long" in page and 'href="/customers?tag=fibre"' in page and "power.pdf" in page
    address = re.findall(rf'href="({base}/files/[0-9a-f]{{64}})"', page)
    assert eva.get(address[0]).content == b"%PDF-1.4\n%%EOF"


def test_who_may_not_see_money_sees_none(customer: str, signed_in: SignedIn) -> None:
    text = plain(signed_in("eva", "support").get(f"/customers/{customer}").text)
    assert "Internet fast" in text
    assert "owes" not in text and "overdue" not in text and "Paid until" not in text and "cash:H1" not in text


def test_a_payment_shows_what_it_settles_before_it_is_taken_and_then_its_receipt(
    customer: str, signed_in: SignedIn, operator: Operator
) -> None:
    eva = signed_in("eva", "clerk")
    path = f"/accounts/{customer}/payments/new"
    typed = {"amount": "20", "source": "cash", "reference": "H2", "currency": "EUR", "payer": ATTACKS[0]}
    fields = form_fields(eva.get(path).text) | typed
    shown = eva.post(path, data=fields | {"do": "preview"}, headers=FROM_HERE)
    assert "The balance goes from" in shown.text and "of it stays open" in shown.text
    done = eva.post(path, data=form_fields(shown.text) | typed | {"do": "confirm"}, headers=FROM_HERE)
    assert (done.status_code, done.headers["location"]) == (303, f"/customers/{customer}?account={customer}")
    operator.application.runner.catch_up()
    receipt = eva.get(f"/accounts/{customer}/payments/cash:H2").text
    assert "20.00" in receipt and "&lt;script&gt;" in receipt and "<script>alert" not in receipt


def test_nothing_that_people_type_is_taken_for_a_part_of_the_page(operator: Operator, signed_in: SignedIn) -> None:
    account = operator.subscriber("A0001")
    note = FieldDefinition(code="note", labels={"en": ATTACKS[0]})
    operator.tell(PublishCustomFields(subject="customer", fields=(note,)))
    eva = signed_in("eva", "clerk")
    for attack in ATTACKS:
        said: dict[str, str | None] = {"note": attack}
        changes = CustomerChanges(name=attack, address=AddressChanges(street=attack), custom_fields=said)
        operator.tell(ChangeCustomer(number=account, changes=changes))
        operator.application.runner.catch_up()
        for path in (f"/customers/{account}", f"/customers/{account}/details", f"/search?q={account}"):
            answer = eva.get(path)
            page = answer.text
            assert answer.status_code == 200, path
            assert "<script>alert" not in page and "<img src=x" not in page and "<svg onload" not in page, path
        found = eva.get("/search", params={"q": attack}).text
        assert "<script>alert" not in found and "<img src=x" not in found and "<svg onload" not in found


def test_the_card_of_another_dealers_customer_is_refused(operator: Operator, signed_in: SignedIn) -> None:
    for dealer, account in (("east", "A0001"), ("west", "A0002")):
        operator.tell(RegisterDealer(dealer=Dealer(code=dealer, name=dealer)))
        operator.subscriber(account)
        operator.tell(AssignCustomer(customer=account, dealer=dealer))
    operator.application.runner.catch_up()
    eva = signed_in("eva", "dealer", dealer="east")
    assert eva.get("/customers/A0001").status_code == 200
    for path in ("/customers/A0002", "/accounts/A0002", "/accounts/A0002/payments/new", "/customers/A0002/details"):
        assert eva.get(path).status_code == 404, path
    assert "A0002" not in plain(eva.get("/search", params={"q": "A0002"}).text).replace("“A0002”", "").replace(
        "Search: A0002", ""
    )


@pytest.mark.parametrize("width", [320, 1280])
def test_card_and_search_are_usable_at_every_width(customer: str, visitor: Visitor, width: int) -> None:
    page = visitor("eva", "clerk", width=width)
    for path in (f"/customers/{customer}?why=posting-1", "/search?q=vrabcova", f"/accounts/{customer}/payments/new"):
        page.goto(path)
        assert serious_faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_the_phone_rings_and_all_is_done_by_keys(customer: str, visitor: Visitor, operator: Operator) -> None:
    page = visitor("eva", "clerk")
    page.keyboard.press("/")
    page.keyboard.type("vrabcova")
    page.keyboard.press("Enter")
    expect(page.locator("#found [aria-selected=true]")).to_contain_text("Jarmila Vrabcová")
    expect(page.locator("#preview")).to_contain_text("owes")
    page.wait_for_load_state()  # Its scripts are there, as they are for a person who has read it.
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Jarmila Vrabcová")
    page.keyboard.press("e")
    expect(page.locator("tr.because")).to_contain_text("Rule")
    expect(page.locator("a.why[aria-expanded=true]")).to_be_focused()
    page.keyboard.press("p")
    expect(page.locator("section#act")).to_contain_text("Take payment")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#effect")).to_contain_text("to 0.00")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("is taken, receipt cash:")
    expect(page.locator("#accounts")).to_contain_text("Nothing is overdue.")


def test_results_come_while_typing_and_arrows_choose(customer: str, operator: Operator, visitor: Visitor) -> None:
    operator.subscribers(3, first=2)
    operator.application.runner.catch_up()
    page = visitor("eva", "clerk")
    page.goto("/search")
    page.keyboard.type("customer")
    expect(page.locator("#found [role=option]")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#found [aria-selected=true]")).to_contain_text("Customer A0003")
    expect(page.locator("#preview h2")).to_contain_text("A0003")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Customer A0003")


def test_of_many_services_the_first_fifty_are_shown_the_others_on_demand_and_any_is_found(
    customer: str, operator: Operator, signed_in: SignedIn
) -> None:
    today = datetime.now(UTC).date()
    for room in range(60):
        operator.tell(
            ActivateSubscription(account=customer, subscription=f"room-{room:02}", tariff="fast", on=today), today=today
        )
    operator.application.runner.catch_up()
    eva, path = signed_in("eva", "clerk"), f"/customers/{customer}"
    first = eva.get(path).text
    assert first.count("/subscriptions/room-") == 48 and "12 more" in plain(first), "and fast and main"
    assert eva.get(f"{path}?services=all").text.count("/subscriptions/room-") == 60
    found = eva.get(f"{path}?service=ROOM-59").text
    assert set(re.findall(r"/subscriptions/(room-\w+)", found)) == {"room-59"}
    assert "No service has this" in eva.get(f"{path}?service=cellar").text
    bill = re.findall(r'<dt dir="auto">', first)
    assert len(bill) == 50 and len(re.findall(r'<dt dir="auto">', eva.get(f"{path}?next=all").text)) > 60


@pytest.mark.parametrize("width", [390, 1280])
def test_a_name_without_a_space_makes_no_page_wider_than_the_window(
    customer: str, operator: Operator, visitor: Visitor, width: int
) -> None:
    operator.tell(ChangeCustomer(number=customer, changes=CustomerChanges(name="Ľ" * 200)))
    operator.application.runner.catch_up()
    page = visitor("eva", "clerk", width=width)
    for path in (f"/customers/{customer}", f"/search?q={customer}", f"/customers/{customer}/notes/new"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path


def test_what_was_taken_is_said_as_every_amount_is_written(customer: str, signed_in: SignedIn) -> None:
    eva, path = signed_in("eva", "clerk"), f"/accounts/{customer}/payments/new"
    shown = eva.post(
        path, data=form_fields(eva.get(path).text) | paid("1 234,5") | {"do": "preview"}, headers=FROM_HERE
    )
    done = eva.post(path, data=form_fields(shown.text) | paid("1 234,5") | {"do": "confirm"}, headers=FROM_HERE)
    said = plain(eva.get(done.headers["location"]).text).translate({0x202F: " ", 0xA0: " "})
    assert "1 234.50 EUR is taken, receipt cash:H7." in said


def paid(amount: str) -> dict[str, str]:
    return {"amount": amount, "source": "cash", "reference": "H7", "received_on": "today"}
