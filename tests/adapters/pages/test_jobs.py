"""Jobs: started by a form, rehearsed first, followed until they have ended, cancelled."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from adapters.bootstrap.job_runner import JobRunner
from tests.adapters.pages.conftest import FROM_HERE, SignedIn, Visitor, serious_faults
from tests.adapters.pages.test_frame import form_fields
from tests.operators import Operator, silent

CORRECTIONS = b"corrections: []\n"


def work(operator: Operator) -> None:
    runner = JobRunner(operator.application, silent)
    while runner.advance():
        pass


def test_a_check_is_asked_for_and_shown_when_it_has_ended(signed_in: SignedIn, operator: Operator):
    boss = signed_in("hana", "administrator")
    fields = form_fields(boss.get("/set-up/check").text)
    started = boss.post("/set-up/check", data=fields | {"do": "start"}, headers=FROM_HERE)
    assert started.status_code == 303
    again = boss.post("/set-up/check", data=fields | {"do": "start"}, headers=FROM_HERE)
    assert again.headers["location"] == started.headers["location"]
    assert "Waits for a worker" in boss.get(started.headers["location"]).text
    work(operator)
    shown = boss.get(started.headers["location"]).text
    assert "What came of it" in shown and "hx-trigger" not in shown


def test_who_may_not_start_a_job_sees_neither_its_form_nor_the_job(signed_in: SignedIn):
    boss, clerk = signed_in("hana", "administrator"), signed_in("eva", "cashier")
    started = boss.post(
        "/set-up/check", data=form_fields(boss.get("/set-up/check").text) | {"do": "start"}, headers=FROM_HERE
    )
    assert clerk.get("/set-up/check").status_code == 403
    token = form_fields(clerk.get("/profile").text)["_form"]
    assert clerk.post("/set-up/check", data={"_form": token, "do": "start"}, headers=FROM_HERE).status_code == 403
    assert clerk.get(started.headers["location"]).status_code == 404
    assert "/set-up/check" not in clerk.get("/jobs").text


def test_a_file_is_sent_with_its_job_and_rehearsed_first(signed_in: SignedIn, operator: Operator):
    boss = signed_in("hana", "administrator")
    fields = form_fields(boss.get("/corrections/play").text)
    without = boss.post("/corrections/play", data=fields | {"do": "rehearse"}, headers=FROM_HERE)
    assert without.status_code == 422 and "choose the file" in without.text
    started = boss.post(
        "/corrections/play", data=fields | {"do": "rehearse"}, files={"file": ("list.yaml", CORRECTIONS)},
        headers=FROM_HERE,
    )  # fmt: skip
    assert started.status_code == 303, started.text
    work(operator)
    assert "rehearsal" in boss.get(started.headers["location"]).text


def test_a_job_that_waits_is_cancelled(signed_in: SignedIn):
    boss = signed_in("hana", "administrator")
    started = boss.post(
        "/set-up/check", data=form_fields(boss.get("/set-up/check").text) | {"do": "start"}, headers=FROM_HERE
    )
    address = started.headers["location"]
    cancelled = boss.post(f"{address}/cancel", data=form_fields(boss.get(address).text), headers=FROM_HERE)
    assert cancelled.status_code == 303
    assert re.search(r'class="state calm">Cancelled', boss.get(address).text)


def test_the_page_of_a_job_follows_it_until_it_has_ended(visitor: Visitor, operator: Operator):
    page = visitor("hana", "administrator")
    page.goto("/set-up/check")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Waits for a worker")).to_be_visible()
    assert serious_faults(page) == []
    work(operator)
    expect(page.get_by_role("heading", name="What came of it")).to_be_visible()
    assert serious_faults(page) == []
