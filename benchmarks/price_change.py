"""A back-dated price change: every account was charged beyond its date, so all of them are credited and charged again.

Measured is the whole of it, end to end with read models caught up: the revision is scheduled, which notes on every
account what is to be compared, and the billing run after it posts the differences. The limit is a raw COPY, in the same
database, of exactly the rows that this wrote.

    python -m benchmarks.price_change 2000     # a smaller base
"""

from __future__ import annotations

import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database, running_server
from benchmarks.billing_run import prepare
from benchmarks.measurement import drop, note, report
from benchmarks.runs import copy_seconds, run_once, transaction_now
from commands.price_changes.announced import PriceChange

VALID_FROM, TODAY, UNTIL = date(2026, 1, 16), date(2026, 1, 20), date(2026, 1, 21)
CHANGE = PriceChange("price change", "internet", VALID_FROM, {"fee": Decimal("22.90")})


def main(server_url: str, accounts: int = 100_000) -> None:
    """A base whose month is charged; then its price changes in the middle of that month."""
    name = f"bench_price_change_{accounts}"
    url = create_database(server_url, name)
    prepare(url, accounts)
    mark = transaction_now(url)
    noted = schedule(url, accounts)
    ran = run_once(url, UNTIL)
    assert ran.bills == accounts, ran
    note(f"noted on {accounts} accounts in {noted:.1f} s, differences posted in {ran.seconds:.1f} s")
    report("price_change_accounts", accounts / (noted + ran.seconds), "accounts/s", accounts / copy_seconds(url, mark))
    drop(server_url, name)


def schedule(url: str, accounts: int) -> float:
    """Seconds to schedule the change, until the read models show it."""
    application = Application(url)
    started = time.perf_counter()
    scheduled = application.price_change_run().schedule(
        [CHANGE], origin_of_process("benchmark", TODAY), lambda done: None
    )
    application.runner.catch_up()
    seconds = time.perf_counter() - started
    application.close()
    assert scheduled.accounts == accounts, scheduled
    return seconds


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:2]))
