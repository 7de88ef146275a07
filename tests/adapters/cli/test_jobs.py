"""Jobs on the command line: listed, shown and cancelled."""

from __future__ import annotations

import json

import pytest

from tests.adapters.cli.conftest import Billing

ASK = """
    INSERT INTO billing.jobs (command_id, content_hash, kind, fields, is_dry_run, actor, role, source, today, asked_at,
        state)
    VALUES ('0196e000-0000-7000-8000-00000000000{0}', '', '{1}', '{{"on": "2026-02-01"}}', false, 'anna', 'accountant',
        '10.0.0.7', '2026-02-01', now(), 'waiting')
"""


@pytest.fixture
def asked(opened: Billing) -> Billing:
    """A billing run and a check were asked for."""
    opened.execute(ASK.format(1, "run-billing"))
    opened.execute(ASK.format(2, "check-books"))
    return opened


def test_without_jobs_the_list_says_so(billing: Billing):
    assert billing("jobs").output == "No job was asked for yet.\n"


def test_jobs_are_listed_the_newest_first(asked: Billing):
    assert [job["number"] for job in asked("jobs", "--json").json["jobs"]] == [2, 1]
    assert [job["number"] for job in asked("jobs", "--before", "2", "--json").json["jobs"]] == [1]
    listed = asked("jobs").output
    assert "run-billing" in listed and "anna" in listed and "waiting" in listed


def test_a_job_is_shown_with_what_came_of_it(asked: Billing):
    waiting = asked("jobs", "show", "1")
    assert "asked for by anna from 10.0.0.7" in waiting.output and "on: 2026-02-01" in waiting.output

    asked.execute(
        "UPDATE billing.jobs SET state = 'done', ended_at = now(), result = '{\"bills\": 3}' WHERE number = 1"
    )

    done = asked("jobs", "show", "1", "--json").json
    assert (done["job"]["state"], done["result"]) == ("done", {"bills": 3})
    assert json.dumps({"bills": 3}, indent=2) in asked("jobs", "show", "1").output


def test_a_job_that_waits_is_cancelled_at_once_and_only_once(asked: Billing):
    assert asked("jobs", "cancel", "1").output == "Job 1 is cancelled.\n"
    assert "cancelled by clerk" in asked("jobs", "show", "1").output

    again = asked("jobs", "cancel", "1")
    assert (again.code, again.complaint) == (1, "job '1': has ended: it is cancelled")


def test_a_job_that_is_done_is_asked_to_end(asked: Billing):
    asked.execute("UPDATE billing.jobs SET state = 'running', holder = gen_random_uuid() WHERE number = 1")

    assert asked("jobs", "cancel", "1").output == "Job 1 ends at its next safe point.\n"


def test_a_worker_that_does_what_is_due_once_does_the_jobs_too(asked: Billing):
    asked.execute("UPDATE billing.timed_work SET last_on = current_date + 1")

    assert "Did 2 jobs." in asked("worker", "--once").output

    # The operator who asked is not registered, so neither may be done.
    assert {job["code"] for job in asked("jobs", "--json").json["jobs"]} == {"not-signed-in"}


def test_an_unknown_job_is_refused(billing: Billing):
    assert billing("jobs", "show", "7").complaint == "job '7': no such job; `billing jobs` lists them"
