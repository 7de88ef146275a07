"""Memory of a server whose feed 10,000 readers wait at, and how long until each has the next event.

Each reader has a connection of its own and asks by an API key; a process of its own serves them. `python -m
benchmarks.idle_readers 1000` is a smaller one.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from adapters.bootstrap.application import Application
from adapters.bootstrap.initialising import initialise
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database, running_server
from benchmarks.measurement import drop, note, report
from billing_core.parties.customers import Customer
from billing_core.staff.roles import ADMINISTRATOR
from commands.parties import RegisterCustomer
from commands.staff.operators import IssueApiKey, RegisterOperator
from commands.staff.sign_in import hashed

READERS = 10_000
MOST_MEGABYTES = 500
MOST_SECONDS = 60
AT_ONCE = 50
NAME = "bench_idle_readers"


def main(server_url: str, readers: int = READERS) -> None:
    """Let them wait, look at the memory, and write one event."""
    url = create_database(server_url, NAME)
    initialise(url)
    app = Application(url)
    app.bus.execute(RegisterOperator(operator="reader", name="Reader", roles=(ADMINISTRATOR,)), origin_of_process())
    issued = IssueApiKey(operator="reader", key="bench", purpose="bench", secret_hash=hashed("secret"))
    app.bus.execute(issued, origin_of_process())
    app.runner.catch_up()
    port = _free_port()
    arguments = ["-c", "from adapters.cli import main; main()", "serve", "--only", "api", "--port", str(port)]
    server = subprocess.Popen([sys.executable, *arguments], env=os.environ | {"BILLING_DATABASE_URL": url},
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        asyncio.run(_measure(app, server.pid, port, readers))
    finally:
        server.terminate()
        server.wait()
        app.close()
        drop(server_url, NAME)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


async def _measure(app: Application, pid: int, port: int, readers: int) -> None:
    await _listening(port)
    process, after = psutil.Process(pid), app.log.newest_position()
    note(f"{process.memory_info().rss / 1e6:.0f} MB before")
    turn, began = asyncio.Semaphore(AT_ONCE), time.perf_counter()
    waiting = [asyncio.create_task(_read(port, after, turn)) for _ in range(readers)]
    while turn.locked() or process.num_fds() < readers:
        await asyncio.sleep(0.2)
    await asyncio.sleep(5)
    note(f"{readers:,} wait after {time.perf_counter() - began:.0f} s")
    report(f"idle_readers_{readers}_memory", process.memory_info().rss / 1e6, "MB", MOST_MEGABYTES)
    customer = RegisterCustomer(customer=Customer(number="C1", kind="person", name="Anna"))
    await asyncio.to_thread(app.bus.execute, customer, origin_of_process())
    began = time.perf_counter()
    answers = await asyncio.gather(*waiting)
    assert all(b'"customer-registered"' in answer for answer in answers)
    report(f"idle_readers_{readers}_woken", time.perf_counter() - began, "s", MOST_SECONDS)


async def _listening(port: int) -> None:
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.1)


async def _read(port: int, after: int, turn: asyncio.Semaphore) -> bytes:
    async with turn:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"GET /v1/events?after={after}&wait=300 HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
            "Authorization: Bearer key.reader.bench.secret\r\n\r\n".encode()
        )
        await writer.drain()
        await asyncio.sleep(0.1)  # As many as the server can take in.
    answer = await reader.read()
    writer.close()
    return answer


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as url_of_server:
        main(url_of_server, *map(int, sys.argv[1:]))
