"""The run desk of dunning, and a policy simulated from its editor before it is published."""

from __future__ import annotations

from html import unescape
from typing import Any

from playwright.sync_api import expect

from tests.adapters.pages.conftest import FROM_HERE, SignedIn, Visitor, serious_faults
from tests.adapters.pages.test_dunning import published, with_debt
from tests.adapters.pages.test_frame import form_fields
from tests.adapters.pages.test_jobs import work
from tests.operators import Operator

EDITOR, SIMULATE = "/dunning/policies/new", "/dunning/simulate"


def text_in(page: str) -> str:
    """The policy that stands in the editor."""
    return unescape(page.partition('name="policy"')[2].partition(">")[2].partition("</textarea>")[0])


def started(client: Any, path: str, **fields: str) -> str:
    """The address of the job that a form has started."""
    answer = client.post(path, data=form_fields(client.get(path).text) | fields, headers=FROM_HERE)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_run_is_previewed_made_and_listed(operator: Operator, signed_in: SignedIn):
    """The invoice was due in January 2026: the first run takes its reminder; the step before the due date is past."""
    operator.open_business()
    eva = signed_in("eva", "administrator")
    published(eva)
    with_debt(operator)
    assert "No run has found anything yet." in eva.get("/dunning/runs").text

    address = started(eva, "/dunning/run", do="rehearse")
    assert "Cancel the preview" in eva.get(address).text
    work(operator)
    page = eva.get(address).text

    assert "What would be done" in page and "home/reminder" in page and "compared with the last run" in page
    assert operator.select("SELECT count(*) FROM live.dunning_steps") == [(0,)]

    made = eva.post(f"{address}/start", data=form_fields(page), headers=FROM_HERE).headers["location"]
    work(operator)
    assert "What was done" in eva.get(made).text
    assert operator.select("SELECT step FROM live.dunning_steps") == [("reminder",)]
    desk = eva.get("/dunning/runs").text
    assert "home/reminder" in desk and made in desk and address in desk and "All accounts could be decided." in desk


def test_a_run_that_waits_is_paused_and_gone_on_with(operator: Operator, signed_in: SignedIn):
    operator.open_business()
    eva = signed_in("eva", "administrator")
    published(eva)
    with_debt(operator)
    address = started(eva, "/dunning/run", do="start")
    eva.post(f"{address}/pause", data=form_fields(eva.get(address).text), headers=FROM_HERE)
    paused = eva.get(address).text
    assert "Paused by eva" in paused and "Paused" in eva.get("/dunning/runs").text
    again = eva.post(f"{address}/start", data=form_fields(paused), headers=FROM_HERE).headers["location"]
    work(operator)
    assert again != address and "What was done" in eva.get(again).text


def test_another_job_is_no_dunning_run(operator: Operator, signed_in: SignedIn):
    operator.open_business()
    eva = signed_in("eva", "administrator")
    check = started(eva, "/set-up/check", do="start").rpartition("/")[2]
    assert eva.get(f"/dunning/runs/{check}").status_code == 404


def test_a_cashier_sees_no_link_to_the_runs(operator: Operator, signed_in: SignedIn):
    operator.open_business()
    kasia = signed_in("kasia", "cashier")
    assert kasia.get("/dunning/runs").status_code == 403
    assert 'href="/dunning/runs"' not in kasia.get("/dunning/promises").text


def test_a_policy_goes_from_its_editor_to_the_simulation_and_back(operator: Operator, signed_in: SignedIn):
    """The ladder in force ends with a suspension; without that step nobody is suspended."""
    operator.open_business()
    eva = signed_in("eva", "administrator")
    published(eva)
    with_debt(operator)
    editor = eva.get(f"{EDITOR}?of=home").text
    assert f'formaction="{SIMULATE}"' in editor
    milder = text_in(editor).partition("- code: suspend")[0]

    filled = eva.post(SIMULATE, data=form_fields(editor) | {"policy": milder, "do": "fill"}, headers=FROM_HERE).text
    assert text_in(filled).strip() == milder.strip()
    fields = form_fields(filled) | {"policy": milder, "payments": "nobody", "do": "start"}
    address = eva.post(SIMULATE, data=fields, headers=FROM_HERE).headers["location"]
    work(operator)
    page = eva.get(address).text

    assert "1 with open invoices" in page and "1 only under the one in force" in page
    back = unescape(page.partition(f'href="{EDITOR}?policy=')[2].partition('"')[0])
    assert text_in(eva.get(f"{EDITOR}?policy={back}").text).strip() == milder.strip()
    assert "suspend" in text_in(eva.get(f"{EDITOR}?of=home").text)


def test_a_text_that_is_no_policy_is_not_simulated_and_stays_in_the_editor(operator: Operator, signed_in: SignedIn):
    operator.open_business()
    eva = signed_in("eva", "administrator")
    page = eva.get(SIMULATE).text
    broken = text_in(page).replace("days: 14", "days: 4")
    answer = eva.post(SIMULATE, data=form_fields(page) | {"policy": broken, "do": "start"}, headers=FROM_HERE)
    assert answer.status_code == 422 and "order of their days" in answer.text and "days: 4" in answer.text
    assert operator.select("SELECT count(*) FROM billing.jobs") == [(0,)]


def test_an_administrator_previews_a_run_and_simulates_a_policy_in_a_browser(operator: Operator, visitor: Visitor):
    operator.open_business()
    page = visitor("hana", "administrator", width=1024)
    for path in ("/dunning", "/dunning/runs", "/dunning/policies", SIMULATE):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1024, path
        assert serious_faults(page) == [], path
    page.goto(EDITOR)
    page.get_by_role("button", name="Simulate it first").click()
    expect(page.get_by_role("heading", name="Simulation of a policy").first).to_be_visible()
    page.get_by_role("button", name="Simulate", exact=False).first.click()
    expect(page.get_by_role("heading", name="Waits for a worker")).to_be_visible()
    work(operator)
    expect(page.get_by_role("heading", name="What came of it")).to_be_visible()
    assert serious_faults(page) == []
