"""Interims of RADIUS accounting per second, each durable before it is answered.

Sessions of different subscribers send interims, as a network does; every one is new and adds usage. A hundred wait for
their answer at a time. Over HTTP it is one server process, and as many connections as FreeRADIUS has threads.

    python -m benchmarks.radius 2000     # for fewer interims
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from adapters.bootstrap.accounting import AccountingDesk
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database, running_server
from benchmarks.http_api import served
from benchmarks.measurement import drop, note, report
from benchmarks.runs import found_base
from billing_core.usage.sessions.messages import Counter, Message
from commands.staff.operators import IssueApiKey, RegisterOperator
from commands.staff.sign_in import hashed
from commands.usage.accounting import Received

LEAST, IN_FLIGHT, CONNECTIONS = 2_500, 100, 32
SESSIONS, INTERVAL = 1_000, timedelta(minutes=5)
BEGUN = datetime.now(UTC) - timedelta(days=1)
NAME = "bench_radius"
INSERT_BARE = """
    INSERT INTO bare (server, session, kind, instant, seconds, bytes_in, bytes_out, happened_at, read_seconds, read_in,
        read_in_is_wide, read_out, read_out_is_wide, received_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def main(server_url: str, interims: int = 20_000) -> None:
    """Measure what is handed in by a hundred at a time, and bare rows of the same content."""
    url = create_database(server_url, NAME)
    app = found_base(url, 1, "19.90")
    bare = interims / _bare_seconds(url, interims)
    seconds = _seconds(AccountingDesk(app.store, app.tables), interims)
    note(f"{interims:,} interims in {seconds:.1f} s; {bare:,.0f} bare rows/s, a commit for each {IN_FLIGHT}")
    report("radius_interims", interims / seconds, "interims/s", LEAST)
    report("radius_interims_against_bare_inserts", interims / seconds, "interims/s", bare)
    clerk = origin_of_process("bench")
    app.bus.execute(RegisterOperator(operator="bench", name="Bench", roles=("radius",)), clerk)
    key = IssueApiKey(operator="bench", key="key", purpose="bench", secret_hash=hashed("secret"))
    app.bus.execute(key, origin_of_process("bench"))
    app.close()
    with served("api", url) as port:
        seconds = asyncio.run(_seconds_over_http(port, list(map(_request, _interims(interims, "S")))))
    report("radius_interims_over_http", interims / seconds, "interims/s", LEAST)
    drop(server_url, NAME)


def _interims(count: int, prefix: str = "B") -> Iterator[Received]:
    """Interims of sessions that are told apart by a prefix."""
    now = datetime.now(UTC)
    for number in range(count):
        turn, session = divmod(number, SESSIONS)
        seconds = (turn + 1) * int(INTERVAL.total_seconds())
        yield Received("radius", Message(
            "nas1", f"{prefix}{session}", "interim", BEGUN + timedelta(seconds=seconds), f"user{session}", "10.1.2.3",
            seconds, Counter((turn + 1) * 50_000_000, True), Counter((turn + 1) * 5_000_000, True),
        ), now)  # fmt: skip


def _seconds(desk: AccountingDesk, interims: int) -> float:
    """With as many unanswered messages at a time as FreeRADIUS has threads and connections."""
    waiting: deque[Future[None]] = deque()
    started = time.perf_counter()
    for received in _interims(interims, "T"):
        waiting.append(desk.submit(received))
        if len(waiting) >= IN_FLIGHT:
            waiting.popleft().result()
    for each in waiting:
        each.result()
    return time.perf_counter() - started


async def _seconds_over_http(port: int, requests: list[bytes]) -> float:
    left = iter(requests)

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in left:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 204"), head
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return time.perf_counter() - started


def _request(received: Received) -> bytes:
    """A message as FreeRADIUS sends it."""
    message = received.message
    values = {
        "Acct-Status-Type": "Interim-Update", "User-Name": message.subscriber, "NAS-Identifier": message.server,
        "NAS-IP-Address": "192.0.2.1", "NAS-Port": 7, "Framed-IP-Address": message.address, "Acct-Delay-Time": 0,
        "Acct-Session-Id": message.session, "Acct-Session-Time": message.seconds,
        "Acct-Output-Octets": message.bytes_in.value % 2**32, "Acct-Output-Gigawords": message.bytes_in.value // 2**32,
        "Acct-Input-Octets": message.bytes_out.value % 2**32, "Acct-Input-Gigawords": message.bytes_out.value // 2**32,
        "Event-Timestamp": message.at.strftime("%b %d %Y %H:%M:%S UTC"), "Calling-Station-Id": "00:00:5e:00:53:01",
    }  # fmt: skip
    body = json.dumps({name: {"type": "string", "value": [value]} for name, value in values.items()}).encode()
    head = (
        "POST /radius/accounting HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key.bench.key.secret\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _bare_seconds(url: str, interims: int) -> float:
    """A message a row, inserted as anybody would, in transactions of as many as are unanswered at a time."""
    rows = [
        (*message.identity, message.at, message.seconds, *message.bytes_in, *message.bytes_out, received_at)
        for _, message, received_at in _interims(interims)
    ]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (LIKE billing.access_messages INCLUDING ALL)")
        started = time.perf_counter()
        for first in range(0, len(rows), IN_FLIGHT):
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(INSERT_BARE, rows[first : first + IN_FLIGHT])
        seconds = time.perf_counter() - started
        connection.execute("DROP TABLE bare")
    return seconds


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as own_folder, running_server(Path(own_folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:2]))
