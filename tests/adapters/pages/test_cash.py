"""The cash desk in a browser: a payment with few keys, and a day from float to count."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from billing_core.cash.denominations import Pieces
from billing_core.dealers import Dealer
from commands.cash.desks import ChangeCashDesk
from commands.cash.handing import HandOverCash
from commands.cash.sessions import OpenCashSession
from commands.cash.takings import TakePayment
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer
from tests.adapters.pages.conftest import serious_faults
from tests.commands.cash.tills import desk as cash_desk
from tests.commands.cash.tills import register, session_of
from tests.operators import Operator, eur

MOST_KEYS = 10


@pytest.fixture
def desk(operator: Operator) -> Operator:
    """Desk H1, open today with 100.00 in its till, and a subscriber who owes 24.00."""
    operator.subscriber("A0001", since=date(2026, 1, 1))
    operator.subscriber("A0002", since=date(2026, 1, 1))
    operator.bill(date(2026, 1, 2))
    register(operator, till_limit=Decimal(500))
    register(operator, "D1", branch="Dolní")
    for code in ("H1", "D1"):
        operator.tell(OpenCashSession(desk=code, count=(Pieces(Decimal(100), 1),), reason="from the safe"))
    operator.application.runner.catch_up()
    return operator


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.count = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)
            self.count += 1


def test_a_payment_is_taken_with_fewer_than_ten_keys(desk: Operator, visitor: Callable[..., Page]):
    page = visitor("petra", "cashier")
    page.goto("/cash/desks/H1")
    keys = Keys(page)
    expect(page.locator("#who")).to_be_focused()
    keys.press(*"A0001", "Enter")
    expect(page.locator("#who-d")).to_contain_text("Customer A0001")
    expect(page.locator("#amount")).to_be_focused()
    expect(page.locator("#amount")).to_have_value("24.00")
    expect(page.locator("#effect")).to_contain_text("1000000001")
    keys.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("H1-0001: 24.00 EUR taken, change 0.00 EUR")
    assert keys.count < MOST_KEYS
    assert session_of(desk, "H1-1").till == eur("124.00")
    assert not desk.account("A0001").ledger.open_items
    expect(page.locator("#who")).to_be_focused()
    assert serious_faults(page) == []


def test_change_is_shown_and_the_payment_undone(desk: Operator, visitor: Callable[..., Page]):
    page = visitor("petra", "cashier")
    page.goto("/cash/desks/H1")
    page.keyboard.type("1000000002")
    page.keyboard.press("Enter")
    expect(page.locator("#amount")).to_be_focused()
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    expect(page.locator("#given")).to_be_focused()
    page.keyboard.type("50")
    expect(page.locator("output")).to_contain_text("20")
    expect(page.locator("#effect")).to_contain_text("used by the next invoice")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("change 20.00 EUR")
    page.get_by_role("link", name="Undo").click()
    page.get_by_label("Reason").fill("wrong customer")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#effect")).to_contain_text("open again")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("The receipt is cancelled")
    assert session_of(desk, "H1-1").till == eur("100.00")


def test_what_is_wrong_is_said_and_what_is_typed_stays(desk: Operator, signed_in: Callable[..., TestClient]):
    client = signed_in("petra", "cashier")
    page = client.get("/cash/desks/H1?who=nobody+such").text
    assert "Nobody is found" in page and 'value="nobody such"' in page
    page = client.get("/cash/desks/H1?who=Customer").text
    assert "?who=A0001" in page and "?who=A0002" in page
    page = client.get("/cash/desks/H1?who=A0001&amount=twelve").text
    assert "aria-invalid" in page and 'value="twelve"' in page


def test_cash_is_counted_handed_over_and_accepted_in_pages(desk: Operator, visitor: Callable[..., Page]):
    desk.tell(HandOverCash(desk="D1", to_desk="H1", amount=Decimal(40)), actor="ivan")
    desk.application.runner.catch_up()
    page = visitor("petra", "cashier")
    page.goto("/cash/desks/H1")
    expect(page.get_by_role("heading", name="Handed to you")).to_be_visible()
    page.get_by_role("link", name="Accept").click()
    expect(page.locator("button[type=submit].btn-primary")).to_be_visible()
    page.wait_for_load_state("load")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("The money is accepted")
    page.keyboard.press("Alt+c")
    page.get_by_label("Pieces, 3").wait_for()
    page.locator("input[name='count.2.count']").fill("1")
    page.locator("input[name='count.5.count']").fill("1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#f-reason-e")).to_contain_text("140.00 EUR should be in the till, and 110.00 EUR are counted")
    page.locator("#f-reason").fill("miscounted change")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#effect")).to_contain_text("-30.00")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("The session is closed")
    assert session_of(desk, "H1-1").is_closed
    page.goto("/cash/variances")
    expect(page.get_by_text("miscounted change")).to_be_visible()
    page.goto("/cash/desks/H1/sessions")
    assert serious_faults(page) == []


@pytest.mark.parametrize(
    "path",
    ["/cash", "/cash/desks/H1/receipts", "/cash/desks/H1/sessions", "/cash/in-transit", "/cash/takings",
     "/cash/variances", "/cash/dealers", "/cash/desks/H1/unprinted", "/set-up/cash-desks", "/set-up/cash-desks/new",
     "/set-up/cash-desks/H1/details", "/cash/desks/H1/deposit", "/cash/desks/H1/hand-over"],
)  # fmt: skip
def test_every_page_is_shown(desk: Operator, signed_in: Callable[..., TestClient], path: str):
    answer = signed_in("boss", "administrator").get(path)
    assert answer.status_code == 200, answer.text


@pytest.fixture
def shop(desk: Operator) -> Operator:
    """Desk E1 of dealer `east`, open with 100.00, which settles at H1; A0001 is the dealer's customer."""
    desk.tell(RegisterDealer(dealer=Dealer(code="east", name="East Sales")))
    desk.tell(AssignCustomer(customer="A0001", dealer="east"))
    register(desk, "E1", branch="East Sales", dealer="east", settles_at="H1")
    desk.tell(OpenCashSession(desk="E1", count=(Pieces(Decimal(100), 1),), reason="from the house"))
    desk.application.runner.catch_up()
    return desk


