"""The worker: everything that happens by itself in one process, or in several, of which any may be killed."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from datetime import time as time_of_day
from threading import Event, Thread

import pytest

from adapters.bootstrap.application import Application
from adapters.bootstrap.automation import Automation
from adapters.bootstrap.worker import worker_of
from billing_core.parties.customers import Customer
from commands.parties import RegisterCustomer
from commands.platform.timed_work import Task, TimedWork
from projections.platform.ports import unwatched
from tests.commands.conftest import StartProcess, start_process
from tests.commands.platform.test_reactions import THANKS, automation, pay, thanks
from tests.operators import Operator, application_on
from tests.waiting import eventually

__all__ = ["start_process"]

# A worker with a reaction to payments; it ends when it is sent SIGTERM.
WORKER = """
    import signal, sys
    from adapters.bootstrap.worker import worker_of
    from tests.adapters.processes.test_worker import thankful

    worker = worker_of(sys.argv[1], thankful)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    sys.stdout.write("ready\\n")
    sys.stdout.flush()
    worker.run()
"""


def thankful(application: Application, progress: Callable[[int], None]) -> Automation:
    return Automation(application, [THANKS], {}, (), progress=progress)


def started(start_process: StartProcess, operator: Operator) -> subprocess.Popen[str]:
    worker = start_process(WORKER, operator.database_url)
    assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    return worker


def test_workers_that_are_killed_and_started_again_apply_every_command_once(
    operator: Operator, start_process: StartProcess
):
    numbers = operator.subscribers(10)
    automation(operator, THANKS)
    workers = [started(start_process, operator) for _ in range(2)]
    for number in range(60):
        pay(operator, f"P{number}", account=numbers[number % 10])
        if number in (20, 40):
            eventually(lambda least=number - 10: thanks(operator) >= least)  # type: ignore[misc]
            workers.pop(0).kill()
            workers.append(started(start_process, operator))

    eventually(lambda: thanks(operator) == 60)
    assert operator.select("SELECT name, code, reason FROM billing.refused_commands") == []
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0
    automation(operator, THANKS).settle()
    assert thanks(operator) == 60
    assert operator.findings() == []


def test_a_worker_that_is_asked_to_end_leaves_a_long_work_to_be_done_again(operator: Operator):
    working, went_on = Event(), Event()

    def work(task: Task) -> str:
        working.set()
        while True:
            task.progress(1)
            went_on.set()

    long = TimedWork("long", time_of_day(0), work)

    def opened(application: Application, progress: Callable[[int], None]) -> Automation:
        return Automation(application, (), {}, (), [long], progress=progress)

    with application_on(operator.database_url) as application:
        opened(application, unwatched).register()
    operator.execute("UPDATE billing.timed_work SET last_on = last_on - 1 WHERE name = 'long'")
    worker = worker_of(operator.database_url, opened)
    running = Thread(target=worker.run)
    running.start()
    assert working.wait(60) and went_on.wait(60)

    worker.stop()
    running.join(60)

    assert not running.is_alive()
    ((state, is_due),) = operator.select(
        "SELECT state, last_on < current_date FROM billing.timed_work WHERE name = 'long'"
    )
    assert (state, is_due) == ("interrupted", True)


def test_a_thread_that_fails_says_so_and_goes_on_while_the_others_do_not_notice(
    operator: Operator, caplog: pytest.LogCaptureFixture
):
    """The read models meet an event of another program; reactions go on, and so do they when it is mended."""
    operator.subscriber()
    automation(operator, THANKS)
    answer = operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    rename = "UPDATE billing.events SET topic = %s WHERE position = %s"
    operator.execute(rename, "customer-cloned/1", answer.position)
    worker = worker_of(operator.database_url, thankful)
    running = Thread(target=worker.run)
    running.start()
    try:
        pay(operator, "P1")
        eventually(lambda: thanks(operator) == 1)
        eventually(lambda: "read models: stopped" in caplog.text and "customer-cloned/1" in caplog.text)
        operator.execute(rename, "customer-registered/1", answer.position)
        eventually(lambda: operator.select("SELECT FROM live.customers WHERE number = 'C1'") != [])
    finally:
        worker.stop()
        running.join(60)
    assert not running.is_alive()
