"""The search for anything at 100,000 customers with a payment and a ticket each: milliseconds until it is answered.

`python -m benchmarks.find_anything 10000` for a smaller base. The limit is 200 ms, the most that is accepted.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import get_args

from adapters.bootstrap.application import Application
from adapters.bootstrap.initialising import initialise
from adapters.bootstrap.origins import origin_of_process
from adapters.demo import generated
from adapters.postgres.server import create_database, running_server
from benchmarks.made_tickets import CHUNK, write_ended
from benchmarks.measurement import drop, note, report
from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentReceived
from commands.platform.batch import BatchReport
from commands.platform.ports import Append
from projections.platform.runner import LIVE_SCHEMA
from projections.search.hit import HitKind, Sought
from projections.search.hits import find

CUSTOMERS = 100_000
TODAY = date(2026, 1, 1)
TURNS = 15
MOST_HITS = 10
MOST_MILLISECONDS = 200
SEARCHES = {
    "whole_name": "Ilze Krumina",
    "name_with_a_slip": "Ilse Kurmina",
    "name_in_other_letters": "Sokolova",
    "beginning_of_a_name": "ber",
    "two_letters": "be",
    "address": "Skolas iela 17 Mezgals",
    "word_of_every_customer": "iela",
    "word_of_every_ticket": "light",
    "number": "A150000",
    "beginning_of_a_number": "1000",
    "variable_symbol": "7000150000",
    "service_of_every_customer": "internet",
    "ticket": "T-50000",
    "nobody": "Xylophon",
}


def main(server_url: str, customers: int = CUSTOMERS) -> None:
    """The median of some turns of each search."""
    url = create_database(server_url, "bench_find_anything")
    initialise(url)
    application = Application(url)
    origin = origin_of_process("benchmark", TODAY)
    for command in generated.setup_commands(TODAY):
        application.bus.execute(command, origin_of_process("benchmark", TODAY))
    application.onboarding().bring_in(
        generated.subscribers(customers, TODAY), origin, BatchReport(), lambda count: None
    )
    for _ in write_ended(application, customers, customers):
        pass
    for appends in _payments(application, customers):
        with application.store.transaction() as transaction:
            transaction.append(appends, [], origin_of_process("benchmark", TODAY))
    started = time.perf_counter()
    application.runner.catch_up()
    note(f"{time.perf_counter() - started:.0f} s to catch up")
    with application.tables.transaction(LIVE_SCHEMA) as cursor:
        cursor.execute("ANALYZE")
    for name, text in SEARCHES.items():
        seconds, found = [], 0
        for _ in range(TURNS):
            turn_started = time.perf_counter()
            with application.tables.transaction(LIVE_SCHEMA) as cursor:
                found = len(find(cursor, Sought(text, MOST_HITS, TODAY), get_args(HitKind)))
            seconds.append(time.perf_counter() - turn_started)
        note(f"{text!r} finds {found}")
        report(f"find_anything_{name}", 1e3 * median(seconds), "ms", MOST_MILLISECONDS)
    application.close()
    drop(server_url, "bench_find_anything")


def _payments(application: Application, customers: int) -> Iterator[list[Append]]:
    """A payment of each account."""
    for first in range(100_001, 100_001 + customers, CHUNK):
        numbers = range(first, min(first + CHUNK, 100_001 + customers))
        versions = application.store.versions([f"account/A{number}" for number in numbers])
        yield [
            Append(stream, version, [_payment(stream.removeprefix("account/A"))])
            for stream, version in versions.items()
        ]


def _payment(number: str) -> PaymentReceived:
    amount = Money(Decimal("19.90"), generated.CURRENCY)
    return PaymentReceived(
        effective_on=TODAY, customer=number, source="bank", reference=f"R{number}", amount=amount,
        payment_reference=f"7000{number}",
    )  # fmt: skip


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:]))
