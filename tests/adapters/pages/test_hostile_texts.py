"""Hostile texts in every field of every form, then every page: nothing that was typed is a part of any page."""

from __future__ import annotations

from collections import Counter
from typing import Any, get_args
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from adapters.pages.forms import Form, forms
from adapters.pages.lists import lists
from adapters.pages.page import OWN
from adapters.pages.site import every_page
from billing_core.outreach.kinds import MessageKind
from billing_core.party_changes import CustomerChanges, SellerChanges
from commands.parties import ChangeCustomer, ChangeSeller
from tests.adapters.http.test_dealers import MINE, world
from tests.adapters.pages.conftest import SignedIn
from tests.adapters.pages.filling import send
from tests.adapters.pages.hostile import CORPUS, formulas_of, given, hostile_addresses, parts_of
from tests.adapters.pages.own import ANNA, customer_client, open_house
from tests.operators import Operator
from tests.page_addresses import address_of, addresses

__all__ = ["world"]

# What ends the session of who tries, or what all the others are about.
LEFT_OUT = ("/set-up/addresses", "/set-up/operators/{operator}", "/customers/{customer}/forget", "/set-up/roles/{role}")
LEAST_TAKEN, LEAST_SHOWN = 60, 200


def address_for(operator: Operator, form: Form) -> str:
    """An example of the form's address; empty if there is none."""
    with operator.application.tables.transaction("live") as cursor:
        return address_of(cursor, form.path)


def faults_of_forms(operator: Operator, client: TestClient, chosen: list[Form], outcomes: Counter[str]) -> list[str]:
    """What of hostile texts has become a part of the answers to forms."""
    faults = []
    for form in chosen:
        address = address_for(operator, form)
        if not address:
            outcomes["nothing to be about"] += 1
            continue
        status = 0
        for answer in given(client, address, form.fields):
            faults += [f"{address}: {found}" for found in parts_of(answer.text)]
            faults += [f"{address}: {answer.status_code}"] if answer.status_code >= 500 else []
            status = answer.status_code
            assert "/sign-in" not in answer.headers.get("location", ""), address
        outcomes[{303: "taken", 200: "shown once", 422: "refused"}.get(status, str(status))] += 1
    return faults


@pytest.mark.slow
def test_nothing_typed_into_any_form_of_the_back_office_is_a_part_of_any_page(
    world: Operator, signed_in: SignedIn
) -> None:
    boss, outcomes = signed_in("boss", "administrator"), Counter[str]()
    chosen = [form for form in forms() if not form.path.startswith((OWN, *LEFT_OUT)) and not form.asks_number]
    faults = faults_of_forms(world, boss, chosen, outcomes)
    world.application.runner.catch_up()
    pages = addresses(world.application)
    for address in [*pages, *(each for path in pages[::5] for each in hostile_addresses(path))]:
        answer = boss.get(address)
        outcomes["shown"] += answer.status_code == 200
        faults += [f"{address}: {answer.status_code}"] if answer.status_code >= 500 else []
        if "text/html" in answer.headers.get("content-type", ""):
            faults += [f"{address}: {found}" for found in parts_of(answer.text)]
    for shown in lists():
        if "{" not in shown.path:
            faults += [f"{shown.path}: {cell}" for cell in formulas_of(boss.get(f"{shown.path}?form=csv").text)]
    assert faults == [], "\n".join(faults)
    assert outcomes["taken"] >= LEAST_TAKEN and outcomes["shown"] >= LEAST_SHOWN, outcomes


def test_nothing_typed_into_the_wizard_is_a_part_of_it(operator: Operator, signed_in: SignedIn) -> None:
    operator.application.runner.catch_up()
    eva = signed_in("eva", "clerk")
    page = eva.get("/customers/new").text
    for do, typed in (
        ("next", dict.fromkeys(("name", "address.street", "address.city", "source", "legal_ids"), CORPUS[0])),
        ("next", {}), ("next", {"services.0.tariff": "net", "services.0.address": CORPUS[0]}), ("confirm", {}),
    ):  # fmt: skip
        answer = send(eva, "/customers/new", page, do, **typed)
        assert parts_of(answer.text) == [] and answer.status_code in (200, 303), answer.text
        page = answer.text
    card = eva.get(answer.headers["location"].replace("//", "/"))
    assert "xss-a" in card.text and parts_of(card.text) == []