def test_a_dealers_cashier_takes_a_payment_by_keys_and_hands_it_over(shop: Operator, visitor: Callable[..., Page]):
    page = visitor("eva", "dealer", dealer="east")
    page.goto("/cash")
    expect(page).to_have_url(re.compile("/cash/desks/E1$"))
    expect(page.locator("#who")).to_be_focused()
    page.keyboard.type("A0001")
    page.keyboard.press("Enter")
    expect(page.locator("#amount")).to_have_value("24.00")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("E1-0001: 24.00 EUR taken")
    assert serious_faults(page) == []
    page.goto("/cash/desks/E1/hand-over")
    page.get_by_label("Amount").fill("24")
    assert [each for each in page.get_by_label("To desk").locator("option").all_text_contents() if each] == ["H1 Horní"]
    page.get_by_label("To desk").select_option("H1")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("on its way until it is accepted")
    assert session_of(shop, "E1-1").till == eur("100.00")


def test_a_dealers_cashier_sees_nothing_of_other_desks(shop: Operator, signed_in: Callable[..., TestClient]):
    eva = signed_in("eva", "dealer", dealer="east")
    for path in ("/cash/desks/H1", "/cash/desks/H1/receipts", "/cash/desks/none"):
        assert eva.get(path).status_code == 404, path
    assert "Nobody is found" in eva.get("/cash/desks/E1?who=A0002").text
    page = eva.get("/cash/dealers").text
    assert "east" in page and "100.00" in page
    assert "Settle" not in eva.get("/cash/in-transit").text and eva.get("/set-up/cash-desks/new").status_code == 403
    new = signed_in("boss", "administrator").get("/set-up/cash-desks/new").text
    assert '<option value="east">East Sales</option>' in new and '<option value="E1">' not in new, (
        "settles at the house"
    )


