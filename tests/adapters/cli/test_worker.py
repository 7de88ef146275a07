"""The worker and what it leaves, as people and scripts see it."""

from __future__ import annotations

import signal
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.cli.conftest import Billing
from tests.waiting import eventually

PAST = "2026-03-20"
TODAY, SOON, LATER = (str(date.today() + timedelta(days=days)) for days in (0, 200, 230))  # noqa: DTZ011
WORKS = [
    "usage-retry", "usage-booking", "bank-statements", "billing-run", "advance-documents", "dunning-run",
    "unnamed-attachments", "forget-due", "closed-months", "check",
]  # fmt: skip


def work(billing: Billing, on: str, **environment: str) -> dict[str, Any]:
    ended = billing("worker", "--once", "--on", on, "--json", **environment)
    assert ended.code == 0, ended.errors
    return {record["name"]: record for record in ended.json["works"]}


def test_the_nightly_works_are_done_once_for_a_date(opened: Billing):
    opened.execute("UPDATE billing.timed_work SET last_on = '2026-03-01'")
    done = work(opened, TODAY)
    assert list(done) == WORKS
    assert {record["state"] for record in done.values()} == {"done"}
    assert {record["last_on"] for record in done.values()} == {TODAY}
    assert "invariants hold" in done["check"]["outcome"]
    assert "0 parked" in done["billing-run"]["outcome"]
    with opened.nothing_written():
        assert work(opened, TODAY) == {}
        assert "0 bills" in opened("timed-work", "start", "billing-run").output


def test_the_billing_run_of_a_date_bills_that_day_too_and_nothing_after_it(opened: Billing):
    """Two customers have three months each, the third one those of 15 February and 1 March."""
    outcome = work(opened, "2026-03-01")["billing-run"]["outcome"]

    assert "until 2026-03-02: " in outcome and "8 charges, 3 invoices" in outcome
    documents = opened("invoices", "--json").json["documents"]
    assert {document["issued_on"] for document in documents} == {"2026-03-01"}


def test_a_date_that_has_not_come_is_refused_and_skips_no_night(opened: Billing):
    nights = opened.select("SELECT name, last_on, state FROM billing.timed_work")
    with opened.nothing_written():
        ended = opened("worker", "--once", "--on", SOON)

    assert ended.code == 1
    assert ended.complaint == f"on '{SOON}': is after today, {TODAY}; what is due then is done then"
    assert opened.select("SELECT name, last_on, state FROM billing.timed_work") == nights


def test_what_is_due_is_said_in_words(opened: Billing):
    ended = opened("worker", "--once", "--on", PAST)

    assert ended.code == 0
    assert "Reacted to 3 events, handed over 0 deadlines, tried 0 deliveries." in ended.output
    assert "check: done: all " in ended.output


def test_a_worker_that_goes_on_keeps_to_the_clock(opened: Billing):
    ended = opened("worker", "--on", PAST)

    assert ended.code == 2
    assert "needs --once" in ended.errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_keeps_the_read_models_until_it_is_asked_to_end(billing: Billing, number: int):
    worker = billing.start("worker")
    assert worker.stderr is not None and "Working" in worker.stderr.readline()
    assert billing("do", "register-customer", "number=7", "name=New").code == 0
    eventually(lambda: billing.select("SELECT FROM live.customers WHERE number = '7'") != [])

    worker.send_signal(number)

    _, said = worker.communicate(timeout=60)
    assert (worker.returncode, said) == (0, "Ended.\n")


def test_a_worker_that_is_started_with_nohup_goes_on_when_the_terminal_is_closed(billing: Billing):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        worker = billing.start("worker")
    finally:
        signal.signal(signal.SIGHUP, before)
    assert worker.stderr is not None and "Working" in worker.stderr.readline()

    worker.send_signal(signal.SIGHUP)

    assert billing("do", "register-customer", "number=7", "name=New").code == 0
    eventually(lambda: billing.select("SELECT FROM live.customers WHERE number = '7'") != [])
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=60)
    assert (worker.returncode, said) == (0, "Ended.\n")


