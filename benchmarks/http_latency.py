"""How long a program waits for the balance of one of 100,000 customers at 500 a second, and for a payment at 200.

Each request is signed in by an API key and asks whether the roles permit it. Turn about the reads go to a bare endpoint
of the same framework, which makes the same one query and asks nobody who he is. Servers are processes of their own, and
nobody keeps read models up to date meanwhile. Also: the last page but one of a list against the first one, and what the
check of a permission takes. `python -m benchmarks.http_latency 2000` for fewer customers.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from adapters.bootstrap.application import Application
from adapters.bootstrap.operations import permissions
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database, running_server
from benchmarks.billing_run import prepare
from benchmarks.http_api import balance_read, let_in, payment, served
from benchmarks.measurement import drop, note, report
from benchmarks.pace import Waits, paced
from billing_core.staff.roles import READY_ROLES, permits
from commands.staff.operators import RegisterOperator

CUSTOMERS, SECONDS, ROUNDS = 100_000, 10, 3
READS_PER_SECOND, MOST_OF_A_READ = 500, 15.0
PAYMENTS_PER_SECOND, MOST_OF_A_PAYMENT = 200, 40.0
CONNECTIONS = 16
NAME = "bench_http_latency"
PAGE, TURNS, MOST_OF_A_LATER_PAGE = 50, 21, 1.5
CHECKS, MOST_OF_A_CHECK = 20_000, 20.0


def main(server_url: str, customers: int = CUSTOMERS) -> None:
    """Rounds at each pace, each p99 beside the most that is accepted."""
    url = create_database(server_url, NAME)
    prepare(url, customers)
    application = Application(url)
    application.runner.catch_up()
    let_in(application)
    numbers = [f"{number:08}" for number in range(customers)]
    with served("api", url) as api, served("bare", url) as bare:
        reads, bares, payments = [], [], []
        for port in (api, bare):
            _read(port, numbers, 2)  # It warms up.
        _pay(api, numbers, 2)
        for _ in range(ROUNDS):
            reads.append(_read(api, numbers, SECONDS))
            bares.append(_read(bare, numbers, SECONDS))
            payments.append(_pay(api, numbers, SECONDS))
            note(f"read {reads[-1]}, bare {bares[-1]}, payment {payments[-1]}")
        read, bare_read = (median(each.p99 for each in waits) for waits in (reads, bares))
        name = f"http_balance_p99_at_{READS_PER_SECOND}_per_second"
        report(name, read, "ms", MOST_OF_A_READ)
        report(f"{name}_against_bare", read, "ms", bare_read)
        report(f"http_payment_p99_at_{PAYMENTS_PER_SECOND}_per_second", median(each.p99 for each in payments), "ms",
               MOST_OF_A_PAYMENT)  # fmt: skip
        _pages(api, numbers)
    _check(application)
    application.close()
    drop(server_url, NAME)


def _read(port: int, numbers: list[str], seconds: int) -> Waits:
    requests = [balance_read(numbers, turn) for turn in range(READS_PER_SECOND * seconds)]
    return paced(port, requests, READS_PER_SECOND, CONNECTIONS, b'"balance"')


def _pay(port: int, numbers: list[str], seconds: int) -> Waits:
    requests = [payment(numbers, turn) for turn in range(PAYMENTS_PER_SECOND * seconds)]
    return paced(port, requests, PAYMENTS_PER_SECOND, CONNECTIONS, b'"position"')


def _pages(port: int, numbers: list[str]) -> None:
    """The list of customers from the beginning and from the last but one page, turn about; medians in milliseconds."""
    headers = {"Authorization": "Bearer key.bench.key.secret"}
    found: dict[str, list[float]] = {"": [], numbers[-2 * PAGE]: []}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        for _ in range(TURNS):
            for after, took in found.items():
                started = time.perf_counter()
                answer = client.get("/v1/customers", params={"limit": PAGE, "after": after})
                took.append(1_000 * (time.perf_counter() - started))
                assert len(answer.json()["items"]) == PAGE, answer.text
    first, last = (median(took) for took in found.values())
    note(f"first page {first:.1f} ms, one at the end {last:.1f} ms")
    report("http_last_page_to_first", last / first, "times", MOST_OF_A_LATER_PAGE)


def _check(application: Application) -> None:
    """Microseconds in which one permission after the other is checked for who has the longest of the ready roles."""
    role = max(READY_ROLES, key=lambda code: len(READY_ROLES[code]))
    register = RegisterOperator(operator="checked", name="Checked", roles=(role,))
    application.bus.execute(register, origin_of_process("bench"))
    rights = application.rights.of("checked")
    permitted = [each for each in permissions() if permits(READY_ROLES[role], each)]
    started = time.perf_counter()
    for turn in range(CHECKS):
        rights.require(permitted[turn % len(permitted)])
    took = 1e6 * (time.perf_counter() - started) / CHECKS
    report("permission_check", took, "us", MOST_OF_A_CHECK)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:2]))
