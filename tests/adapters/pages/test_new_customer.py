"""The wizard for a new customer: step by step, back and forth, and all of it done as one piece of work."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

from fastapi.testclient import TestClient
from playwright.sync_api import expect

from billing_core.catalogue.parameters import Parameter
from billing_core.staff.roles import Role
from commands.accounts import load_account
from commands.staff.operators import DefineRole
from tests.adapters.pages.conftest import SignedIn, Visitor, serious_faults
from tests.adapters.pages.filling import filled, send
from tests.adapters.pages.keys import typed_on
from tests.adapters.pages.test_customer_card import plain
from tests.commands.contracts.examples import FIRST, make_contracts
from tests.operators import Operator

PATH = "/customers/new"


def next_step(client: TestClient, page: str, do: str = "next", **typed: str) -> str:
    """The page after a step that is taken."""
    answer = send(client, PATH, page, do, **typed)
    assert answer.status_code == 200, plain(answer.text)
    return str(answer.text)


def registered_alone(client: TestClient, **typed: str) -> Any:
    """The answer to registering a customer without an account."""
    page = next_step(client, client.get(PATH).text, **typed)
    page = next_step(client, page, "without")
    return send(client, PATH, page, "confirm")


def coming_months(count: int) -> list[str]:
    """The first days of the months after this one."""
    today = datetime.now(UTC).date()
    months = (today.year * 12 + today.month + number for number in range(count))
    return [f"{month // 12}-{month % 12 + 1:02}-01" for month in months]


def events(operator: Operator) -> list[str]:
    rows = operator.select(
        "SELECT originator_id FROM billing.events WHERE originator_id ~ '^(customer|account|contract)/' "
        "ORDER BY position"
    )
    return [stream for (stream,) in rows]


def test_a_customer_with_account_service_and_contract_is_done_at_once_after_it_was_shown(
    operator: Operator, signed_in: SignedIn
) -> None:
    make_contracts(operator)
    operator.application.runner.catch_up()
    eva = signed_in("eva", "clerk")
    page = next_step(eva, eva.get(PATH).text, number="7", name="Eva Nová", language="en")
    assert {"account.number": ["7"], "account.currency": ["EUR"], "account.seller": ["north"]}.items() <= filled(
        page
    ).items()
    page = next_step(eva, page, account__number="7-1")
    assert filled(page)["services.0.subscription"] == ["1"]
    page = next_step(eva, page, services__0__tariff="net")
    assert filled(page)["contract.language"] == ["en"] and "contract.issued" in filled(page)
    page = next_step(eva, page)
    text = plain(page)
    for shown in ("Eva Nová", "7-1", "net", "Internet at home", "The first bill, of", "To pay for it, with VAT"):
        assert shown in text, shown
    assert events(operator) == [], "nothing is written before"
    done = send(eva, PATH, page, "confirm")
    assert (done.status_code, done.headers["location"]) == (303, f"/contracts/{FIRST}")
    assert events(operator) == ["customer/7", "account/7-1", "account/7-1", *[f"contract/{FIRST}"] * 2]
    again = send(eva, PATH, page, "confirm")
    assert (again.status_code, len(events(operator))) == (303, 5), "a form that is sent twice is done once"
    assert eva.get(f"/contracts/{FIRST}/paper").content.startswith(b"%PDF")


def test_going_back_keeps_what_was_typed_even_if_it_is_wrong(operator: Operator, signed_in: SignedIn) -> None:
    operator.application.runner.catch_up()
    eva = signed_in("eva", "clerk")
    page = next_step(eva, eva.get(PATH).text, number="7", name='Eva "Nová" <7>')
    page = next_step(eva, page, "to:customer", account__number="77", account__due_days="soon")
    assert filled(page)["name"] == ['Eva "Nová" <7>']
    page = next_step(eva, page, phone="+420 555 010 142")
    assert filled(page)["account.number"] == ["77"] and filled(page)["account.due_days"] == ["soon"]
    refused = send(eva, PATH, page, "next")
    assert refused.status_code == 422 and "is not a whole number" in refused.text
    assert filled(refused.text)["account.due_days"] == ["soon"] and filled(refused.text)["phone"] == [
        "+420 555 010 142"
    ]


def test_what_is_wrong_in_an_earlier_step_leads_there(operator: Operator, signed_in: SignedIn) -> None:
    operator.application.runner.catch_up()
    eva = signed_in("eva", "clerk")
    page = next_step(eva, eva.get(PATH).text, number="7", name="Eva")
    answer = send(eva, PATH, page, "next", address__country="Czechia")
    assert answer.status_code == 422
    assert filled(answer.text)["_step"] == ["customer"] and 'id="f-address.country-e"' in answer.text


def test_a_step_is_left_out_with_what_needs_it_and_taken_in_again(operator: Operator, signed_in: SignedIn) -> None:
    make_contracts(operator)
    operator.application.runner.catch_up()
    eva = signed_in("eva", "clerk")
    page = next_step(eva, eva.get(PATH).text, number="7", name="Eva")
    page = next_step(eva, page, "without")
    assert "without an account" in plain(page) and filled(page)["_without"] == ["account,contract,service"]
    page = next_step(eva, page, "to:account")
    page = next_step(eva, page)
    page = next_step(eva, page, "without")
    page = next_step(eva, page, "without")
    assert filled(page)["_without"] == ["contract,service"] and "Nothing is to be billed yet" in plain(page)
    done = send(eva, PATH, page, "confirm")
    assert (done.status_code, done.headers["location"]) == (303, "/customers/7")
    assert events(operator) == ["customer/7", "account/7"]


def test_the_tariff_asks_for_its_parameters(operator: Operator, signed_in: SignedIn) -> None:
    operator.publish("dsl", "30.00", parameters=(Parameter(code="user", name="Name of the user"),))
    operator.application.runner.catch_up()
    eva = signed_in("eva", "clerk")
    page = next_step(eva, eva.get(PATH).text, number="7", name="Eva")
    page = next_step(eva, page)
    assert "Name of the user" not in page
    refused = send(eva, PATH, page, "next", services__0__tariff="dsl")
    assert refused.status_code == 422 and "Name of the user" in refused.text
    page = next_step(eva, refused.text, **{"services.0.parameters.user": "eva7"})
    assert "eva7" in plain(page) and send(eva, PATH, page, "confirm").status_code == 303


def test_a_bill_that_has_changed_meanwhile_is_shown_again_before_anything_is_done(
    operator: Operator, signed_in: SignedIn
) -> None:
    operator.application.runner.catch_up()
    eva = signed_in("eva", "clerk")
    page = next_step(eva, eva.get(PATH).text, number="7", name="Eva")
    page = next_step(eva, next_step(eva, page), services__0__tariff="net")
    other = send(eva, PATH, page, "confirm", services__0__quantity="2")
    assert other.status_code == 200 and "This has changed meanwhile" in plain(other.text) and events(operator) == []
    assert send(eva, PATH, other.text, "confirm").status_code == 303


def test_a_first_day_far_ahead_is_asked_about(operator: Operator, signed_in: SignedIn) -> None:
    operator.application.runner.catch_up()
    eva = signed_in("eva", "clerk")
    page = next_step(eva, eva.get(PATH).text, number="7", name="Eva")
    page = next_step(eva, page)
    far = f"{datetime.now(UTC).year + 3}-01-01"
    asked = send(eva, PATH, page, "next", services__0__tariff="net", services__0__on=far)
    assert asked.status_code == 422 and "It is meant so." in asked.text
    page = next_step(eva, asked.text, confirmed="on")
    assert far in plain(page) and send(eva, PATH, page, "confirm").status_code == 303


def at_the_services(operator: Operator, client: TestClient) -> str:
    """The step of the services of a new customer, with the tariffs `net`, `tv` for 12.00 and `phone` for 6.00."""
    operator.publish("tv", "12.00")
    operator.publish("phone", "6.00")
    operator.application.runner.catch_up()
    page = next_step(client, client.get(PATH).text, number="7", name="Eva")
    return next_step(client, page)


def test_a_household_begins_with_internet_television_and_telephone_without_a_script(
    operator: Operator, signed_in: SignedIn
) -> None:
    """Each with its own day, quantity and price: 20.00, twice 12.00 for an agreed 10.00, and 6.00, with 20 % VAT.

    Internet begins on the first of next month and television a month later, so the bill of that day has both:
    (20.00 + 2 x 10.00) x 1.2 = 48.00; with the telephone it is 55.20 a month later.
    """
    eva = signed_in("eva", "clerk")
    first_on, second_on, third_on = coming_months(3)
    page = at_the_services(operator, eva)
    page = next_step(eva, page, "another", services__0__tariff="net", services__0__on=first_on)
    assert filled(page)["services.0.tariff"] == ["net"], "what was typed stays"
    assert filled(page)["services.1.subscription"] == ["2"] and filled(page)["services.1.on"] == [first_on]
    page = next_step(
        eva, page, "another", services__1__tariff="tv", services__1__on=second_on, services__1__quantity="2",
        services__1__prices="fee = 10.00", services__1__subscription="tv",
    )  # fmt: skip
    page = next_step(eva, page, services__2__tariff="phone", services__2__on=third_on)
    text = plain(page)
    for shown in (
        "Service 1", "Service 3", "fee = 10.00",
        f"The first bill, of {first_on}: 24.00", f"Tv: Monthly fee, {second_on}",
        f"The bill of {second_on}, with VAT 48.00", f"Phone: Monthly fee, {third_on}",
        f"The bill of {third_on}, with VAT 55.20",
    ):  # fmt: skip
        assert shown in text, (shown, text)
    assert events(operator) == []
    assert send(eva, PATH, page, "confirm").status_code == 303
    assert events(operator) == ["customer/7", "account/7", "account/7", "account/7", "account/7"]
    with operator.application.store.transaction() as transaction:
        account, _ = load_account(transaction, "7")
    begun = {code: each.timeline[0] for code, each in account.subscriptions.items()}
    assert {code: (fact.tariff, int(fact.quantity), fact.on.isoformat()) for code, fact in begun.items()} == {
        "1": ("net", 1, first_on), "tv": ("tv", 2, second_on), "2": ("phone", 1, third_on),
    }  # fmt: skip
    assert begun["tv"].agreed_prices == {"fee": Decimal("10.00")}


def test_one_service_that_is_refused_is_named_and_nothing_of_the_others_is_done(
    operator: Operator, signed_in: SignedIn
) -> None:
    eva = signed_in("eva", "clerk")
    page = at_the_services(operator, eva)
    page = next_step(eva, page, "another", services__0__tariff="net")
    refused = send(eva, PATH, page, "next", services__1__tariff="tv", services__1__quantity="many")
    assert refused.status_code == 422 and 'href="#f-services.1.quantity">Service 2: Quantity' in refused.text
    refused = send(eva, PATH, refused.text, "next", services__1__quantity="1", services__1__tariff="gone")
    assert 'id="f-services.1.tariff-e"' in refused.text and 'id="f-services.0.tariff-e"' not in refused.text
    assert events(operator) == []


def test_a_service_is_taken_out_again_and_those_after_it_stay_as_they_were_typed(
    operator: Operator, signed_in: SignedIn
) -> None:
    eva = signed_in("eva", "clerk")
    page = at_the_services(operator, eva)
    assert "drop:" not in page, "there is one at least"
    page = next_step(eva, page, "another", services__0__tariff="net")
    page = next_step(eva, page, "another", services__1__tariff="tv")
    page = next_step(eva, page, "drop:services.1", services__2__tariff="phone", services__2__address="shop")
    values = filled(page)
    assert [values[f"services.{at}.tariff"] for at in (0, 1)] == [["net"], ["phone"]]
    assert values["services.1.address"] == ["shop"] and "services.2.tariff" not in values
    page = next_step(eva, page, "drop:services.0")
    assert filled(page)["services.0.tariff"] == ["phone"] and "Service 1" not in plain(page)


def test_a_form_is_not_made_to_hold_any_number_of_services(operator: Operator, signed_in: SignedIn) -> None:
    eva = signed_in("eva", "clerk")
    page = at_the_services(operator, eva)
    page = next_step(eva, page, "another", services__99__tariff="net", services__999999__tariff="net")
    assert "services.19.tariff" in page and "services.20.tariff" not in page and "Another service" not in page


def test_a_further_service_is_typed_by_keys_alone(operator: Operator, visitor: Visitor) -> None:
    operator.publish("phone", "6.00")
    operator.application.runner.catch_up()
    page = visitor("eva", "clerk", width=320)
    page.goto(PATH)
    typed_on(page, "Name", "Eva")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=2, name="Account")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=2, name="Services")).to_be_visible()
    typed_on(page, "Tariff", "net")
    page.keyboard.press("Alt+a")
    second = page.get_by_role("group", name="Service 2")
    expect(second).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("phone")
    page.keyboard.press("Tab")
    expect(second.get_by_label("Tariff")).to_have_value("phone")
    expect(page.get_by_label("Tariff").first).to_have_value("net")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert serious_faults(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.locator("#effect")).to_contain_text("The first bill, of")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_have_text("The customer is registered.")
    assert events(operator) == ["customer/1", "account/1", "account/1", "account/1"]


def test_who_may_register_customers_alone_has_no_further_steps(operator: Operator, signed_in: SignedIn) -> None:
    operator.tell(DefineRole(role="desk", permits=Role(permissions=("parties.*.*",))))
    operator.application.runner.catch_up()
    eva, reader = signed_in("eva", "desk"), signed_in("ida", "auditor")
    page = next_step(eva, eva.get(PATH).text, number="7", name="Eva")
    assert "Account" not in plain(page).partition("What will happen")[0].partition("Steps")[2]
    assert send(eva, PATH, page, "confirm").headers["location"] == "/customers/7"
    assert reader.get(PATH).status_code == 403 and send(reader, PATH, page, "confirm").status_code == 403


def test_a_clerk_takes_a_customer_on_by_keys_alone_on_a_small_screen(operator: Operator, visitor: Visitor) -> None:
    make_contracts(operator)
    operator.application.runner.catch_up()
    page = visitor("eva", "clerk", width=320)
    page.goto("/customers")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("New customer")
    typed_on(page, "Customer number", "104217")
    typed_on(page, "Kind", "Comp")
    typed_on(page, "Name", "Vrabčí hnízdo")
    typed_on(page, "Country", "CZ")
    typed_on(page, "Legal ids", "IČO = 27082441")
    expect(page.locator("#warnings")).to_contain_text("has not the form or the check digit")
    typed_on(page, "Legal ids", "IČO = 27082440")
    expect(page.locator("#warnings")).to_have_text("")
    for step, value in (("Account", "104217"), ("Service", "1"), ("Contract", "")):
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("heading", level=2, name=step)).to_be_visible()
        expect(page.locator("#act input:not([type=hidden]), #act select").first).to_be_focused()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), step
        assert serious_faults(page) == [], step
        if step == "Account":
            expect(page.get_by_label("Account number")).to_have_value(value)
        if step == "Service":
            typed_on(page, "Tariff", "net")
            expect(page.get_by_label("Tariff")).to_have_value("net")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=2, name="What will happen")).to_be_visible()
    expect(page.locator("#effect")).to_contain_text("The first bill, of")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert serious_faults(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_have_text("The customer is registered.")
    assert page.url.endswith(f"/contracts/{FIRST}")


def test_a_dry_run_over_the_api_answers_the_first_bills(operator: Operator, signed_in: SignedIn) -> None:
    """That of today is for the rest of its month; the fee is 20.00 a month with 20 % VAT, so a month costs 24.00."""
    eva = signed_in("eva", "clerk")
    token = eva.cookies["billing-session"]
    new = {
        "number": "7", "name": "Eva", "account": {"number": "7", "seller": "north", "currency": "EUR"},
        "services": [{"subscription": "main", "tariff": "net"}],
    }  # fmt: skip
    answer = eva.post(
        "/v1/subscribers", params={"dry_run": "true"}, json=new, headers={"Authorization": f"Bearer {token}"}
    )
    bills = answer.json()["effect"]["bills"]
    assert [bill["before"] for bill in bills] == [None, None]
    assert Decimal(bills[1]["after"]["amount"]) == 24
    assert events(operator) == []


def test_the_wizard_speaks_czech(operator: Operator, signed_in: SignedIn) -> None:
    operator.application.runner.catch_up()
    eva = signed_in("eva", "clerk")
    text = unescape(plain(eva.get(PATH, headers={"Accept-Language": "cs"}).text))
    assert "Co se stane" in text and "Nový zákazník" in text
