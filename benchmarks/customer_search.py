"""Searches for customers at 100,000 customers: milliseconds until the first page is there, with the count of the rest.

`python -m benchmarks.customer_search 10000` for a smaller base. The limit is 100 ms, the most that is accepted.
"""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from adapters.bootstrap.application import Application
from adapters.bootstrap.initialising import initialise
from adapters.bootstrap.origins import origin_of_process
from adapters.demo import generated
from adapters.postgres.server import create_database, running_server
from benchmarks.measurement import drop, note, report
from commands.platform.batch import BatchReport
from projections.parties import count_customers, list_customers
from projections.platform.runner import LIVE_SCHEMA

CUSTOMERS = 100_000
TODAY = date(2026, 1, 1)
TURNS = 15
PAGE = 50
MOST_MILLISECONDS = 100
SEARCHES = {
    "whole_name": "Ilze Krumina",
    "name_with_a_slip": "Ilse Kurmina",
    "family_name": "Соколова",
    "beginning_of_a_name": "ber",
    "address": "Skolas iela 17 Mezgals",
    "word_of_every_customer": "iela",
    "email": "customer-00050000@mail.example",
    "number": "00050000",
    "nobody": "Xylophon",
}


def main(server_url: str, customers: int = CUSTOMERS) -> None:
    """The median of some turns of each search."""
    url = create_database(server_url, "bench_customer_search")
    initialise(url)
    application = Application(url)
    origin = origin_of_process("benchmark", TODAY)
    for command in generated.setup_commands(TODAY):
        application.bus.execute(command, origin_of_process("benchmark", TODAY))
    started = time.perf_counter()
    application.onboarding().bring_in(
        generated.subscribers(customers, TODAY), origin, BatchReport(), lambda count: None
    )
    brought_in = time.perf_counter()
    application.runner.catch_up()
    note(f"{brought_in - started:.0f} s to bring in {customers} subscribers, "
         f"{time.perf_counter() - brought_in:.0f} s to catch up")  # fmt: skip
    with application.tables.transaction(LIVE_SCHEMA) as cursor:
        cursor.execute("ANALYZE customers")
    for name, text in SEARCHES.items():
        seconds, found = [], 0
        for _ in range(TURNS):
            turn_started = time.perf_counter()
            with application.tables.transaction(LIVE_SCHEMA) as cursor:
                found = len(list_customers(cursor, text, PAGE))
                if found == PAGE:
                    found = count_customers(cursor, text)
            seconds.append(time.perf_counter() - turn_started)
        note(f"{text!r} finds {found}")
        report(f"customer_search_{name}", 1e3 * median(seconds), "ms", MOST_MILLISECONDS)
    application.close()
    drop(server_url, "bench_customer_search")


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:]))
