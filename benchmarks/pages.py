"""Every page of the back office at 100,000 customers with two years: milliseconds of the server for one reader.

`python -m benchmarks.pages 10000` for a smaller base. The limit is 150 ms, the most that is accepted; pages above it
are noted with their own figure. Files to take away, such as PDF and CSV, are no pages and are left out,
as is what is not shown just now; each of them is noted.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from fastapi.testclient import TestClient

from adapters.bootstrap.application import Application
from adapters.postgres.server import running_server
from benchmarks.customer_card import signed_in
from benchmarks.many_books import many_books
from benchmarks.measurement import note, report
from tests.page_addresses import addresses

CUSTOMERS, TURNS, MOST_MILLISECONDS = 100_000, 7, 150


def main(server_url: str, customers: int = CUSTOMERS) -> None:
    """The 95th percentile of all turns of all pages."""
    with many_books(server_url, "bench_pages", customers) as url:
        application = Application(url)
        measure(application)
        application.close()


def measure(application: Application) -> None:
    """Each page some times, after one turn that fills what is kept."""
    client, taken = signed_in(application), dict[str, list[float]]()
    for address in addresses(application):
        answer = client.get(address)
        if answer.status_code != 200 or "text/html" not in answer.headers["content-type"]:
            note(f"{address}: left out, answered {answer.status_code} {answer.headers.get('content-type', '')}")
            continue
        taken[address] = [_milliseconds(client, address) for _ in range(TURNS)]
    slow = {address: median(turns) for address, turns in taken.items() if median(turns) > MOST_MILLISECONDS}
    for address, milliseconds in sorted(slow.items(), key=lambda each: -each[1]):
        note(f"{address}: {milliseconds:.0f} ms")
    note(f"{len(taken)} pages, {len(slow)} of them above {MOST_MILLISECONDS} ms")
    every = [each for turns in taken.values() for each in turns]
    report("pages_p95", quantiles(every, n=20)[-1], "ms", MOST_MILLISECONDS)


def _milliseconds(client: TestClient, address: str) -> float:
    started = time.perf_counter()
    client.get(address)
    return 1_000 * (time.perf_counter() - started)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:]))