@pytest.mark.slow
def test_nothing_typed_is_a_part_of_the_customers_own_pages_or_of_those_that_a_clerk_sees(
    operator: Operator, site: FastAPI, signed_in: SignedIn
) -> None:
    open_house(operator)
    anna, boss, outcomes = customer_client(operator, site), signed_in("boss", "administrator"), Counter[str]()
    own = [form for form in forms() if form.path.startswith(OWN)]
    faults = faults_of_forms(operator, anna, own, outcomes)
    operator.tell(ChangeCustomer(number=ANNA, changes=CustomerChanges(name=CORPUS[0], phone=CORPUS[0])))
    operator.tell(ChangeSeller(code="north", changes=SellerChanges(name=CORPUS[0])))
    operator.application.runner.catch_up()
    with operator.application.tables.transaction("live") as cursor:
        paths = [address_of(cursor, page.path) for page in every_page() if page.method == "GET" and page.is_own]
    for client, shown in ((anna, paths), (boss, addresses(operator.application))):
        for address in filter(None, shown):
            answer = client.get(address)
            outcomes["shown"] += answer.status_code == 200
            if "text/html" in answer.headers.get("content-type", ""):
                faults += [f"{address}: {found}" for found in parts_of(answer.text)]
    assert faults == [], "\n".join(faults)
    assert outcomes["taken"] >= 4 and outcomes["shown"] >= LEAST_SHOWN, outcomes


def test_a_part_that_comes_of_a_hostile_text_would_be_found() -> None:
    assert parts_of(f"<p>{CORPUS[0]}</p>") and parts_of(f'<input value="{CORPUS[0]}">')
    assert parts_of(f'<a href="{CORPUS[1]}">x</a>') and parts_of(f"<title>{CORPUS[0]}") and parts_of(CORPUS[3])
    assert parts_of("<p>xss-a &lt;xss-a&gt; {{ 'xs' ~ 's49' }}</p>") == []
    assert formulas_of('a;b,"=xss(1)"\n') == ["=xss(1)"] and formulas_of("'=xss(1)\n") == []


def test_papers_and_mails_are_made_of_hostile_texts(world: Operator, signed_in: SignedIn) -> None:
    """A name that opens elements is text in the HTML of a mail, and the invoice is printed all the same."""
    for name in CORPUS:
        world.tell(ChangeCustomer(number=MINE, changes=CustomerChanges(name=name)))
    world.application.runner.catch_up()
    boss = signed_in("boss", "administrator")
    asked: dict[str, Any] = {"headers": {"Authorization": f"Bearer {boss.cookies['billing-session']}"}}
    shown = 0
    for kind in get_args(MessageKind):
        mail = boss.get(f"/v1/accounts/{MINE}/message-preview", params={"kind": kind}, **asked)
        assert mail.status_code in (200, 404, 422), (kind, mail.text)
        shown += mail.status_code == 200
        assert mail.status_code != 200 or parts_of(mail.json()["html"]) == [], kind
    assert shown, "some mail was made"
    ((number,),) = world.select("SELECT min(number) FROM live.documents WHERE account = %s", MINE)
    paper = boss.get(f"/v1/invoices/{number}/pdf", **asked)
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF"), paper.text


def test_a_place_that_no_list_gave_and_a_choice_that_is_none_are_refused(
    operator: Operator, site: FastAPI, signed_in: SignedIn
) -> None:
    open_house(operator)
    boss = signed_in("boss", "administrator")
    for path in ("/payments/returns", "/dunning/returns", "/collection"):
        assert boss.get(f"{path}?after={quote(CORPUS[0])}").status_code in (404, 422), path
    parts = f"/my/accounts/{ANNA}/instalments"
    anna = customer_client(operator, site)
    for count in ("", "x", "999999"):
        answer = send(anna, parts, anna.get(parts).text, "preview", dates=count)
        assert answer.status_code == 422, (count, answer.text)
