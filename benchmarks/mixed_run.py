"""A monthly run over a base of which hardly two accounts are alike.

There are thirty tariffs, some subscriptions have a price or a quantity of their own, their codes differ, and one in ten
ends within the month that is charged: what is due of it is a stub, priced by the day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database
from benchmarks.billing_run import FIRST_UNTIL, SECOND_UNTIL
from benchmarks.measurement import drop, note, report
from benchmarks.runs import (
    ACTIVATED_ON,
    account_number,
    bring_in,
    copy_seconds,
    found_seller,
    publish,
    run_once,
    tidy,
    transaction_now,
)
from commands.onboarding import NewSubscription
from commands.services import ChangeQuantity

TARIFFS = 30
CODES = 997
# Of so many accounts one ends, has an agreed price, or has a quantity of its own.
ENDS_ONE_IN, AGREED_ONE_IN, QUANTITY_ONE_IN = 10, 7, 9


def main(server_url: str, accounts: int = 50_000) -> None:
    """Measure the second month of so many accounts."""
    name = f"bench_mixed_{accounts}"
    url = create_database(server_url, name)
    prepare(url, accounts)
    mark = transaction_now(url)
    ran = run_once(url, SECOND_UNTIL)
    assert ran.bills == accounts
    report("mixed_run_accounts", ran.bills / ran.seconds, "accounts/s", accounts / copy_seconds(url, mark))
    report("mixed_run_peak_memory", ran.peak_bytes / 1e6, "MB", 400)
    drop(server_url, name)


def prepare(url: str, accounts: int) -> None:
    """A new database with so many subscribers whose first month is billed."""
    application = found_seller(url)
    for number in range(TARIFFS):
        publish(application, f"internet-{number}", f"{15 + number}.90")
    bring_in(application, list(_subscriptions(accounts)))
    _change_quantities(application, accounts)
    application.close()
    note("billing their first month")
    run_once(url, FIRST_UNTIL)
    tidy(url)


def _subscriptions(accounts: int) -> Iterator[NewSubscription]:
    for line in range(accounts):
        ends_on = date(2026, 2, 2 + line % 27) if line % ENDS_ONE_IN == 0 else None
        agreed = {"fee": Decimal(1_000 + line % 500) / 100} if line % AGREED_ONE_IN == 0 else {}
        yield NewSubscription(
            code=f"S{line % CODES}", tariff=f"internet-{line % TARIFFS}", activated_on=ACTIVATED_ON,
            terminated_on=ends_on, agreed_prices=agreed,
        )  # fmt: skip


def _change_quantities(application: Application, accounts: int) -> None:
    """From their first day on, so that nothing that was charged changes."""
    for line in range(0, accounts, QUANTITY_ONE_IN):
        code, quantity = f"S{line % CODES}", Decimal(2 + line % 4)
        command = ChangeQuantity(account=account_number(line), subscription=code, on=ACTIVATED_ON, quantity=quantity)
        application.bus.execute(command, origin_of_process("benchmark", ACTIVATED_ON))
    application.runner.catch_up()