def test_a_work_is_sealed_and_published_if_a_key_is_configured(opened: Billing, tmp_path: Path):
    key, published = str(tmp_path / "key"), tmp_path / "seals"
    assert opened("seal-key", key).code == 0

    done = work(opened, PAST, BILLING_SEAL_KEY=key, BILLING_PUBLISHED_SEALS=str(published))

    # A work that this database meets only now is due from the next night on.
    assert "seal" not in done
    started = opened("timed-work", "start", "seal", BILLING_SEAL_KEY=key, BILLING_PUBLISHED_SEALS=str(published))
    assert (started.code, started.output[:18]) == (0, "seal: done: 1 seal")
    assert len(published.read_text().splitlines()) == 1
    assert opened("verify", "--key", f"{key}.pub", "--published", str(published)).code == 0


def test_works_are_listed_with_what_came_of_them_and_started_by_hand(opened: Billing):
    def listed() -> dict[str, Any]:
        return {each["record"]["name"]: each for each in opened("timed-work", "--json").json["works"]}

    assert list(listed()) == WORKS
    assert listed()["billing-run"]["record"]["state"] == "never started"

    assert opened("timed-work", "start", "billing-run").code == 0

    record = listed()["billing-run"]["record"]
    assert (record["state"], record["started_by"]) == ("done", "clerk")
    assert record["started_at"] <= record["ended_at"]
    assert listed()["billing-run"]["next_due_at"].endswith("T01:00:00")
    assert "0 parked" in opened("timed-work").output

    opened.execute("UPDATE billing.timed_work SET state = 'running'")
    assert "its process was killed" in opened("timed-work").output
    wrong = opened("timed-work", "start", "tea")
    assert wrong.code == 2 and "these are: usage-retry, usage-booking" in wrong.errors


def test_a_check_that_finds_something_is_a_work_that_failed(billed: Billing):
    billed.execute("UPDATE live.accounts SET balance = balance + 1 WHERE number = '1'")

    ended = billed("timed-work", "start", "check")

    assert ended.code == 1
    assert "check: failed: " in ended.output and "do not hold" in ended.output


def test_doing_what_is_due_ends_with_a_code_for_scripts_if_a_work_failed(billed: Billing):
    billed.execute("UPDATE live.accounts SET balance = balance + 1 WHERE number = '1'")

    ended = billed("worker", "--once", "--on", PAST)

    assert ended.code == 1
    assert "check: failed: " in ended.output and "billing-run: done: " in ended.output


def test_a_refused_wake_up_is_listed_retried_and_overruled(opened: Billing):
    hold = ("do", "hold-subscription", "subscription=main", f"on={SOON}", f"until={LATER}", "--yes")
    assert opened(*hold, "account=1").code == 0
    assert opened(*hold, "account=2").code == 0
    rename = f"UPDATE live.deadlines SET stream = '{{}}', due_on = '{TODAY}' WHERE stream = '{{}}'"
    opened("projections")
    opened("customers")
    opened.execute(rename.format("account/9", "account/1"))
    opened.execute(rename.format("account/8", "account/2"))
    shown = opened("wake-ups")
    assert "hold-end" in shown.output and f"main {LATER}" in shown.output

    assert opened("worker", "--once").code == 0

    first, second = (each["number"] for each in opened("wake-ups", "--json").json["refused"])
    assert "no such account" in opened("wake-ups").output
    again = opened("wake-ups", "retry")
    assert again.code == 1 and "refused again" in again.output
    assert opened("wake-ups", "--json").json["refused"][0]["attempts"] == 2
    overruled = opened("wake-ups", "overrule", str(first), "--reason", "closed long ago")
    assert overruled.code == 0 and "overruled by clerk" in overruled.output
    assert [each["number"] for each in opened("wake-ups", "--json").json["refused"]] == [second]
    assert "was overruled by clerk" in opened("wake-ups", "overrule", str(first), "--reason", "once more").complaint
    assert "no such number" in opened("wake-ups", "retry", "77").complaint


def test_reactions_and_followers_are_listed(opened: Billing):
    assert opened("reactions", "--json").json["refused"] == []
    assert opened("reactions").code == 0
    assert opened("followers", "--json").json["deliveries"] == []
    assert opened("followers").code == 0
    assert "neither waits nor is a dead letter" in opened("followers", "replay", "mail", "7").complaint
