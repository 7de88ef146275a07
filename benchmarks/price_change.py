"""A back-dated price change: every account was charged beyond its date, so all of them are credited and charged again.

Measured is the whole of it, end to end with read models caught up: the revision is scheduled, which notes on every
account what is to be compared, and the billing run after it posts the differences. The limit is a raw COPY, in the same
database, of exactly the rows that this wrote into empty tables of the same definition with the same indexes.

    python -m benchmarks.price_change 2000     # a smaller base
"""

from __future__ import annotations

import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from adapters.bootstrap import Application, origin_of_process
from adapters.postgres.server import create_database, running_server
from benchmarks.billing_run import copy_seconds, prepare
from benchmarks.measurement import drop, note, report
from commands.price_changes.announced import PriceChange

VALID_FROM, TODAY, UNTIL = date(2026, 1, 16), date(2026, 1, 20), date(2026, 1, 21)
WRITTEN = {
    "billing.events": "position > %(mark)s",
    "live.charges": "from_on = %(on)s",
    "live.documents": "issued_on = %(issued)s",
    "live.accounts": "true",
    "live.account_states": "true",
    "live.events_by_actor": "position > %(mark)s",
}


def main(server_url: str, accounts: int = 100_000) -> None:
    """A base whose month is charged; then its price changes in the middle of that month."""
    name = f"bench_price_change_{accounts}"
    url = create_database(server_url, name)
    prepare(url, accounts)
    mark = _last_position(url)
    application = Application(url)
    started = time.perf_counter()
    change = PriceChange("price change", "internet", VALID_FROM, {"monthly": Decimal("22.90")})
    run = application.price_change_run()
    scheduled = run.schedule([change], origin_of_process("benchmark", TODAY), lambda done: None)
    noted = time.perf_counter() - started
    with application.billing_run(UNTIL) as billing_run:
        totals = billing_run.run(UNTIL, origin_of_process("benchmark", TODAY), lambda bills: None)
    seconds = time.perf_counter() - started
    application.close()
    assert scheduled.accounts == totals.credit_notes == accounts, (scheduled, totals)
    note(f"noted on {accounts} accounts in {noted:.1f} s, differences posted in {seconds - noted:.1f} s")
    copied = copy_seconds(
        url, WRITTEN, {"mark": mark, "on": f"'{VALID_FROM}'", "issued": f"'{UNTIL - date.resolution}'"}
    )
    report("price_change_accounts", accounts / seconds, "accounts/s", accounts / copied)
    drop(server_url, name)


def _last_position(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT max(position) FROM billing.events").fetchone()
        assert row is not None
        return int(row[0])


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:2]))
