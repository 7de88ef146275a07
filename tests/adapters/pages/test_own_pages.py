"""The customers' own pages: who comes in, what is shown of whom, and what a customer may do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from adapters.bootstrap.operations import operations
from adapters.bootstrap.signed_in import own_sign_in_of
from adapters.door.door import BEARER, Caller
from adapters.door.own_door import OwnDoor
from billing_core.promises import PromiseTerms
from billing_core.staff.roles import NotPermitted
from billing_core.vouchers.codes import RANDOM_BYTES, code_of, hash_of, read_code
from commands.parties import ChangeCustomer
from commands.promises import OpenPromise, SetPromiseTerms
from commands.services.status import HoldSubscription
from commands.services.terms import ChangeTariff
from commands.vouchers import IssueVouchers, OpenVoucherSeries
from tests.adapters.pages.conftest import FROM_HERE
from tests.adapters.pages.own import ANNA, EVE, customer_client, invoice_of, open_house, today
from tests.adapters.pages.test_frame import form_fields
from tests.operators import Operator, eur


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


def sent(client: TestClient, path: str, **typed: str) -> Any:
    """A form, filled in and sent as the page has it."""
    fields = form_fields(client.get(path).text)
    return client.post(path, data={**fields, "do": "confirm", **typed}, headers=FROM_HERE)


def previewed(client: TestClient, path: str, **typed: str) -> Any:
    """A form whose effect is looked at and then confirmed."""
    shown = client.post(path, data={**form_fields(client.get(path).text), "do": "preview", **typed}, headers=FROM_HERE)
    return client.post(path, data={**form_fields(shown.text), "do": "confirm", **typed}, headers=FROM_HERE)


def test_what_a_customer_may_do_is_done_in_the_customers_name(house: Operator, anna: TestClient) -> None:
    ahead = [(today() + timedelta(days)).isoformat() for days in (1, 20, 5)]
    assert previewed(anna, f"/my/services/{ANNA}/main/pause", on=ahead[0], until=ahead[1]).status_code == 303
    assert previewed(anna, f"/my/accounts/{ANNA}/promise", until=ahead[2]).status_code == 303
    assert sent(anna, "/my/you/contact", phone="+420 555 010 142", email="anna@y.test").status_code == 303
    assert sent(anna, "/my/report", subject="No signal", text="Since noon.").status_code == 303
    assert sent(anna, "/my/you/forget", text="Delete it.").status_code == 303
    assert sent(anna, "/my/you/consents/offers/give").status_code == 303
    assert sent(anna, "/my/you/consents/offers/withdraw").status_code == 303
    done = house.select(
        """SELECT topic, metadata::jsonb ->> 'channel' FROM billing.events
                           WHERE metadata::jsonb ->> 'actor' = %s ORDER BY position""",
        f"customer/{ANNA}",
    )
    assert [topic for topic, _ in done] == [
        "subscription-held/1", "subscription-resumed/1", "promise-opened/1", "customer-changed/1",
        "ticket-opened/1", "comment-added/1", "ticket-opened/1", "comment-added/1",
        "customer-consent-given/1", "customer-consent-withdrawn/1",
    ]  # fmt: skip
    assert {channel for _, channel in done} == {"self care"}
    page = anna.get("/my/you").text
    assert "No signal" in page and "anna@y.test" in page


def test_a_promise_in_parts_is_shown_with_its_days_and_one_that_is_not_possible_with_the_reason(
    house: Operator, site: FastAPI, anna: TestClient
) -> None:
    terms = PromiseTerms(most_days=10, most_instalments=3)
    house.tell(SetPromiseTerms(seller="north", terms=terms))
    path = f"/my/accounts/{ANNA}/instalments"
    assert f'href="{path}"' in anna.get("/my").text
    shown = anna.post(path, data={**form_fields(anna.get(path).text), "do": "preview", "dates": "3"}, headers=FROM_HERE)
    said = shown.text.replace("\xa0", " ")
    assert "in 3 parts" in said and said.count("10.00 EUR") >= 3
    assert previewed(anna, path, dates="3").status_code == 303
    page = anna.get("/my").text.replace("\xa0", " ")
    assert "The next part of it is 10.00 EUR" in page
    house.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=10, least_paid_percent=Decimal(50))))
    eve = customer_client(house, site, EVE)
    assert "Pay 15.00 EUR today first" in eve.get("/my").text.replace("\xa0", " ")


def test_a_voucher_is_redeemed_and_a_code_that_none_has_is_another_try(
    house: Operator, site: FastAPI, anna: TestClient
) -> None:
    path, code = f"/my/accounts/{ANNA}/voucher", code_of(bytes(RANDOM_BYTES))
    assert path not in anna.get("/my").text, "there are no vouchers"
    house.tell(OpenVoucherSeries(series="SPRING", seller="north", amount=eur("30.00")))
    house.application.runner.catch_up()
    assert path in anna.get("/my").text
    wrong = sent(anna, path, code=code)
    assert wrong.status_code == 422 and "You may mistype it 4 more times" in wrong.text
    house.tell(IssueVouchers(series="SPRING", count=1, hashes=(hash_of(read_code(code)),)))
    page = form_fields(wrong.text) | {"code": code}
    assert anna.post(path, data=page, headers=FROM_HERE).headers["location"] == "/my"
    assert "30.00 are paid by the voucher" in anna.get("/my").text.replace("EUR", "").replace("\xa0", "")
    others = sent(customer_client(house, site, EVE), path, code=code)
    assert others.status_code == 422 and "was redeemed" not in others.text


def test_a_service_says_from_when_it_is_stopped_if_nothing_is_paid(house: Operator, anna: TestClient) -> None:
    shown = anna.get("/my/services").text
    assert "Without a payment it stops on" in shown
    house.tell(OpenPromise(account=ANNA, until=today() + timedelta(5)))
    house.application.runner.catch_up()
    assert "Without a payment it stops on" not in anna.get("/my/services").text


def test_a_service_pauses_every_year_and_the_page_says_what_is_left_of_its_days(
    house: Operator, anna: TestClient
) -> None:
    path = f"/my/services/{ANNA}/main/season"
    refused = sent(anna, path, from_day="10-01", to_day="11-15")
    assert "is not repeated every year" in refused.text
    assert "Not with anything overdue." in anna.get("/my").text


def test_a_tariff_may_change_with_the_next_period_without_any_difference_until_then(
    house: Operator, anna: TestClient
) -> None:
    path = f"/my/services/{ANNA}/main/tariff/internet-500/next"
    page = anna.get(path).text
    assert "50.00" in page and "Instead of 30.00" in page and "More until" not in page
    answer = anna.post(path, data={**form_fields(page), "do": "confirm"}, headers=FROM_HERE)
    assert answer.status_code == 303
    assert "Your tariff will change." in anna.get("/my/services").text


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        (f"/my/services/{ANNA}/main/pause", {"on": "2026-01-01", "until": "2026-02-01"}, "lies in the past"),
        (f"/my/services/{ANNA}/main/pause", {"on": "+1", "until": "+3"}, "10"),
        (f"/my/accounts/{ANNA}/promise", {"until": "+90"}, "is more than 10 days ahead"),
    ],
)  # fmt: skip
def test_what_goes_beyond_the_bounds_is_refused_and_kept_as_typed(
    anna: TestClient, path: str, typed: dict[str, str], said: str
) -> None:
    answer = previewed(anna, path, **typed) if path.endswith("promise") else sent(anna, path, **typed)
    assert answer.status_code == 422 and said in answer.text
    assert all(f'value="{value}"' in answer.text for value in typed.values())


def test_a_tariff_that_is_not_offered_is_refused(anna: TestClient) -> None:
    assert anna.get(f"/my/services/{ANNA}/main/tariff/net/now").status_code == 422


def test_more_than_the_own_fields_cannot_be_sent(house: Operator) -> None:
    """What no form has is refused by the door, too."""
    door = OwnDoor(house.application)
    token = own_sign_in_of(house.application).open(ANNA, "10.0.0.7", datetime.now(UTC))
    caller = Caller(f"{BEARER} {token}", "10.0.0.7")
    subscription = {"account": ANNA, "subscription": "main"}
    for command, words in (
        (ChangeTariff, {**subscription, "tariff": "internet-500", "prices": {"fee": "0.01"}}),
        (ChangeTariff, {**subscription, "tariff": "internet-500", "on": "2026-01-01"}),
        (HoldSubscription, {**subscription, "until": "2099-01-01", "charge_percent": "0"}),
        (ChangeCustomer, {"number": ANNA, "name": "Somebody Else"}),
        (ChangeCustomer, {"number": ANNA, "kind": "company"}),
    ):
        with pytest.raises(NotPermitted, match="is not for customers to say"):
            door.execute(operations()[command], words, caller, dry_run=True)


def test_all_that_is_held_is_a_file_that_tells_of_nobody_else(house: Operator, anna: TestClient) -> None:
    file = anna.get("/my/you/data")
    held = json.loads(file.content)
    assert file.headers["content-disposition"] == f'attachment; filename="{ANNA}.json"'
    assert held["customer"]["name"] == "Anna Vrabcová" and EVE not in file.text and "clerk" not in file.text
    assert {"customer-registered", "account-opened", "invoice-issued"} <= {each["event"] for each in held["events"]}


def test_what_a_stranger_asks_for_is_a_ticket_and_no_customer(house: Operator, client: TestClient) -> None:
    typed = {"name": "Otto <b>", "contact": "otto@x.test", "address": "Ptačí 8, Vraní Lhota", "tariff": "fast"}
    before = house.select("SELECT count(*) FROM live.customers")
    assert client.post("/my/sign-up", data={**typed, "website": "x"}, headers=FROM_HERE).status_code == 200
    answers = [client.post("/my/sign-up", data=typed, headers=FROM_HERE).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    house.application.runner.catch_up()
    assert house.select("SELECT count(*) FROM live.customers") == before
    assert house.select("SELECT kind, customer, count(*) FROM live.tickets GROUP BY 1, 2") == [("request", "", 5)]
    assert client.post("/my/sign-up", data={"name": "Otto"}, headers=FROM_HERE).status_code == 422
    assert client.post("/my/sign-up", data=typed, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_an_own_password_is_chosen_and_used(house: Operator, anna: TestClient) -> None:
    assert sent(anna, "/my/you/password", password="short").status_code == 422
    assert sent(anna, "/my/you/password", password="another long one").headers["location"] == "/my/sign-in"
    assert anna.get("/my").status_code == 303
    right = {"who": "anna@x.test", "password": "another long one", "do": "password"}
    assert anna.post("/my/sign-in", data=right, headers=FROM_HERE).status_code == 303


def test_the_pages_speak_the_language_of_the_browser_or_the_chosen_one(anna: TestClient) -> None:
    page = anna.get("/my", headers={"Accept-Language": "cs"}).text
    assert "30,00" in page and '<html lang="cs"' in page
    anna.post("/my/language", data={**form_fields(page), "language": "ru"}, headers=FROM_HERE)
    assert '<html lang="ru"' in anna.get("/my", headers={"Accept-Language": "cs"}).text
