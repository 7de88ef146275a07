"""How long after its commit an event is in the read models, at 200 commands/s.

Payments arrive at a steady pace from four clients, whether or not those before are shown yet. A process of its own
keeps the read models by polling, as in a long run; nobody wakes it. A second connection asks again and again how far
they are: the first answer at or beyond a command's position ends its wait.
"""

from __future__ import annotations

import random
import time
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Event
from typing import NamedTuple

import psycopg

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.processes.background import kept_up_to_date
from benchmarks.measurement import note, report
from billing_core.kernel.money import Money
from commands.payments.account import ReceivePayment
from commands.platform.identity import new_id

COMMANDS_PER_SECOND = 200
CLIENTS = 4
SECONDS = 20
MOST_MILLISECONDS = 150
ASK_SECONDS = 0.002
TODAY = date(2026, 1, 20)


class Seen(NamedTuple):
    """How far the read models were at an instant."""

    position: int
    at: float


def main(url: str, seconds: int = SECONDS) -> None:
    """Latencies of all commands; the first second warms up and is not counted."""
    runner = Application(url).runner
    runner.catch_up()
    ended = Event()
    with kept_up_to_date(url, runner), ThreadPoolExecutor(CLIENTS + 1) as threads:
        watching = threads.submit(_watch, url, ended)
        starts_at = time.perf_counter() + 1
        clients = [threads.submit(_client, url, number, starts_at, seconds) for number in range(CLIENTS)]
        commits = sorted(commit for client in clients for commit in client.result())
        time.sleep(1)
        ended.set()
        seen = watching.result()
    counted = [commit for commit in commits if commit.at > starts_at + 1]
    positions = [one.position for one in seen]
    latencies = sorted(1_000 * (seen[bisect_left(positions, one.position)].at - one.at) for one in counted)
    rate = (len(counted) - 1) / (max(one.at for one in counted) - min(one.at for one in counted))
    note(f"latency at {rate:.0f} commands/s: median {_percentile(latencies, 50):.0f} ms, worst {latencies[-1]:.0f} ms")
    report(f"latency_p99_at_{COMMANDS_PER_SECOND}_per_second", _percentile(latencies, 99), "ms", MOST_MILLISECONDS)


def _percentile(ordered: list[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _watch(url: str, ended: Event) -> list[Seen]:
    seen = [Seen(0, 0.0)]
    with psycopg.connect(url, autocommit=True) as connection:
        while not ended.is_set():
            row = connection.execute(
                "SELECT min(position) FROM billing.checkpoints WHERE schema_name = 'live'", prepare=True
            ).fetchone()
            assert row is not None
            if row[0] > seen[-1].position:
                seen.append(Seen(row[0], time.perf_counter()))
            time.sleep(ASK_SECONDS)
    return seen


def _client(url: str, number: int, starts_at: float, seconds: int) -> list[Seen]:
    """Send a command at each of its turns; what each was answered, and when."""
    application, clerk, chosen = Application(url), origin_of_process("benchmark", TODAY), random.Random(number)
    with psycopg.connect(url) as connection:
        accounts = [row[0] for row in connection.execute("SELECT number FROM live.accounts ORDER BY 1")]
    commits = []
    for turn in range(COMMANDS_PER_SECOND * seconds // CLIENTS):
        due_at = starts_at + (turn * CLIENTS + number) / COMMANDS_PER_SECOND
        time.sleep(max(0.0, due_at - time.perf_counter()))
        identity = new_id()
        command = ReceivePayment(
            account=chosen.choice(accounts),
            source="latency",
            reference=str(identity),
            amount=Money(Decimal("0.01"), "EUR"),
        )
        answer = application.bus.execute(command, clerk._replace(command_id=identity, correlation_id=identity))
        commits.append(Seen(answer.position, time.perf_counter()))
    application.close()
    return commits
