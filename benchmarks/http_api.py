"""The HTTP API at full load: the read of a balance with sign-in and permission, and a payment.

The read is compared to a bare endpoint of the same framework that makes the same one query and asks nobody who he is;
the payment, answered by a process for each core, to the bus's own durable commands, given in a loop by eight threads.
Servers are processes of their own; the client sends prepared bytes over connections that are kept open, and reads
answers by their length.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from asyncio import to_thread
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import count
from statistics import median
from subprocess import DEVNULL, PIPE

from fastapi import FastAPI, Request, Response

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.http.answers import as_body
from adapters.http.arrivals import Arrivals
from adapters.http.listening import bound, listen
from adapters.http.logs import log_as_json
from adapters.http.server import http_application
from adapters.postgres.server import create_database
from benchmarks.billing_run import prepare
from benchmarks.command_client import ACCOUNTS
from benchmarks.measurement import drop, note, report
from billing_core.kernel.money import Money
from commands.payments.account import ReceivePayment
from commands.staff.operators import IssueApiKey, RegisterOperator
from commands.staff.sign_in import hashed
from projections.accounts.balances import account_named

REQUESTS, COMMANDS, ROUNDS = 6_000, 3_000, 3
CONNECTIONS, THREADS = 16, 8
HEAD = (
    "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key.bench.key.secret\r\n"
    "Content-Length: {length}\r\n\r\n"
)
PAYMENTS = count()

Requests = Iterator[bytes]


def main(server_url: str) -> None:
    """Rounds of reads and payments, each beside its limit."""
    url = create_database(server_url, "bench_http")
    prepare(url, ACCOUNTS)
    numbers = [f"{number:08}" for number in range(ACCOUNTS)]
    application = Application(url)
    application.runner.catch_up()
    let_in(application)
    with served("api", url) as api, served("bare", url) as bare:
        reads = _rounds(lambda port: asked(port, _reads(numbers)), {"api": api, "bare": bare})
        report("http_read_of_a_balance", reads["api"], "requests/s", reads["bare"])
    with served("api", url, os.cpu_count() or 1) as api:
        given = [(asked(api, _payments(numbers)), _given(application, numbers)) for _ in range(ROUNDS)]
        note(", ".join(f"over HTTP {over_http:.0f}/s, by the bus {bus:.0f}/s" for over_http, bus in given))
        over_http, by_bus = (median(rates) for rates in zip(*given, strict=True))
        report("http_payment", over_http, "payments/s", by_bus)
    application.close()
    drop(server_url, "bench_http")


def let_in(application: Application) -> None:
    """An administrator with the key that the requests are signed in by."""
    register = RegisterOperator(operator="bench", name="Bench", roles=("administrator",))
    application.bus.execute(register, origin_of_process("bench"))
    key = IssueApiKey(operator="bench", key="key", purpose="bench", secret_hash=hashed("secret"))
    application.bus.execute(key, origin_of_process("bench"))


def _rounds(rate: Callable[[int], float], ports: dict[str, int]) -> dict[str, float]:
    found: dict[str, list[float]] = {name: [] for name in ports}
    for _ in range(ROUNDS):
        for name, port in ports.items():
            found[name].append(rate(port))
        note(", ".join(f"{name} {rates[-1]:.0f}/s" for name, rates in found.items()))
    return {name: median(rates) for name, rates in found.items()}


def balance_read(numbers: list[str], turn: int) -> bytes:
    """The request for the balance of another account at each turn."""
    return _request("GET", f"/v1/accounts/{numbers[turn * 7919 % len(numbers)]}/balance")


def payment(numbers: list[str], turn: int) -> bytes:
    """The request of a payment that was never given, into another account at each turn."""
    fields = {"source": "http", "reference": str(next(PAYMENTS)), "amount": "1.00", "currency": "EUR",
              "received_on": str(date(2026, 1, 2))}  # fmt: skip
    return _request("POST", f"/v1/accounts/{numbers[turn * 7919 % len(numbers)]}/payments", json.dumps(fields))


def _reads(numbers: list[str]) -> Requests:
    return (balance_read(numbers, turn) for turn in range(REQUESTS))


def _payments(numbers: list[str]) -> Requests:
    return (payment(numbers, turn) for turn in range(COMMANDS))


def _request(method: str, path: str, body: str = "") -> bytes:
    return (HEAD.format(method=method, path=path, length=len(body)) + body).encode()


def asked(port: int, requests: Requests) -> float:
    """Answers per second over all connections; one that is not of the 200s ends the benchmark."""
    return asyncio.run(_asked(port, list(requests)))


async def _asked(port: int, requests: list[bytes]) -> float:
    left = iter(requests)

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in left:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.split()[1].startswith(b"20"), head
            await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split()[0]))
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return len(requests) / (time.perf_counter() - started)


def _given(application: Application, numbers: list[str]) -> float:
    """The same payments, given to the bus by threads of this process."""

    def give(turn: int) -> None:
        amount, reference = Money(Decimal("1.00"), "EUR"), str(next(PAYMENTS))
        account = numbers[turn * 7919 % len(numbers)]
        given = ReceivePayment(account=account, source="bus", reference=reference, amount=amount,
                                 received_on=date(2026, 1, 2))  # fmt: skip
        application.bus.execute(given, origin_of_process("bench"))

    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(give, range(COMMANDS)))
    return COMMANDS / (time.perf_counter() - started)


@contextmanager
def served(kind: str, url: str, processes: int = 1) -> Iterator[int]:
    """A server of so many processes; its port."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.http_api", kind, url, str(port)]
    # Standard error is where its log goes, line by line.
    started = [subprocess.Popen(command, stdout=PIPE, stderr=DEVNULL) for _ in range(processes)]
    try:
        for process in started:
            assert process.stdout is not None and process.stdout.readline(), "the server did not start"
        yield port
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(60)


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Return when a server listens on a port."""
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not start")


def bare(application: Application) -> FastAPI:
    """One endpoint with the query of a balance, and nothing else."""
    api = FastAPI()
    api.state.arrivals = Arrivals(application.log)  # Who listens sends its readers away at the end: here is none.

    def find(number: str) -> bytes:
        with application.queries.cursor() as cursor:
            return as_body(account_named(cursor, number))

    async def balance(request: Request) -> Response:
        body = await to_thread(find, request.path_params["account"])
        return Response(body, media_type="application/json")

    api.add_route("/v1/accounts/{account}/balance", balance)
    return api


def _serve(kind: str, url: str, port: int) -> None:
    log_as_json()
    application = Application(url)
    api = http_application(application) if kind == "api" else bare(application)
    with bound("127.0.0.1", port, is_shared=True) as listener:
        print("listens", flush=True)
        listen(api, listener)


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2], int(sys.argv[3]))
