"""Loading an account of 600 events against one of 20: no more than twice as long.

Both accounts get payments until they have so many events, then the read models catch up, as they do all day.
"""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from statistics import median

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database
from benchmarks.billing_run import prepare
from benchmarks.measurement import drop, report
from billing_core.accounts.account import apply_account
from billing_core.kernel.money import Money
from commands.payments.account import ReceivePayment
from commands.platform.identity import new_id

TODAY = date(2026, 1, 20)
SHORT, LONG = "00000001", "00000002"
EVENTS = {SHORT: 20, LONG: 600}
LOADS = 500


def main(server_url: str) -> None:
    """The median of many loads, turn about."""
    url = create_database(server_url, "bench_loading")
    prepare(url, 10)
    application = Application(url)
    for account, events in EVENTS.items():
        while _load(application, account) < events:
            _pay(application, account)
    application.runner.catch_up()
    seconds: dict[str, list[float]] = {account: [] for account in EVENTS}
    for _ in range(LOADS):
        for account, found in seconds.items():
            started = time.perf_counter()
            _load(application, account)
            found.append(time.perf_counter() - started)
    short, long = (1e6 * median(seconds[account]) for account in (SHORT, LONG))
    report("load_of_600_events_against_20", long, "us", short)
    application.close()
    drop(server_url, "bench_loading")


def _load(application: Application, account: str) -> int:
    with application.store.transaction() as transaction:
        return transaction.load(f"account/{account}", apply_account)[1]


def _pay(application: Application, account: str) -> None:
    command = ReceivePayment(
        account=account,
        source="bench",
        reference=str(new_id()),
        amount=Money(Decimal("0.01"), "EUR"),
        received_on=TODAY,
    )
    application.bus.execute(command, origin_of_process("benchmark", TODAY))
