"""Dunning in pages: a policy is published and followed, an invoice disputed, and the debtor's card shows it all."""

from __future__ import annotations

from datetime import date
from html import unescape

import msgspec
from fastapi.testclient import TestClient

from billing_core.accounts.plans import USUAL_PLAN
from billing_core.outreach.terms import KindTerms, OutreachTerms
from commands.accounts import ChangeBillingPlan
from commands.outreach.terms import SetOutreachTerms
from commands.services.status import ActivateSubscription
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.test_contracts import sent
from tests.adapters.pages.test_frame import form_fields
from tests.operators import Operator


def with_debt(operator: Operator) -> None:
    """An account by the policy `home` with one invoice, due on 15 January 2026, of which nothing was paid."""
    operator.subscriber()
    operator.bill(date(2026, 1, 2))
    plan = msgspec.structs.replace(USUAL_PLAN, dunning="home")
    operator.tell(ChangeBillingPlan(account="A0001", plan=plan))
    operator.application.runner.catch_up()


def published(eva: TestClient) -> None:
    """The policy that stands in the editor."""
    page = eva.get("/dunning/policies/new").text
    text = unescape(page.partition('name="policy"')[2].partition(">")[2].partition("</textarea>")[0])
    every_day = text.replace("skips:\n- weekends\n- holidays\n", "")
    assert every_day != text
    sent(eva, "/dunning/policies/new", policy=every_day)


def test_a_policy_is_published_from_the_one_that_stands_in_the_editor_and_shown_step_by_step(
    operator: Operator, signed_in: SignedIn
) -> None:
    operator.open_business()
    eva = signed_in("eva", "administrator")
    published(eva)
    page = eva.get("/dunning/policies/home").text
    assert "14 days after the due date" in page and "Reminder fee" in page and "3 days before the due date" in page
    assert "Households" in eva.get("/dunning/policies").text
    again = eva.get("/dunning/policies/new?of=home").text
    assert "last-reminder" in again


def test_what_is_wrong_with_a_policy_is_said_and_nothing_is_published(operator: Operator, signed_in: SignedIn) -> None:
    operator.open_business()
    eva = signed_in("eva", "administrator")
    page = eva.get("/dunning/policies/new").text
    text = unescape(page.partition('name="policy"')[2].partition(">")[2].partition("</textarea>")[0])
    broken = form_fields(page) | {"policy": text.replace("days: 14", "days: 4")}
    answer = eva.post("/dunning/policies/new", data=broken, headers=FROM_HERE)
    assert answer.status_code == 422 and "last-reminder" in answer.text and "order of their days" in answer.text


def test_a_debtors_card_shows_the_next_step_and_what_stops_it(operator: Operator, signed_in: SignedIn) -> None:
    operator.open_business()
    eva = signed_in("eva", "administrator")
    published(eva)
    with_debt(operator)
    path = "/accounts/A0001/debtor"
    page = eva.get(path).text
    assert "reminder" in page
    assert "/dunning/policies/home" in page
    assert path in eva.get("/customers/A0001?account=A0001").text
    invoice = page.partition("/documents/")[2].partition('"')[0]
    assert sent(eva, "/accounts/A0001/dispute", invoice=invoice, reason="wrong amount") == path
    assert "wrong amount" in eva.get(path).text
    listed = eva.get("/dunning/stops?why=disputed").text
    assert invoice in listed and "/accounts/A0001/dispute/end" in listed
    sent(eva, "/accounts/A0001/dispute/end", invoice=invoice, outcome="was right")
    assert "wrong amount" not in eva.get(path).text


def test_dunning_is_paused_and_goes_on_and_an_insolvency_is_noted(operator: Operator, signed_in: SignedIn) -> None:
    operator.open_business()
    eva = signed_in("eva", "administrator")
    published(eva)
    with_debt(operator)
    path, until = "/accounts/A0001/debtor", "2090-01-31"
    sent(eva, "/accounts/A0001/dunning-pause", until=until, reason="in hospital")
    assert "in hospital" in eva.get(path).text and until in eva.get(path).text
    sent(eva, "/accounts/A0001/dunning-pause/end", reason="is back")
    sent(eva, "/accounts/A0001/insolvency", reference="INS 7/2026")
    assert "INS 7/2026" in eva.get(path).text
    assert "INS 7/2026" in eva.get("/dunning/stops").text
    sent(eva, "/accounts/A0001/insolvency/end", outcome="dismissed")
    assert "INS 7/2026" not in eva.get("/dunning/stops").text


def test_of_many_services_a_list_names_the_first_and_their_number_and_its_file_all(
    operator: Operator, signed_in: SignedIn
) -> None:
    operator.subscriber()
    rooms = [f"room-{number}" for number in range(1, 9)]
    for room in rooms:
        operator.tell(ActivateSubscription(account="A0001", subscription=room, tariff="net", on=date(2026, 1, 1)))
    operator.bill(date(2026, 1, 2))
    operator.application.runner.catch_up()
    eva = signed_in("eva", "administrator")
    page, file = eva.get("/dunning").text, eva.get("/dunning?form=csv").text
    assert "main, room-1, room-2, room-3, room-4, … (9)" in page and "room-8" not in page
    assert ", ".join(["main", *rooms]) in file


def test_the_lists_of_dunning_lead_to_each_other(operator: Operator, signed_in: SignedIn) -> None:
    operator.open_business()
    with_debt_paths = ("/dunning/receivables", "/dunning/funnel", "/dunning/stops", "/dunning/policies")
    eva = signed_in("eva", "administrator")
    first = eva.get("/dunning").text
    for path in with_debt_paths:
        assert f'href="{path}"' in first
        assert eva.get(path).status_code == 200


def test_a_policy_that_is_published_from_a_day_to_come_is_withdrawn(operator: Operator, signed_in: SignedIn) -> None:
    operator.open_business()
    eva = signed_in("eva", "administrator")
    published(eva)
    sent(eva, "/dunning/policies/new", policy=policy_in(eva, "?of=home"), **{"from": "2090-01-01"})
    assert "next version from" in eva.get("/dunning/policies/home").text
    sent(eva, "/dunning/policies/home/withdraw", **{"from": "2090-01-01"})
    assert "next version from" not in eva.get("/dunning/policies/home").text


def policy_in(client: TestClient, asked: str) -> str:
    page = client.get(f"/dunning/policies/new{asked}").text
    return unescape(page.partition('name="policy"')[2].partition(">")[2].partition("</textarea>")[0])


def test_totals_and_times_are_shown_and_a_message_is_written_by_hand(operator: Operator, signed_in: SignedIn) -> None:
    operator.open_business()
    operator.subscriber()
    operator.bill(date(2026, 1, 2))
    told = OutreachTerms(kinds=(KindTerms(kind="planned-work", channels=("push",)),))
    operator.tell(SetOutreachTerms(seller="north", terms=told))
    operator.application.runner.catch_up()
    eva = signed_in("eva", "administrator")

    assert "24.00" in eva.get("/dunning/receivables/totals?on=2026-02-01").text
    assert "The longest" in eva.get("/dunning/returns/times").text
    sent(eva, "/messages/new", kind="planned-work", account="A0001", values="place = Brno")
    assert "A0001" in eva.get("/messages").text