def test_papers_are_pdf_files(desk: Operator, signed_in: Callable[..., TestClient]):
    client = signed_in("boss", "administrator")
    desk.tell(HandOverCash(desk="D1", to_desk="H1", amount=Decimal(40)), actor="ivan")
    on = session_of(desk, "D1-1").on
    desk.application.runner.catch_up()
    for path in ("/cash/receipts/D1-0001/paper", "/cash/receipts/D1-0001/copy", f"/cash/desks/D1/sheets/{on}"):
        answer = client.get(path)
        assert answer.content.startswith(b"%PDF"), answer.text[:500]
    assert "D1-0001" in client.get(f"/cash/desks/D1/sheets/{on}/csv").text


def test_a_desk_is_registered_in_the_set_up(operator: Operator, signed_in: Callable[..., TestClient]):
    from tests.adapters.pages.conftest import FROM_HERE

    client = signed_in("boss", "administrator")
    page = client.get("/set-up/cash-desks/new").text
    token = page.split('name="_form" value="')[1].split('"')[0]
    key = page.split('name="_key" value="')[1].split('"')[0]
    words = {"_form": token, "_key": key, "do": "confirm", "code": "H1", "branch": "Horní", "seller": "north",
             "currency": "EUR", "series": "H1", "till_limit": "500", "staff": "petra = write"}  # fmt: skip
    answer = client.post("/set-up/cash-desks/new", data=words, headers=FROM_HERE)
    assert answer.status_code == 303, answer.text
    assert "Horní" in client.get("/set-up/cash-desks").text


def test_the_receipt_is_printed_by_itself_after_a_payment_and_once(desk: Operator, visitor: Callable[..., Page]):
    """The browser's own dialog can't be seen by a test: what opens it counts how often it was asked, and by what."""
    page = visitor("petra", "cashier")
    page.add_init_script(
        "window.print = () => { const { dataset } = window.top.document.documentElement;"
        " dataset.printed = (dataset.printed || '') + document.title; }"
    )
    printed = page.locator("html[data-printed]")
    page.goto("/cash/desks/H1")
    expect(printed).to_have_count(0)
    page.keyboard.type("A0001")
    page.keyboard.press("Enter")
    expect(page.locator("#amount")).to_have_value("24.00")
    expect(page.locator("#effect")).to_contain_text("1000000001")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("H1-0001: 24.00 EUR taken")
    expect(printed).to_have_attribute("data-printed", "Receipt H1-0001")
    receipt = page.frame_locator("iframe")
    expect(receipt.get_by_role("heading", name="Receipt H1-0001")).to_be_attached()
    expect(receipt.locator(".amount")).to_contain_text("24.00")
    expect(page.locator("#who")).to_be_focused()
    assert serious_faults(page) == []

    page.reload(wait_until="load")
    assert page.frame_locator("iframe").locator("h1").text_content() == "Receipt H1-0001"
    expect(printed).to_have_count(0)

    page.goto("/cash/receipts/H1-0001/print")
    expect(printed).to_have_attribute("data-printed", "Receipt H1-0001")


def test_a_desk_with_a_fiscal_printer_leaves_the_receipt_to_it(desk: Operator, signed_in: Callable[..., TestClient]):
    client = signed_in("petra", "cashier")
    desk.tell(TakePayment(desk="H1", account="A0001", amount=Decimal(24)), actor="petra")
    desk.application.runner.catch_up()
    assert 'src="/cash/receipts/H1-0001/print"' in client.get("/cash/desks/H1?taken=H1-0001").text
    printed = client.get("/cash/receipts/H1-0001/print")
    assert printed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in printed.headers["Content-Security-Policy"]
    assert "<script>" not in printed.text and "24.00" in printed.text

    with_printer = cash_desk("H1", till_limit=Decimal(500), printer="127.0.0.1:9100")
    desk.tell(ChangeCashDesk(desk=with_printer), actor="petra")
    desk.application.runner.catch_up()
    assert "/print" not in client.get("/cash/desks/H1?taken=H1-0001").text
