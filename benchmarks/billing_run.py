"""The billing run, end to end: events, invoices, and read models caught up; and its memory as the work grows."""

from __future__ import annotations

from datetime import date

from adapters.postgres.server import create_database
from benchmarks.measurement import drop, note, report
from benchmarks.runs import copy_seconds, found_base, run_once, tidy, transaction_now

FIRST_UNTIL, SECOND_UNTIL = date(2026, 1, 2), date(2026, 2, 2)


def main(server_url: str, small: int = 10_000, large: int = 100_000) -> None:
    """Measure both sizes; the second month is the one measured, when every account has a history."""
    peaks = {}
    for accounts in (small, large):
        url = create_database(server_url, f"bench_{accounts}")
        prepare(url, accounts)
        mark = transaction_now(url)
        ran = run_once(url, SECOND_UNTIL)
        peaks[accounts] = ran.peak_bytes / 1e6
        if accounts == large:
            copied = copy_seconds(url, mark)
            report("billing_run_accounts", ran.bills / ran.seconds, "accounts/s", accounts / copied)
        drop(server_url, f"bench_{accounts}")
    report(f"billing_run_peak_memory_{small}", peaks[small], "MB", 400)
    report(f"billing_run_peak_memory_{large}", peaks[large], "MB", 400)


def prepare(url: str, accounts: int) -> None:
    """A new database with so many subscribers whose first month is billed."""
    found_base(url, accounts, "19.90").close()
    note("billing their first month")
    run_once(url, FIRST_UNTIL)
    tidy(url)
