"""Stored records rated: as their batches are booked on accounts, again by the same price list, and billed.

Files of 100,000 calls of a month, 0.1 % broken and 1 % sent before, for so many subscribers with 600 free seconds each.

    python -m benchmarks.usage_rating 2 2000     # for two files, and fewer subscribers
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database, running_server
from adapters.processes.background import collect_rarely
from benchmarks.measurement import drop, note, report
from benchmarks.runs import ACTIVATED_ON, bring_in, found_seller, publish, tidy
from benchmarks.usage import file_of, received
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Destinations
from billing_core.catalogue.unit_packages import UnitPackage
from billing_core.time.period_rules import MONTHLY
from billing_core.usage.price_lists.lists import DestinationPrice, PriceList, PriceListTerms
from billing_core.usage.price_lists.versions import ListedAs
from commands.onboarding import NewSubscription
from commands.platform.progress import unwatched

AGAIN_PER_SECOND, BILLED_PER_SECOND = 1_000_000, 2_000
MOST_BYTES = 2**30
BILLED_ON = date(2026, 7, 1)
TERMS = PriceListTerms(code="calls", name="Calls", currency="EUR", unit="minute", zone="UTC")
PREFIXES = 1_000


def main(server_url: str, files: int = 10, subscribers: int = 20_000) -> None:
    """Receive all files, then book them, rate them again, and bill every subscriber."""
    collect_rarely()  # As the worker does.
    url = create_database(server_url, "bench_usage_rating")
    application = _found(url, subscribers)
    with TemporaryDirectory(prefix="billing-bench-") as folder:
        made = [file_of(Path(folder), turn, subscribers) for turn in range(files)]
        for path in made:
            received(application, "one", path)
    tidy(url)
    ((records,),) = _select(url, "SELECT count(*) FROM billing.usage_rows")
    note(f"{records} records of {subscribers} subscribers")
    began = time.perf_counter()
    application.usage_import().book_unbooked(origin_of_process("benchmark", BILLED_ON), unwatched)
    seconds = time.perf_counter() - began
    report("usage_records_booked_and_rated", records / seconds, "records/s", AGAIN_PER_SECOND)
    tidy(url)
    began, processor = time.perf_counter(), time.process_time()
    again = application.rating_again().run("", ACTIVATED_ON, origin_of_process("benchmark", BILLED_ON), unwatched)
    seconds = time.perf_counter() - began
    note(f"again: {time.process_time() - processor:.2f} s of its program's processor time in {seconds:.2f} s")
    assert (again.accounts, again.changed) == (subscribers, 0), again
    report("usage_records_rated_again", records / seconds, "records/s", AGAIN_PER_SECOND)
    tidy(url)
    application.runner.catch_up()
    began = time.perf_counter()
    with application.billing_run(BILLED_ON) as run:
        totals = run.run(BILLED_ON, origin_of_process("benchmark", BILLED_ON), unwatched)
    report("accounts_with_rated_usage_billed", totals.bills / (time.perf_counter() - began), "accounts/s",
           BILLED_PER_SECOND)  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024
    report("usage_rating_peak_memory", peak / 2**20, "MB", MOST_BYTES / 2**20)
    application.close()
    drop(server_url, "bench_usage_rating")


def _found(url: str, subscribers: int) -> Application:
    application = found_seller(url)
    price = (Decimal("0.05"),)
    rows = tuple(
        DestinationPrice(prefix=f"420{number:03}", destination=f"D{number % 50}", group="national", prices=price)
        for number in range(100, PREFIXES)
    )
    other = DestinationPrice(prefix="", destination="Other", prices=price)
    listed = PriceList(terms=TERMS, valid_from_on=ACTIVATED_ON, rows=(*rows, other))
    application.price_lists.publish(listed, ListedAs(), origin_of_process("benchmark", ACTIVATED_ON))
    free = UnitPackage(code="free", units=600, groups=("national",))
    pricing = Destinations(price_list="calls", packages=(free,))
    publish(application, "internet", "19.90", MONTHLY, [
        Usage(code="calls", name="Calls", vat_rate=Decimal(20), pricing=pricing)
    ])  # fmt: skip
    alike = NewSubscription(code="S1", tariff="internet", activated_on=ACTIVATED_ON)
    bring_in(application, [alike] * subscribers)
    return application


def _select(url: str, statement: str) -> list[tuple[int, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement.encode()).fetchall()


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as server:
        main(server, *map(int, sys.argv[1:]))
