"""The queue of unmatched payments with 100,000 that wait: milliseconds until a page of it, and one with its guesses.

`python -m benchmarks.unmatched 10000 10000` for fewer customers and payments. The limit is 100 ms for each.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from adapters.bootstrap.application import Application
from adapters.bootstrap.initialising import initialise
from adapters.bootstrap.origins import origin_of_process
from adapters.demo import generated
from adapters.postgres.server import create_database, running_server
from adapters.views.query import Reading, queries
from adapters.views.remittances import ListRemittances, ShowRemittance, ShowRemittanceTotals
from benchmarks.measurement import drop, note, report
from billing_core.kernel.money import Money
from billing_core.payments.matching import MoneySigns, decide, sought
from billing_core.payments.matching_rules import MatchingRules
from billing_core.payments.remittances import RemittanceReceived, remittance_stream, sender_of
from commands.platform.batch import BatchReport
from commands.platform.ports import Append
from projections.platform.runner import LIVE_SCHEMA
from projections.remittances.candidates import candidates

CUSTOMERS = WAITING = 100_000
TODAY = date(2026, 3, 1)
FIRST_ACCOUNT = 100_001
CHUNK, MOVEMENTS = 1_000, 2_000
TURNS = 15
MOST_MILLISECONDS = 100
MOST_OF_A_CHUNK = 200


def main(server_url: str, customers: int = CUSTOMERS, waiting: int = WAITING) -> None:
    """The median of some turns of each question."""
    url = create_database(server_url, "bench_unmatched")
    initialise(url)
    application = Application(url)
    origin = origin_of_process("benchmark", TODAY)
    for command in generated.setup_commands(TODAY):
        application.bus.execute(command, origin_of_process("benchmark", TODAY))
    subscribers = generated.subscribers(customers, TODAY)
    application.onboarding().bring_in(subscribers, origin, BatchReport(), lambda count: None)
    chosen = random.Random(1)
    for first in range(0, waiting, CHUNK):
        numbers = range(first, min(first + CHUNK, waiting))
        appends = [_waiting(number, chosen, customers) for number in numbers]
        with application.store.transaction() as transaction:
            transaction.append(appends, [], origin_of_process("benchmark", TODAY))
    started = time.perf_counter()
    application.runner.catch_up()
    note(f"{time.perf_counter() - started:.0f} s to catch up")
    with application.tables.transaction(LIVE_SCHEMA) as cursor:
        cursor.execute("ANALYZE")
    reading = Reading(application, application.queries, TODAY, actor="benchmark")
    middle = f"{TODAY - timedelta(days=30)} bank:"
    for name, query in {
        "first_page": ListRemittances(limit=50), "page_in_the_middle": ListRemittances(limit=50, after=middle),
        "one_with_its_guesses": ShowRemittance(remittance="bank:7"), "totals": ShowRemittanceTotals(),
    }.items():  # fmt: skip
        _measure(f"unmatched_{name}", partial(queries()[type(query)], query, reading), MOST_MILLISECONDS)
    _measure("unmatched_chunk_looked_up", lambda: _matched(application, customers), MOST_OF_A_CHUNK)
    application.close()
    drop(server_url, "bench_unmatched")


def _measure(name: str, ask: Callable[[], object], limit: int) -> None:
    seconds = []
    for _ in range(TURNS):
        started = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - started)
    report(name, 1e3 * median(seconds), "ms", limit)


def _waiting(number: int, chosen: random.Random, customers: int) -> Append:
    """Money with two digits of an account's number exchanged, from one of some thousand payers."""
    account = list(str(FIRST_ACCOUNT + chosen.randrange(customers)))
    place = chosen.randrange(2, 5)
    account[place], account[place + 1] = account[place + 1], account[place]
    name = f"bank:{number}"
    fact = RemittanceReceived(
        effective_on=TODAY - timedelta(days=chosen.randrange(60)), sender=sender_of(name), source="bank",
        reference=str(number), amount=Money(Decimal("19.90"), generated.CURRENCY),
        payment_reference="".join(account), payer="Krumina Ilze", payer_account=f"{chosen.randrange(5_000) + 1}/0800",
        message="internet",
    )  # fmt: skip
    return Append(remittance_stream(name), 0, [fact])


def _matched(application: Application, customers: int) -> int:
    """A chunk of movements of a statement climbs the ladder with one look-up; how many find their account."""
    rules = MatchingRules()
    amount = Money(Decimal("19.90"), generated.CURRENCY)
    money = [
        MoneySigns(amount=amount, payment_reference=f"A{FIRST_ACCOUNT + number % customers}", payer_account="1/0800")
        for number in range(MOVEMENTS)
    ]
    keys = {key for each in money for key in sought(each, rules)}
    with application.tables.transaction(LIVE_SCHEMA) as cursor:
        found = candidates(cursor, keys)
    return sum(decide(each, rules, found).account is not None for each in money)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:]))
