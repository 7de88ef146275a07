"""How cost grows with the log, from 10^4 over 10^5 to 10^6 events.

Four things that are done all day: append (a command through the bus, from its fields to its answer), load of an
account, the query of one balance, and catching up (from the first event, per event, in one process). The first three
are the median over many, on accounts chosen at random.

The verdict compares the largest log with the smallest: flat is at most a quarter more, logarithmic at most as much more
as the logarithm of the number of events grows (6/4, and the same quarter for the noise); else it says not.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from math import log10
from statistics import median

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from benchmarks.catch_up import BESIDE, count_events, timed
from benchmarks.measurement import note, report
from billing_core.accounts.account import apply_account
from billing_core.kernel.money import Money
from commands.payments.account import ReceivePayment
from commands.platform.identity import new_id
from projections.accounts.balances import account_named
from projections.platform.rebuild import build_beside, drop_schema
from projections.platform.runner import LIVE_SCHEMA

TIMES = 500
FLAT = 1.25
TODAY = date(2026, 1, 20)


def main(urls: Mapping[int, str]) -> None:
    """`urls` names a database for each number of events, in ascending order."""
    costs: dict[str, list[float]] = {}
    for events, url in urls.items():
        for name, cost in _costs(url).items():
            costs.setdefault(name, []).append(cost)
        note(f"growth, {events:,} events: " + ", ".join(f"{name} {found[-1]:.1f} us" for name, found in costs.items()))
    logarithmic = FLAT * log10(max(urls)) / log10(min(urls))
    for name, found in costs.items():
        growth = found[-1] / found[0]
        verdict = "flat" if growth <= FLAT else "logarithmic" if growth <= logarithmic else "not"
        report(f"growth_{name}", found[-1], f"us, {verdict}", found[0])


def _costs(url: str) -> dict[str, float]:
    """Microseconds of each."""
    application = Application(url)
    application.runner.catch_up()
    clerk = origin_of_process("benchmark", TODAY)
    with application.tables.transaction(LIVE_SCHEMA) as cursor:
        accounts = [row[0] for row in cursor.execute("SELECT number FROM accounts ORDER BY number")]

    def append(account: str) -> None:
        identity = new_id()
        command = ReceivePayment(
            account=account, source="growth", reference=str(identity), amount=Money(Decimal("0.01"), "EUR")
        )
        application.bus.execute(command, clerk._replace(command_id=identity, correlation_id=identity))

    def load(account: str) -> None:
        with application.store.transaction() as transaction:
            transaction.load(f"account/{account}", apply_account)

    def query(account: str) -> None:
        with application.tables.transaction(LIVE_SCHEMA) as cursor:
            assert account_named(cursor, account) is not None

    def build() -> None:
        build_beside(application.log, application.tables, application.projections, BESIDE)

    found = {
        "query_of_a_balance": _typical(query, accounts),
        "load_of_an_account": _typical(load, accounts),
        "append": _typical(append, accounts),
        "catch_up_per_event": 1e6 * timed(build) / count_events(url),
    }
    drop_schema(application.tables, BESIDE)
    application.close()
    return found


def _typical(work: Callable[[str], None], accounts: list[str]) -> float:
    """The median in microseconds, after some to warm up."""
    chosen = random.Random(1).choices(accounts, k=TIMES)
    for account in chosen[:20]:
        work(account)
    return 1e6 * median(timed(lambda account=account: work(account)) for account in chosen)  # type: ignore[misc]
