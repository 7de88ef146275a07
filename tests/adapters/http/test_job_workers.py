"""Jobs and the processes that do them: one is killed, two share the work, one serves who follows it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from billing_core.payments.events import PaymentReceived
from tests.adapters.cli.conftest import START
from tests.adapters.http.conftest import Api
from tests.adapters.http.test_jobs import BANK_FILE, CSV, shown, started
from tests.operators import Operator
from tests.waiting import eventually

StartWorker = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def start_worker(operator: Operator) -> Iterator[StartWorker]:
    """Starts workers, and ends those that a test left running."""
    started_workers: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        worker = subprocess.Popen(
            [sys.executable, "-c", START, "worker"],
            env=os.environ | {"BILLING_DATABASE_URL": operator.database_url},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started_workers.append(worker)
        return worker

    yield start
    for worker in started_workers:
        worker.kill()
        worker.communicate()


def test_a_worker_is_killed_in_the_middle_and_another_one_ends_the_job_right(
    admin: Api, operator: Operator, start_worker: StartWorker
):
    """Each row is booked once: those of the first worker are known to the second one."""
    operator.subscribers(2)
    rows = "".join(f"bank,K{number},2026-01-10,1.00,EUR,A000{number % 2 + 1},\n" for number in range(12_000))
    job = started(
        admin.send_bytes("/jobs/import-payments", (BANK_FILE.splitlines(keepends=True)[0] + rows).encode(), CSV)
    )
    worker = start_worker()
    eventually(lambda: payments(operator) > 0)
    worker.kill()
    worker.wait()
    assert payments(operator) < 12_000
    operator.execute("UPDATE billing.jobs SET heartbeat_at = heartbeat_at - interval '15 seconds'")

    start_worker()
    eventually(lambda: shown(admin, job)["state"] == "done")

    ended = shown(admin, job)
    assert (ended["attempts"], ended["result"]["rejected"]) == (2, [])
    assert ended["result"]["accepted"] + ended["result"]["unchanged"] == 12_000
    assert 2_000 <= ended["result"]["unchanged"] < 12_000
    references = [fact.reference for number in (1, 2) for fact in received(operator, f"A000{number}")]
    assert len(set(references)) == len(references) == 12_000
    assert operator.select("SELECT count(*) FROM billing.job_uploads") == [(0,)]


def test_two_workers_share_the_jobs_and_begin_each_once(admin: Api, operator: Operator, start_worker: StartWorker):
    jobs = [started(admin.post("/jobs/check-books")) for _ in range(6)]

    start_worker()
    start_worker()
    eventually(lambda: all(shown(admin, job)["state"] == "done" for job in jobs))

    assert [shown(admin, job)["attempts"] for job in jobs] == [1] * 6


def payments(operator: Operator) -> int:
    ((count,),) = operator.select("SELECT count(*) FROM billing.events WHERE topic LIKE 'payment-received%'")
    return int(count)


def received(operator: Operator, account: str) -> list[PaymentReceived]:
    return [fact for fact in operator.facts(f"account/{account}") if isinstance(fact, PaymentReceived)]
