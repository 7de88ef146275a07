"""Runs over a prepaid base that is charged by the day: one over a day, and one over thirty days that were left lying.

Every account has paid enough beforehand, so that each day is taken from its balance: charged, invoiced and settled.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database
from benchmarks.measurement import drop, note, report
from benchmarks.runs import ACTIVATED_ON, account_number, copy_seconds, found_base, run_once, tidy, transaction_now
from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.kernel.money import Money
from billing_core.time.period_rules import PeriodRule
from commands.accounts import ChangeBillingPlan
from commands.bank_statements.booking import BankRow
from commands.platform.batch import BatchReport
from commands.platform.identity import new_id

DAILY = PeriodRule(unit="day", align="own")


def main(server_url: str, accounts: int = 20_000) -> None:
    """Measure both; the first day of all is billed before, so that every account has a history."""
    name = f"bench_daily_{accounts}"
    url = create_database(server_url, name)
    application = found_base(url, accounts, "0.65", DAILY)
    _pay_beforehand(application, accounts)
    application.close()
    until = ACTIVATED_ON + timedelta(days=1)
    run_once(url, until)
    for days in (1, 30):
        until += timedelta(days=days)
        _measure(url, until, f"daily_run_{days}_days", accounts * days)
    drop(server_url, name)


def _pay_beforehand(application: Application, accounts: int) -> None:
    note("making their accounts prepaid, with a payment each")
    clerk = origin_of_process("benchmark", ACTIVATED_ON)
    rows = (
        BankRow(line, "bank", f"P{line}", ACTIVATED_ON, Money(Decimal("50.00"), "EUR"), account_number(line), "")
        for line in range(accounts)
    )
    paid = BatchReport()
    with application.bank_file_import(accounts) as bank_file:
        bank_file.take_in(rows, clerk, paid, lambda done: None)
    assert paid.accepted == accounts
    for line in range(accounts):
        plan = ChangeBillingPlan(
            account=account_number(line),
            plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=7, prepaid=Prepaid()),
        )
        application.bus.execute(plan, clerk._replace(command_id=new_id()))


def _measure(url: str, until: date, name: str, bills: int) -> None:
    tidy(url)
    mark = transaction_now(url)
    ran = run_once(url, until)
    assert ran.bills == bills
    report(name, ran.bills / ran.seconds, "bills/s", bills / copy_seconds(url, mark))
    report(f"{name}_peak_memory", ran.peak_bytes / 1e6, "MB", 400)
