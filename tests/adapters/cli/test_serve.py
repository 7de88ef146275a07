"""The server as a process: it answers, does what happens by itself, and ends when it is asked to."""

from __future__ import annotations

import concurrent.futures
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import httpx
import psutil
import pytest

from adapters.bootstrap.settings import Settings
from adapters.bootstrap.worker import WorkerPart, worker_of
from adapters.http.listening import PATIENCE_SECONDS, bound
from adapters.processes.worker import Worker
from tests.adapters.cli.conftest import Billing, Serve, free_port, wait_until_ready

PAYMENT = {
    "source": "desk", "reference": "R1", "amount": "24.00", "currency": "EUR", "received_on": "2026-02-01"
}  # fmt: skip


def password_of(billing: Billing) -> str:
    ended = billing("staff", "break-glass")
    assert ended.code == 0, ended.errors
    return ended.output.split()[-1]


def test_an_administrator_signs_in_by_the_one_time_password_and_takes_a_payment(opened: Billing, serve: Serve):
    credentials = {"operator": "administrator", "password": password_of(opened)}
    client = serve()
    token = client.post("/v1/sessions", json=credentials).json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"

    paid = client.post("/v1/accounts/1/payments", json=PAYMENT)

    assert paid.status_code == 201, paid.text
    shown = client.get("/v1/accounts/1/balance", params={"min_position": paid.json()["position"]})
    assert shown.json()["balance"] == {"amount": "24.00", "currency": "EUR"}
    assert client.post("/v1/sessions", json=credentials).status_code == 401


def test_two_servers_on_one_database_carry_out_a_command_once(opened: Billing, serve: Serve):
    opened("do", "register-operator", "operator=kiosk", "name=Kiosk", "roles=cashier")
    token = opened("staff", "key", "kiosk", "hall", "--for", "a test").output.strip()
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "1"}

    answers = [
        client.post("/v1/accounts/1/payments", json=PAYMENT, headers=headers)
        for client in (serve("--only", "api"), serve("--only", "api"))
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert [answer.json()["is_repeated"] for answer in answers] == [False, True]
    assert opened.select("SELECT count(*) FROM billing.events WHERE topic = 'payment-received/1'") == [(1,)]


def test_read_models_that_are_served_alone_show_what_an_api_that_is_served_alone_has_taken(
    opened: Billing, serve: Serve
):
    opened("do", "register-operator", "operator=kiosk", "name=Kiosk", "roles=cashier")
    token = opened("staff", "key", "kiosk", "hall", "--for", "a test").output.strip()
    client = serve("--only", "api")
    client.headers["Authorization"] = f"Bearer {token}"
    assert client.post("/v1/accounts/1/payments", json=PAYMENT).status_code == 201
    assert balance(client) == "0.00"

    runner = opened.start("serve", "--only", "read-models")
    give_up_at = time.monotonic() + 60
    while balance(client) != "24.00":
        assert time.monotonic() < give_up_at and runner.poll() is None
        time.sleep(0.1)
    runner.send_signal(signal.SIGTERM)

    assert runner.wait(30) == 0, runner.stderr and runner.stderr.read()


def balance(client: httpx.Client) -> str:
    """As the read models show it, which are not brought up to date first."""
    shown = client.get("/v1/accounts/1/balance")
    assert shown.status_code == 200, shown.text
    return str(shown.json()["balance"]["amount"])


@pytest.mark.parametrize("part", ["read-models", "timed-work", "subscriptions"])
def test_each_part_of_a_worker_has_loops_that_no_other_part_has(part: WorkerPart):
    """Without a database: nothing is opened before a worker runs."""
    whole = loops_of(worker_of("", settings=Settings()))
    mine = loops_of(worker_of("", settings=Settings(), part=part))
    others = [
        loops_of(worker_of("", settings=Settings(), part=other)) for other in get_args(WorkerPart) if other != part
    ]

    assert mine and mine < whole
    assert whole - mine == set().union(*others)


def loops_of(worker: Worker) -> set[str]:
    return {loop.name for loop in worker.loops}


def test_no_secret_stands_in_events_or_in_the_log(opened: Billing, serve: Serve):
    password = password_of(opened)
    client = serve("--only", "api")
    client.post("/v1/sessions", json={"operator": "administrator", "password": password})
    kept = opened.select(
        "SELECT convert_from(state, 'UTF8') FROM billing.events UNION ALL SELECT answer FROM billing.commands"
    )

    assert [text for (text,) in kept if password in text or "argon2" in text] == []


def test_a_server_that_is_started_with_nohup_goes_on_when_the_terminal_is_closed(serve: Serve):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        client = serve("--only", "api")
    finally:
        signal.signal(signal.SIGHUP, before)
    server = process_that_serves()

    server.send_signal(signal.SIGHUP)

    with pytest.raises(psutil.TimeoutExpired):
        server.wait(2)
    assert client.get("/readyz").status_code == 200


def process_that_serves() -> psutil.Process:
    (server,) = [child for child in psutil.Process().children() if "serve" in child.cmdline()]
    return server


def signed_in(opened: Billing, client: httpx.Client) -> httpx.Client:
    opened("do", "register-operator", "operator=night", "name=Night", "roles=administrator")
    token = opened("staff", "key", "night", "shift", "--for", "a test").output.strip()
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def test_a_job_is_done_by_the_server_and_followed_to_its_end(opened: Billing, serve: Serve):
    client = signed_in(opened, serve())
    job = client.post("/v1/jobs/run-billing", json={"on": "2026-03-01"}).json()["job"]

    with client.stream("GET", f"/v1/jobs/{job}/events") as followed:
        said = [line for line in followed.iter_lines() if line.startswith("event: ")]

    assert (said[-1], said.count("event: ended")) == ("event: ended", 1)
    assert client.get(f"/v1/jobs/{job}").json()["result"]["invoices"] == 3


def test_a_server_that_is_asked_to_end_does_not_wait_for_who_follows_a_job(opened: Billing, serve: Serve):
    client = signed_in(opened, serve("--only", "api"))
    job = client.post("/v1/jobs/check-books").json()["job"]
    server = process_that_serves()

    with client.stream("GET", f"/v1/jobs/{job}/events") as followed:
        lines = followed.iter_lines()
        assert next(lines) == "event: progress"
        server.terminate()
        assert "event: ended" not in list(lines)

    server.wait(PATIENCE_SECONDS - 5)


def test_a_reader_who_waits_for_an_event_does_not_keep_the_server_from_ending(opened: Billing):
    ended = opened("do", "register-operator", "operator=shop", "name=Shop", "roles=auditor")
    assert ended.code == 0, ended.errors
    token, port = opened("staff", "key", "shop", "feed", "--for", "the feed").output.strip(), free_port()
    process = opened.start("serve", "--only", "api", "--port", str(port))
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, headers=headers) as client:
        wait_until_ready(process, client)
        after = client.get("/v1/events", params={"limit": 1_000}).json()["next"]
        with ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(client.get, "/v1/events", params={"after": after, "wait": 300})
            with pytest.raises(concurrent.futures.TimeoutError):
                waiting.result(1)
            process.send_signal(signal.SIGTERM)

            answer = waiting.result(20)  # A server that waits for it ends after 30 seconds without an answer.

    _, errors = process.communicate(timeout=60)
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next": after})
    assert process.returncode == 0, errors


