"""The frame of all pages: who may come in, what a browser may do with a page, forms of this site alone."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import NamedTuple

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import expect

from adapters.pages.page import menu
from billing_core.parties.customers import Customer
from commands.parties import RegisterCustomer
from tests.adapters.pages.conftest import FROM_HERE, SignedIn, Visitor, serious_faults
from tests.operators import Operator


def form_fields(page: str) -> dict[str, str]:
    """The hidden fields of the first form of a page that has a token."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


class Noting(NamedTuple):
    """A clerk before a form in which a note is typed, and all fields that it sends."""

    clerk: TestClient
    path: str
    note: dict[str, str]


@pytest.fixture
def noting(signed_in: SignedIn, operator: Operator) -> Noting:
    eva, path = signed_in("eva", "clerk"), "/customers/A0001/notes/new"
    operator.subscriber()
    operator.application.runner.catch_up()
    return Noting(eva, path, form_fields(eva.get(path).text) | {"text": "Rings in the evening"})


def test_who_has_not_signed_in_is_led_to_the_sign_in_and_back(client: TestClient) -> None:
    answer = client.get("/customers?search=eva")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fcustomers%3Fsearch%3Deva")
    assert 'value="/customers?search=eva"' in client.get(answer.headers["location"]).text


def test_nobody_is_led_to_another_site(client: TestClient) -> None:
    for wanted in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"):
        assert 'name="next" value="/"' in client.get("/sign-in", params={"next": wanted}).text


def test_a_page_runs_nothing_that_stands_in_it_and_is_framed_nowhere(signed_in: SignedIn) -> None:
    answer = signed_in("eva", "clerk").get("/customers")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert answer.headers["cache-control"] == "private, no-store"
    assert not re.search(r"<[^>]+ (style|on\w+)=", answer.text) and "<script>" not in answer.text


def test_the_session_is_out_of_reach_of_scripts_and_other_sites(client: TestClient, signed_in: SignedIn) -> None:
    signed_in("eva", "clerk")
    answer = client.post("/sign-in", data={"operator": "eva", "password": "correct horse battery"}, headers=FROM_HERE)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie


def test_a_form_of_another_site_is_not_taken(client: TestClient, signed_in: SignedIn) -> None:
    eva = signed_in("eva", "clerk")
    fields = form_fields(eva.get("/customers/new").text)
    new = {"number": "7", "name": "Eva", "kind": "person"}
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert eva.post("/customers/new", data={**fields, **new}, headers=foreign).status_code == 403
    assert eva.post("/customers/new", data={**fields, **new, "_form": "0" * 32}, headers=FROM_HERE).status_code == 403
    assert eva.post("/customers/new", data={**fields, **new}).status_code == 403
    assert client.post("/sign-in", data={"operator": "eva", "password": "x"}, headers=foreign).status_code == 403
    done = eva.post("/customers/new", data={**fields, **new}, headers=FROM_HERE)
    assert (done.status_code, form_fields(done.text)["_step"]) == (200, "account")


def test_the_number_of_a_new_customer_is_suggested(signed_in: SignedIn, operator: Operator) -> None:
    eva = signed_in("eva", "clerk")
    assert 'value="1"' in eva.get("/customers/new").text, "the first one of all"
    for number in ("99", "104217", "K-5", "0900000"):
        operator.tell(RegisterCustomer(customer=Customer(number=number, kind="person", name="Ona")))
    operator.application.runner.catch_up()
    assert 'value="104218"' in eva.get("/customers/new").text


