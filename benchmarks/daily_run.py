"""Runs over a base that is charged by the day: one over a day, and one over thirty days that were left lying."""

from __future__ import annotations

from datetime import date, timedelta

from adapters.postgres.server import create_database
from benchmarks.measurement import drop, report
from benchmarks.runs import ACTIVATED_ON, copy_seconds, found_base, run_once, tidy, transaction_now
from billing_core.catalogue.components import PeriodRule

DAILY = PeriodRule(unit="day", align="own")


def main(server_url: str, accounts: int = 20_000) -> None:
    """Measure both; the first day of all is billed before, so that every account has a history."""
    name = f"bench_daily_{accounts}"
    url = create_database(server_url, name)
    found_base(url, accounts, "0.65", DAILY).close()
    until = ACTIVATED_ON + timedelta(days=1)
    run_once(url, until)
    for days in (1, 30):
        until += timedelta(days=days)
        _measure(url, until, f"daily_run_{days}_days", accounts * days)
    drop(server_url, name)


def _measure(url: str, until: date, name: str, bills: int) -> None:
    tidy(url)
    mark = transaction_now(url)
    ran = run_once(url, until)
    assert ran.bills == bills
    report(name, ran.bills / ran.seconds, "bills/s", bills / copy_seconds(url, mark))
    report(f"{name}_peak_memory", ran.peak_bytes / 1e6, "MB", 400)
