"""Long work over HTTP: asked for, done once by a worker, seen by who may, cancelled."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from adapters.bootstrap.job_runner import JobRunner
from adapters.postgres.jobs import PostgresJobs
from billing_core.parties.customers import Customer
from billing_core.payments.events import PaymentReceived
from billing_core.staff.roles import Role
from commands.parties import RegisterCustomer
from commands.platform.identity import new_id
from commands.platform.timed_work import Stopped
from commands.staff.operators import CloseOperator, DefineRole
from tests.adapters.http.conftest import Api, SignedIn
from tests.adapters.http.test_api import problem
from tests.operators import Operator, silent
from tests.waiting import eventually

BANK_FILE = """source,reference,received_on,amount,currency,payment_reference,payer
bank,P1,2026-01-10,24.00,EUR,A0001,Anna Kalniņa
bank,P2,2026-01-11,10.00,EUR,A0002,
bank,P3,2026-01-11,10.00,EUR,nobody,
bank,P4,2026-01-11,ten,EUR,A0002,
"""
CSV = {"Content-Type": "text/csv"}
DAY = {"on": "2026-02-01"}


def work(operator: Operator, progress: Callable[[int], None] = silent) -> int:
    """Do every job that waits; how many there were."""
    runner, done = JobRunner(operator.application, progress), 0
    while runner.advance():
        done += 1
    return done


def send_file(api: Api, path: str, content: str, **headers: str) -> Any:
    return api.send_bytes(path, content.encode(), CSV | headers)


def started(response: Any) -> int:
    assert response.status_code == 202, response.text
    job: int = response.json()["job"]
    assert response.headers["Location"] == f"/v1/jobs/{job}"
    return job


def shown(api: Api, job: int) -> dict[str, Any]:
    response = api.get(f"/jobs/{job}")
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_a_billing_run_is_asked_for_and_done_by_the_worker(admin: Api, operator: Operator):
    operator.subscribers(2)

    job = started(admin.post("/jobs/run-billing", DAY))
    assert (shown(admin, job)["state"], shown(admin, job)["result"]) == ("waiting", None)
    assert work(operator) == 1

    done = shown(admin, job)
    assert (done["state"], done["attempts"], done["progress"]["done"]) == ("done", 1, 2)
    # January and February of two subscribers at 20.00, with 20 % VAT, on one invoice each.
    assert (done["result"]["charges"], done["result"]["invoices"]) == (4, 2)
    assert done["result"]["invoiced"]["EUR"] == {"amount": "96.00", "currency": "EUR"}
    changes = admin.get("/changes", correlation=done["correlation_id"]).json()["items"]
    assert {(change["actor"], change["channel"], change["source"]) for change in changes} == {
        ("admin", "job", "testclient")
    }


def test_a_rehearsal_of_the_run_writes_nothing(admin: Api, operator: Operator):
    operator.subscribers(2)
    before = operator.store_contents()

    job = started(admin.post("/jobs/run-billing?dry_run=true", DAY))
    work(operator)

    assert shown(admin, job)["result"]["invoices"] == 2
    assert operator.store_contents() == before


def test_work_without_a_rehearsal_is_not_begun_as_one(admin: Api, operator: Operator):
    problem(admin.post("/jobs/check-books?dry_run=true"), 422, "invalid-value")
    assert work(operator) == 0


def test_a_bank_file_is_sent_and_each_row_answered(admin: Api, operator: Operator):
    operator.subscribers(2)

    job = started(send_file(admin, "/jobs/import-payments", BANK_FILE))
    work(operator)

    result = shown(admin, job)["result"]
    assert (result["accepted"], result["waiting"], result["unchanged"]) == (2, 1, 0)
    assert [(row["line"], row["value"]) for row in result["rejected"]] == [(5, "ten")]
    assert operator.select("SELECT count(*) FROM billing.job_upload_parts") == [(0,)]


def test_a_large_file_is_kept_by_parts(admin: Api, operator: Operator):
    rows = "".join(f"bank,L{number},2026-01-10,none,EUR,nobody,{'x' * 200}\n" for number in range(12_000))
    head = BANK_FILE.splitlines(keepends=True)[0]

    job = started(send_file(admin, "/jobs/import-payments", head + rows))
    parts = operator.select("SELECT part, length(content) FROM billing.job_upload_parts ORDER BY part")
    work(operator)

    assert len(parts) > 1
    assert sum(length for _, length in parts) == len(head + rows)
    assert len(shown(admin, job)["result"]["rejected"]) == 12_000


def test_a_file_that_cannot_be_read_fails_and_says_not_where_it_lay(admin: Api, operator: Operator):
    job = started(send_file(admin, "/jobs/import-payments", "amount\n1\n"))
    work(operator)

    failed = shown(admin, job)
    assert (failed["state"], failed["code"]) == ("failed", "invalid-value")
    assert "that upload does not have" in failed["reason"] and "/tmp" not in failed["reason"]
    assert operator.select("SELECT count(*) FROM billing.job_uploads") == [(0,)]


def test_without_its_file_an_import_is_not_begun(admin: Api, operator: Operator):
    problem(admin.send_bytes("/jobs/import-payments", b"", CSV), 422, "invalid-value")
    assert operator.select("SELECT count(*) FROM billing.job_uploads") == [(0,)]


def test_the_same_key_and_file_are_the_same_job(admin: Api, operator: Operator):
    key = {"Idempotency-Key": "file of 11 January"}

    first = started(send_file(admin, "/jobs/import-payments", BANK_FILE, **key))
    assert started(send_file(admin, "/jobs/import-payments", BANK_FILE, **key)) == first
    problem(send_file(admin, "/jobs/import-payments", BANK_FILE + "\n", **key), 409, "command-id-reused")
    assert operator.select("SELECT count(*) FROM billing.job_uploads") == [(1,)]


def test_a_check_names_each_invariant(admin: Api, operator: Operator):
    job = started(admin.post("/jobs/check-books"))
    work(operator)

    findings = shown(admin, job)["result"]
    assert len(findings) > 10
    assert [finding["offenders"] for finding in findings if finding["offenders"]] == []


def test_who_may_not_do_it_cannot_start_it_and_the_attempt_is_kept(admin: Api, signed_in: SignedIn, operator: Operator):
    cashier = signed_in("till", "cashier")

    problem(cashier.post("/jobs/run-billing", DAY), 403, "not-permitted")
    problem(send_file(cashier, "/jobs/import-payments", BANK_FILE), 403, "not-permitted")

    assert operator.select("SELECT count(*) FROM billing.jobs") == [(0,)]
    assert operator.select("SELECT count(*) FROM billing.job_uploads") == [(0,)]
    attempts = admin.get("/refused-attempts", actor="till").json()["items"]
    assert {attempt["attempt"] for attempt in attempts} == {
        "billing.change.run-billing", "payments.change.import-payments"
    }  # fmt: skip


def test_a_job_is_seen_by_who_started_it_and_by_whom_a_role_lets(signed_in: SignedIn, operator: Operator):
    operator.tell(DefineRole(role="night", permits=Role(permissions=("billing.change.run-billing",))), actor="boss")
    starter, peer = signed_in("starter", "night"), signed_in("peer", "night")
    auditor, cashier = signed_in("auditor", "auditor"), signed_in("till", "cashier")
    job = started(starter.post("/jobs/run-billing", DAY))

    for api in (starter, peer, auditor):
        assert shown(api, job)["actor"] == "starter"
        assert [each["job"] for each in api.get("/jobs").json()["items"]] == [job]
    problem(cashier.get(f"/jobs/{job}"), 404, "not-found")
    problem(cashier.get(f"/jobs/{job}/events"), 404, "not-found")
    problem(cashier.post(f"/jobs/{job}/cancel"), 404, "not-found")
    assert cashier.get("/jobs").json() == {"items": [], "next": None}
    problem(auditor.post(f"/jobs/{job}/cancel"), 403, "not-permitted")
    assert peer.post(f"/jobs/{job}/cancel").json()["cancelled_by"] == "peer"


def test_who_was_closed_meanwhile_changes_nothing_any_more(admin: Api, signed_in: SignedIn, operator: Operator):
    operator.subscribers(1)
    job = started(signed_in("leaver", "accountant").post("/jobs/run-billing", DAY))
    operator.tell(CloseOperator(operator="leaver", reason="left"), actor="boss")

    work(operator)

    assert (shown(admin, job)["state"], shown(admin, job)["code"]) == ("failed", "not-signed-in")
    assert operator.application.store.last_issued_on() == {}


def test_a_job_that_waits_is_cancelled_at_once_with_its_file(admin: Api, operator: Operator):
    job = started(send_file(admin, "/jobs/import-payments", BANK_FILE))

    assert admin.post(f"/jobs/{job}/cancel").json()["state"] == "cancelled"

    assert work(operator) == 0
    assert operator.select("SELECT count(*) FROM billing.job_uploads") == [(0,)]
    problem(admin.post(f"/jobs/{job}/cancel"), 422, "rule-violation")


def test_a_job_that_is_done_ends_at_its_next_safe_point_when_it_is_cancelled(
    admin: Api, operator: Operator, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("adapters.bootstrap.job_runner.BEAT_SECONDS", 0.01)
    operator.subscribers(2)
    rows = "".join(f"bank,C{number},2026-01-10,1.00,EUR,A0001,\n" for number in range(4_001))
    job = started(send_file(admin, "/jobs/import-payments", BANK_FILE.splitlines(keepends=True)[0] + rows))

    def cancel_after_the_first_chunk(count: int) -> None:
        if count and shown(admin, job)["cancelled_by"] is None:
            admin.post(f"/jobs/{job}/cancel")
            wait_for_the_heartbeat(operator, job)

    work(operator, cancel_after_the_first_chunk)

    cancelled = shown(admin, job)
    assert (cancelled["state"], cancelled["progress"]["done"]) == ("cancelled", 2_000)
    assert len([fact for fact in operator.facts("account/A0001") if isinstance(fact, PaymentReceived)]) == 2_000
    assert operator.select("SELECT count(*) FROM billing.job_uploads") == [(0,)]


def wait_for_the_heartbeat(operator: Operator, job: int) -> None:
    """Return when the worker has renewed its heartbeat twice: it has seen what was there before."""
    select = f"SELECT heartbeat_at FROM billing.jobs WHERE number = {job}"
    for _ in range(2):
        before = operator.select(select)
        eventually(lambda before=before: operator.select(select) != before)  # type: ignore[misc]


def test_a_worker_that_is_asked_to_end_gives_the_job_back(admin: Api, operator: Operator):
    operator.subscribers(2)
    job = started(admin.post("/jobs/run-billing", DAY))

    def end(_: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        work(operator, end)
    assert (shown(admin, job)["state"], shown(admin, job)["attempts"]) == ("waiting", 0)

    work(operator)
    assert (shown(admin, job)["state"], shown(admin, job)["result"]["invoices"]) == ("done", 2)


def test_two_workers_never_take_one_job(admin: Api, operator: Operator):
    numbers = [started(admin.post("/jobs/check-books")) for _ in range(3)]
    jobs = PostgresJobs(operator.application.tables)

    taken = [jobs.take(new_id(), "a worker", ["check-books"]) for _ in range(4)]

    assert [job and job.number for job in taken] == [*numbers, None]


def test_a_job_whose_worker_died_is_taken_up_and_the_dead_one_has_no_say_any_more(admin: Api, operator: Operator):
    job = started(admin.post("/jobs/check-books"))
    jobs, dead = PostgresJobs(operator.application.tables), new_id()
    taken = jobs.take(dead, "a worker", ["check-books"])
    assert taken is not None and work(operator) == 0
    operator.execute("UPDATE billing.jobs SET heartbeat_at = heartbeat_at - interval '15 seconds'")

    assert work(operator) == 1

    assert (shown(admin, job)["state"], shown(admin, job)["attempts"]) == ("done", 2)
    assert jobs.renew(job, dead, taken.progress) == (False, False)


def test_a_job_that_ends_its_worker_each_time_fails_at_last(admin: Api, operator: Operator):
    job = started(admin.post("/jobs/check-books"))
    operator.execute("UPDATE billing.jobs SET attempts = 10")

    work(operator)

    assert (shown(admin, job)["state"], shown(admin, job)["code"]) == ("failed", "cut-off")


def test_the_progress_is_followed_to_the_end(admin: Api, client: TestClient, operator: Operator):
    operator.subscribers(2)
    job = started(admin.post("/jobs/run-billing", DAY))
    work(operator)

    said = admin.get(f"/jobs/{job}/events")

    assert said.headers["content-type"].startswith("text/event-stream")
    event, data = said.text.strip().splitlines()
    assert event == "event: ended"
    followed = json.loads(data.removeprefix("data: "))
    assert (followed["state"], followed["progress"]["done"], followed["result"]) == ("done", 2, None)


def test_the_jobs_are_listed_by_pages_the_newest_first(admin: Api, operator: Operator):
    numbers = [started(admin.post("/jobs/check-books")) for _ in range(3)]

    first = admin.get("/jobs", limit=2).json()
    second = admin.get("/jobs", limit=2, before=first["next"]).json()

    assert [job["job"] for job in first["items"] + second["items"]] == numbers[::-1]
    assert second["next"] is None
    problem(admin.get("/jobs", limit=0), 422, "invalid-value")
    problem(admin.get("/jobs/x"), 404, "not-found")


def test_a_date_that_no_document_can_have_fails_with_its_reason(admin: Api, operator: Operator):
    operator.subscribers(1)
    job = started(admin.post("/jobs/run-billing", {"on": "2099-01-01"}))
    work(operator)

    assert (shown(admin, job)["state"], shown(admin, job)["result"]) == ("failed", None)
    assert "2099-01-01" in shown(admin, job)["reason"]


def test_a_run_that_charges_far_ahead_is_made_only_if_it_is_confirmed(admin: Api, operator: Operator):
    operator.subscribers(1)
    far_ahead = {"on": "2026-02-01", "until": "2026-12-02"}

    asked, rehearsed = (started(admin.post(f"/jobs/run-billing{how}", far_ahead)) for how in ("", "?dry_run=true"))
    work(operator)
    assert (shown(admin, asked)["code"], shown(admin, rehearsed)["state"]) == ("confirmation-needed", "done")
    assert operator.application.store.last_issued_on() == {}

    confirmed = started(admin.post("/jobs/run-billing", far_ahead | {"confirmed": True}))
    work(operator)
    assert shown(admin, confirmed)["result"]["charges"] == 12


def test_what_came_of_a_file_is_erased_when_a_customer_is_forgotten(admin: Api, operator: Operator):
    operator.tell(RegisterCustomer(customer=Customer(number="C9", kind="person", name="Anna")))
    job = started(send_file(admin, "/jobs/import-payments", BANK_FILE))
    work(operator)
    assert shown(admin, job)["result"]["rejected"] != []

    forgotten = admin.post("/customers/C9/forget", {"ordered_by": "the customer", "reason": "asked for it"})

    assert forgotten.status_code == 200, forgotten.text
    assert (shown(admin, job)["state"], shown(admin, job)["result"]) == ("done", None)