def test_a_form_that_is_sent_twice_is_done_once(noting: Noting, operator: Operator) -> None:
    answers = [noting.clerk.post(noting.path, data=noting.note, headers=FROM_HERE) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(operator.select("SELECT FROM billing.events WHERE topic LIKE 'note-added/%'")) == 1


def test_a_form_that_is_sent_again_with_other_values_says_so_and_is_done_if_it_is_sent_once_more(
    noting: Noting, operator: Operator
) -> None:
    eva, path, note = noting
    assert eva.post(path, data=note, headers=FROM_HERE).status_code == 303

    back = eva.post(path, data=note | {"text": "Never at home"}, headers=FROM_HERE)
    assert back.status_code == 422 and "This form was sent before with other values" in back.text

    again = form_fields(back.text)
    assert again["_key"] != note["_key"]
    assert eva.post(path, data=note | again | {"text": "Never at home"}, headers=FROM_HERE).status_code == 303
    assert len(operator.select("SELECT FROM billing.events WHERE topic LIKE 'note-added/%'")) == 2


def test_a_form_whose_session_has_ended_leads_back_to_itself_and_says_that_it_was_not_done(
    noting: Noting, operator: Operator
) -> None:
    eva, path, note = noting
    operator.execute("DELETE FROM billing.sessions")
    from_form, session = FROM_HERE | {"Referer": f"http://testserver{path}"}, eva.cookies["billing-session"]

    parts: tuple[dict[str, str], ...] = ({}, {"HX-Request": "true", "HX-Current-URL": f"http://testserver{path}"})
    for part in parts:
        eva.cookies.set("billing-session", session)
        ended = eva.post(path, data=note, headers=from_form | part)
        address = ended.headers["hx-redirect" if part else "location"]
        assert address == "/sign-in?next=%2Fcustomers%2FA0001%2Fnotes%2Fnew&ended=yes"
        shown = eva.get(address).text
        assert "What you sent was not done" in shown and f'value="{path}"' in shown
    assert operator.select("SELECT FROM billing.events WHERE topic LIKE 'note-added/%'") == []


def test_a_refusal_leads_back_to_the_page_that_led_to_it_and_to_none_of_another_site(signed_in: SignedIn) -> None:
    eva = signed_in("eva", "clerk")
    refused = eva.get("/customers/7", headers={"Referer": "http://testserver/customers?search=7"})
    assert refused.status_code == 404 and '<a href="/customers?search=7">Back</a>' in refused.text
    for foreign in ("http://elsewhere.example/x", "http://testserver//elsewhere.example/x"):
        assert ">Back</a>" not in eva.get("/customers/7", headers={"Referer": foreign}).text


def test_a_form_in_a_panel_shows_its_page_anew_even_if_it_leads_to_a_place_of_the_same_page(
    signed_in: SignedIn, operator: Operator
) -> None:
    operator.subscriber()
    operator.application.runner.catch_up()
    eva, path = signed_in("eva", "clerk"), "/customers/A0001/notes/new"
    for here, header in (("/customers/A0001", "HX-Refresh"), ("/customers/A0001?account=A0001", "HX-Redirect")):
        note = form_fields(eva.get(path).text) | {"text": "Rings in the evening"}
        part = FROM_HERE | {"HX-Request": "true", "HX-Current-URL": f"http://testserver{here}"}
        assert header in eva.post(path, data=note, headers=part).headers, here


def test_a_clerk_registers_a_customer_by_keys_alone(visitor: Visitor) -> None:
    page = visitor("eva", "clerk")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    page.keyboard.press("n")
    page.get_by_label("Customer number").fill("104217")
    page.get_by_label("Kind").select_option("person")
    page.get_by_label("Name", exact=True).fill("Jarmila Vrabcová")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Without an account").press("Enter")
    expect(page.locator("#effect")).to_contain_text("without an account")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_have_text("The customer is registered.")
    assert serious_faults(page) == []


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(visitor: Visitor) -> None:
    page = visitor("eva", "clerk")
    page.goto("/customers/new")
    page.get_by_label("Customer number").fill("104217")
    page.get_by_label("Kind").select_option("person")
    page.get_by_label("Name", exact=True).fill("Jarmila Vrabcová")
    page.get_by_label("Country").fill("Czechia")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Country")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Jarmila Vrabcová")
    assert serious_faults(page) == []


def test_fields_of_a_row_stand_on_one_line(visitor: Visitor) -> None:
    """However many lines a label takes, and whatever hint follows a field."""
    page = visitor("eva", "administrator")
    page.goto("/work/crews/define")
    tops = page.evaluate(
        """() => Object.values(Object.groupBy(document.querySelectorAll(".fields > div"), each => each.offsetTop))
            .map(row => row.map(each => each.querySelector("input, select, textarea").getBoundingClientRect().top))"""
    )
    assert max(map(len, tops)) == 4
    assert [row for row in tops if len(set(row)) > 1] == []


def test_every_entry_of_the_menu_has_an_icon_of_the_stylesheet() -> None:
    styles = files("adapters.pages").joinpath("own/tokens.css").read_text()
    assert {entry.icon for entry in menu() if f".i-{entry.icon} " not in styles} == set()


def test_a_page_leaves_out_what_only_the_command_line_can_do(signed_in: SignedIn, operator: Operator) -> None:
    eva = signed_in("eva", "clerk")
    operator.subscriber()
    operator.application.runner.catch_up()
    unknown = eva.get("/customers/7")
    assert "no such customer" in unknown.text and "lists them" not in unknown.text

    path = "/accounts/A0001/subscriptions/new"
    far = form_fields(eva.get(path).text) | {"tariff": "net", "subscription": "tv", "on": "1.1.2098", "do": "preview"}
    asked = eva.post(path, data=far, headers=FROM_HERE)
    assert "days ahead of today" in asked.text and "It is meant so." in asked.text and "--yes" not in asked.text