def listeners(port: int, server: psutil.Process) -> list[psutil.Process]:
    """The processes of a server that listen on a port."""
    return [each for each in (server, *server.children()) if listens(each, port)]


def listens(process: psutil.Process, port: int) -> bool:
    try:
        return any(
            its.status == psutil.CONN_LISTEN and its.laddr.port == port for its in process.net_connections()
        )  # fmt: skip
    except psutil.NoSuchProcess:  # It has just ended.
        return False


def wait_until(holds: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < give_up_at
        time.sleep(0.1)


def test_several_processes_answer_on_one_port_and_one_that_dies_is_started_again(serve: Serve):
    client = serve("--processes", "2")
    server = process_that_serves()
    port = client.base_url.port
    assert port is not None
    wait_until(lambda: len(listeners(port, server)) == 2)
    _, other = listeners(port, server)

    other.kill()
    wait_until(lambda: len(listeners(port, server)) == 2 and other not in listeners(port, server))

    for _ in range(8):  # Each time by a connection of its own.
        assert httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=30).status_code == 200
    others = server.children()
    server.terminate()
    assert psutil.wait_procs([server, *others], 60)[1] == []


def test_the_other_processes_end_if_the_first_is_killed(opened: Billing):
    port = free_port()
    process = opened.start("serve", "--only", "api", "--processes", "2", "--port", str(port))
    server = psutil.Process(process.pid)
    wait_until(lambda: len(listeners(port, server)) == 2)
    _, other = listeners(port, server)

    process.kill()
    process.communicate(timeout=60)

    assert psutil.wait_procs([other], 60)[1] == []


@pytest.mark.parametrize("options", [[], ["--processes", "2"]])
def test_a_port_that_another_program_has_is_refused_also_if_it_would_be_shared(opened: Billing, options: list[str]):
    with bound("127.0.0.1", 0, is_shared=True) as listener:
        port = str(listener.getsockname()[1])
        process = opened.start("serve", "--only", "api", "--port", port, *options)
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert f"'127.0.0.1:{port}': cannot be listened on: address already in use" in errors


def test_a_log_that_nobody_reads_any_more_stops_no_request(opened: Billing):
    port = free_port()
    process = opened.start("serve", "--only", "api", "--port", str(port))
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        wait_until_ready(process, client)
        assert process.stderr is not None
        process.stderr.close()
        for _ in range(3):
            assert client.get("/v1/customers").status_code == 401
    process.terminate()
    assert process.wait(60) == 0
