"""An administrator's and an auditor's work on the pages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from playwright.sync_api import Browser, Page, expect
from pyotp import TOTP

from adapters.bootstrap.job_runner import JobRunner
from billing_core.party_changes import CustomerChanges
from commands.parties import ChangeCustomer
from tests.adapters.pages.conftest import FROM_HERE, PASSWORD, SignedIn, Visitor, serious_faults
from tests.adapters.pages.test_frame import form_fields
from tests.operators import Operator, silent


def work(operator: Operator) -> None:
    runner = JobRunner(operator.application, silent)
    while runner.advance():
        pass


def test_a_key_is_shown_once_and_the_same_form_makes_the_same_key(signed_in: SignedIn):
    boss = signed_in("hana", "administrator")
    form = form_fields(boss.get("/set-up/operators/hana/keys/new").text) | {"key": "till", "purpose": "the till"}
    pages = [boss.post("/set-up/operators/hana/keys/new", data=form, headers=FROM_HERE) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    keys = [re.search(r'value="(key\.hana\.till\.[0-9a-f]{64})"', page.text) for page in pages]
    assert keys[0] and keys[1] and keys[0][1] == keys[1][1]
    asked = boss.get("/v1/me", headers={"Authorization": f"Bearer {keys[0][1]}"}, params={})
    assert asked.json()["operator"] == "hana"
    assert keys[0][1] not in boss.get("/set-up/operators/hana").text


def test_the_secret_of_a_webhook_is_shown_once(signed_in: SignedIn):
    boss = signed_in("hana", "administrator")
    form = form_fields(boss.get("/set-up/webhooks/new").text) | {"webhook": "crm", "url": "https://crm.example/in"}
    made = boss.post("/set-up/webhooks/new", data=form, headers=FROM_HERE)
    assert made.headers["location"] == "/set-up/webhooks/crm/secret"
    form = form_fields(boss.get("/set-up/webhooks/crm/secret").text)
    assert "whsec_" in boss.post("/set-up/webhooks/crm/secret", data=form, headers=FROM_HERE).text
    again = boss.post("/set-up/webhooks/crm/secret", data=form, headers=FROM_HERE)
    assert again.status_code == 422 and "whsec_" not in again.text


def test_a_role_is_defined_with_its_limits(signed_in: SignedIn):
    boss = signed_in("hana", "administrator")
    form = form_fields(boss.get("/set-up/roles/new").text) | {
        "role": "till", "permissions": "payments.change.receive-payment\nparties.read.*",
        "amount_limits": "EUR = 500\nCZK = 10000",
    }  # fmt: skip
    made = boss.post("/set-up/roles/new", data=form, headers=FROM_HERE)
    assert made.headers["location"] == "/set-up/roles/till", made.text
    page = boss.get("/set-up/roles/till").text
    assert "receive payment" in page and "500 EUR" in page
    assert "EUR = 500\nCZK = 10000" in boss.get("/set-up/roles/till/define").text


def test_a_correction_shows_what_it_would_do_before_it_is_done(signed_in: SignedIn, operator: Operator):
    operator.subscribers(1)
    operator.bill(date(2026, 1, 2), date(2026, 1, 1))
    operator.application.runner.catch_up()
    boss = signed_in("hana", "administrator")
    form = form_fields(boss.get("/accounts/A0001/correct").text) | {
        "subscription": "main", "activated_on": "2026-01-11", "reason": "Mistyped in January",
    }  # fmt: skip
    shown = boss.post("/accounts/A0001/correct", data=form | {"do": "preview"}, headers=FROM_HERE)
    assert shown.status_code == 200, shown.text
    # January at 20.00: ten of 31 days are credited, 6.45 and 20 % VAT on top of it.
    assert "\N{MINUS SIGN}7.74 EUR" in "".join(re.findall(r'<dl class="effect">.*?</dl>', shown.text, re.DOTALL))
    effect = form_fields(shown.text) | {key: form[key] for key in ("subscription", "activated_on", "reason")}
    done = boss.post("/accounts/A0001/correct", data=effect | {"do": "confirm"}, headers=FROM_HERE)
    assert done.status_code == 303, done.text
    assert "Mistyped in January" in boss.get("/corrections").text


def test_pages_of_the_books_as_of_a_date_lead_on_in_them_and_change_nothing(signed_in: SignedIn, operator: Operator):
    operator.subscribers(1)
    operator.application.runner.catch_up()
    operator.application.build_as_of("january", date(2026, 1, 31))
    boss = signed_in("hana", "administrator")
    page = boss.get("/customers?as_of=january").text
    assert 'href="/customers/A0001?as_of=january"' in page and 'data-now href="/customers"' in page
    assert '<input type="hidden" name="as_of" value="january">' in page and "/customers/new" not in page
    assert boss.get("/customers/new?as_of=january").status_code == 403
    for path in ("/log", "/set-up", "/set-up/operators", "/books", "/jobs", "/profile", "/customers/A0001"):
        assert boss.get(f"{path}?as_of=january").status_code in (200, 422), path
    assert boss.get("/customers?as_of=nothing").status_code == 404


def test_an_administrator_registers_an_operator_who_signs_in_with_a_second_factor(
    visitor: Visitor, browser: Browser, address: str
):
    page = visitor("hana", "administrator")
    page.goto("/set-up")
    page.get_by_role("link", name="Operators").click()
    expect(page.get_by_role("heading", name="Operators")).to_be_visible()
    page.wait_for_load_state()  # Its scripts are there, as they are for a person who has read it.
    page.keyboard.press("n")
    page.get_by_label("User name").fill("jarmila")
    page.get_by_label("Name", exact=True).fill("Jarmila Vrabcová")
    page.get_by_label("support").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("The operator is registered.")
    page.get_by_role("button", name="Make a one-time password").click()
    password = page.locator("#once").input_value()
    assert serious_faults(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Jarmila Vrabcová")).to_be_visible()
    assert serious_faults(page) == []

    context = browser.new_context(base_url=address, locale="en-GB")
    context.set_default_timeout(10_000)
    own = context.new_page()
    own.goto("/customers")
    give_password(own, password)
    own.get_by_label("New password").fill(PASSWORD)
    own.get_by_label("The same again").fill(PASSWORD)
    own.keyboard.press("Control+Enter")
    give_password(own, PASSWORD)
    own.wait_for_url(lambda url: "/sign-in" not in url)
    own.goto("/profile")
    own.get_by_role("button", name="Set up a second factor").click()
    secret = TOTP(own.locator("p.hint .code").inner_text())
    assert serious_faults(own) == []
    own.get_by_role("textbox", name="Code").fill(secret.at(datetime.now(UTC) - timedelta(seconds=30)))
    own.keyboard.press("Enter")
    expect(own.get_by_role("status")).to_contain_text("a code is asked for")
    own.get_by_role("button", name="Sign out").click()
    own.goto("/customers")
    give_password(own, PASSWORD)
    expect(own.get_by_role("heading", name="Second factor")).to_be_visible()
    assert serious_faults(own) == []
    own.get_by_role("textbox", name="Code").fill(secret.now())
    own.keyboard.press("Enter")
    expect(own.get_by_role("heading", name="Customers")).to_be_visible()
    assert own.url.endswith("/customers")
    context.close()


def give_password(page: Page, password: str) -> None:
    page.get_by_label("User name").fill("jarmila")
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def test_an_auditor_finds_who_changed_an_e_mail_and_sees_the_books_as_of_a_date(visitor: Visitor, operator: Operator):
    operator.subscribers(1)
    operator.bill(date(2026, 2, 1))
    operator.bill(date(2026, 3, 1))
    operator.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(email="eva@new.example")), actor="petra")
    operator.application.runner.catch_up()
    page = visitor("ivan", "auditor")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.get_by_label("What").select_option("customers")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("cell", name="petra")).to_be_visible()
    assert serious_faults(page) == []
    page.locator("tbody a[hx-get]").first.click()
    expect(page.locator("ins", has_text="eva@new.example")).to_be_visible()
    page.get_by_role("link", name="customer/A0001").click()
    assert "stream=" in page.url or "/customers/A0001" in page.url

    boss = visitor("hana", "administrator")
    boss.goto("/books/build")
    boss.get_by_label("At the end of the day").fill("2026-01-31")
    boss.get_by_label("As known").select_option("today")
    boss.keyboard.press("Control+Enter")
    expect(boss.get_by_role("heading", name="Waits for a worker")).to_be_visible()
    work(operator)
    expect(boss.get_by_role("heading", name="What came of it")).to_be_visible()

    page.goto("/books")
    assert serious_faults(page) == []
    page.get_by_role("link", name="See the books").click()
    expect(page.get_by_text("You see the books of 2026-01-31, as known today.")).to_be_visible()
    page.goto("/books")
    page.get_by_role("link", name="Compare with today").click()
    expect(page.get_by_role("cell", name="A0001")).to_be_visible()
    assert serious_faults(page) == []


def test_who_may_not_build_books_is_told_who_does(signed_in: SignedIn) -> None:
    assert "Ask an administrator to build those of a date" in signed_in("ivan", "auditor").get("/books").text
    assert "Ask an administrator" not in signed_in("hana", "administrator").get("/books").text
