"""A monthly run where the past of one account in ten changed: half of them got another tariff, half another quantity.

The changes came in the middle of the month that was charged in advance, so each of these accounts is decided with its
history: it gets a credit note for the rest of the month, and an invoice for that rest and for the month to come.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database
from benchmarks.billing_run import FIRST_UNTIL, SECOND_UNTIL
from benchmarks.measurement import drop, note, report
from benchmarks.runs import account_number, copy_seconds, found_base, publish, run_once, tidy, transaction_now
from commands.services import ChangeQuantity, ChangeTariff

CHANGED_ON = date(2026, 1, 17)
ONE_IN = 10


def main(server_url: str, accounts: int = 100_000) -> None:
    """Measure a run over so many accounts."""
    name = f"bench_changed_{accounts}"
    url = create_database(server_url, name)
    application = found_base(url, accounts, "19.90")
    publish(application, "faster", "29.90")
    run_once(url, FIRST_UNTIL)
    note(f"changing {accounts // ONE_IN} subscriptions")
    _change(application, accounts)
    application.close()
    tidy(url)
    mark = transaction_now(url)
    ran = run_once(url, SECOND_UNTIL)
    assert ran.bills == accounts
    report("changed_run_accounts", ran.bills / ran.seconds, "accounts/s", accounts / copy_seconds(url, mark))
    report("changed_run_peak_memory", ran.peak_bytes / 1e6, "MB", 400)
    drop(server_url, name)


def _change(application: Application, accounts: int) -> None:
    for line in range(0, accounts, ONE_IN):
        changed: dict[str, Any] = {"account": account_number(line), "subscription": "S1", "on": CHANGED_ON}
        is_quantity = line % (2 * ONE_IN)
        command = (
            ChangeQuantity(quantity=Decimal(2), **changed) if is_quantity else ChangeTariff(tariff="faster", **changed)
        )
        application.bus.execute(command, origin_of_process("benchmark", CHANGED_ON))
    application.runner.catch_up()
