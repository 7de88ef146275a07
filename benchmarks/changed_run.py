"""A monthly run where the past of one account in ten changed: it got another tariff, half of them at an agreed price.

The changes came in the middle of the month that was charged in advance, so each of these accounts is decided with its
history: it gets a credit note for the rest of the month, and an invoice for that rest and for the month to come.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from adapters.bootstrap import Application, origin_of_process
from adapters.postgres.server import create_database
from benchmarks.billing_run import FIRST_UNTIL, SECOND_UNTIL
from benchmarks.measurement import drop, note, report
from benchmarks.runs import account_number, copy_seconds, found_base, publish, run_once, tidy, transaction_now
from commands.services import ChangeTariff

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
        agreed = {"fee": Decimal("24.90")} if line % (2 * ONE_IN) else {}
        command = ChangeTariff(
            account=account_number(line), subscription="S1", tariff="faster", agreed_prices=agreed, on=CHANGED_ON
        )
        application.bus.execute(command, origin_of_process("benchmark", CHANGED_ON))
    application.runner.catch_up()
