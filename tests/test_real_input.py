"""The whole way on the 7,043 real subscribers of a telephone operator: brought in, billed, killed on the way, paid.

One pass through it all, on one database: each test looks at the books after another step.
"""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.bootstrap.origins import origin_of_process
from adapters.files.bank_csv import read_bank_rows
from adapters.files.bank_profile import OWN
from adapters.files.profile_files import load_profile
from adapters.files.subscribers import read_subscribers
from billing_core.kernel.money import Money
from commands.platform.batch import BatchReport
from projections.accounts.balances import balances_by_currency
from projections.billing import document_totals
from projections.dunning.suspensions import suspension_list
from projections.payments import payment_totals
from projections.services import count_by_status
from tests.operators import Operator, fresh_database, open_application, silent

REAL_DATA = Path(
    os.environ.get("BILLING_REAL_DATA") or Path(__file__).parents[2] / "shared" / "data" / "telco-customers.csv"
)
pytestmark = pytest.mark.skipif(
    not REAL_DATA.exists(), reason=f"{REAL_DATA} is absent; name the file in BILLING_REAL_DATA"
)

REFERENCE_DATE = date(2026, 11, 1)
SUBSCRIBERS = 7_043
INVOICES = 227_990
CHARGED = Decimal("16055091.45")
MOST_MONTHS = 72
KILLED_AFTER_MONTHS = (9, 20, 12)  # of each try, before the last one that comes to its end

# A run on the first of each month; after it was killed, it goes on with the month of the last document.
BILL_MONTHS = """
    import sys
    from datetime import date
    from adapters.bootstrap.application import Application
    from adapters.bootstrap.origins import origin_of_process
    from billing_core.kernel.spans import ONE_DAY
    from billing_core.time.periods import boundary

    application = Application(sys.argv[1])
    end = date.fromisoformat(sys.argv[2])
    last_issued_on = max(application.store.last_issued_on().values(), default=date.min)
    with application.billing_run(end) as run:
        for months_before in reversed(range(int(sys.argv[3]))):
            on = boundary(end.year, end.month - 1 - months_before, 1)
            if on >= last_issued_on:
                run.run(on + ONE_DAY, origin_of_process("night run", on), lambda count: None)
                print(on, flush=True)
    application.close()
"""


def bring_in(operator: Operator) -> BatchReport:
    report = BatchReport()
    profile = load_profile("telco-customers")
    rows = read_subscribers(REAL_DATA, profile, report)
    for command in profile.setup_commands:
        operator.tell(command)
    operator.application.onboarding().bring_in(rows, origin_of_process("clerk"), report, silent)
    operator.application.runner.catch_up()
    return report


def take_in(operator: Operator, bank_file: Path) -> BatchReport:
    report = BatchReport()
    with operator.application.bank_file_import() as payments:
        origin = origin_of_process("clerk", REFERENCE_DATE)
        payments.take_in(read_bank_rows(bank_file, report), origin, report, silent)
    return report


def size_of_store(operator: Operator) -> list[Any]:
    return operator.select(
        """SELECT (SELECT max(position) FROM billing.events), (SELECT count(*) FROM billing.events),
                  (SELECT count(*) FROM billing.claims), (SELECT max(last_number) FROM billing.number_series)"""
    )


@pytest.fixture(scope="module")
def imported(server_url: str) -> Iterator[tuple[Operator, BatchReport]]:
    with fresh_database(server_url) as url, open_application(url) as application:
        operator = Operator(application, url)
        yield operator, bring_in(operator)


@pytest.fixture(scope="module")
def billed(imported: tuple[Operator, BatchReport]) -> Operator:
    """Billed by a program that is killed three times on the way."""
    operator, _ = imported
    chance = random.Random()
    for months in (*KILLED_AFTER_MONTHS, None):
        program = [sys.executable, "-c", textwrap.dedent(BILL_MONTHS), operator.database_url]
        run = subprocess.Popen(
            [*program, REFERENCE_DATE.isoformat(), str(MOST_MONTHS)], stdout=subprocess.PIPE, text=True
        )
        assert run.stdout is not None
        if months is None:
            run.communicate()
            assert run.returncode == 0
        else:
            for _ in range(months):
                run.stdout.readline()
            time.sleep(chance.uniform(0, 0.5))
            run.kill()
            assert run.wait() == -signal.SIGKILL
    operator.application.runner.catch_up()
    return operator


@pytest.fixture(scope="module")
def debtors(billed: Operator) -> set[str]:
    """Every fifth of the subscribers that have invoices: who will not pay."""
    numbers = sorted(row[0] for row in billed.select("SELECT DISTINCT account FROM live.documents"))
    return set(numbers[::5])


@pytest.fixture(scope="module")
def bank_file(billed: Operator, debtors: set[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One payment of every invoice of all the others."""
    path = tmp_path_factory.mktemp("bank") / "payments.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(OWN.columns)
        for number, account, due_on, gross in billed.select(
            "SELECT number, account, due_on, gross::text FROM live.documents ORDER BY number"
        ):
            if account not in debtors:
                paid_on = due_on - timedelta(days=3)
                writer.writerow(["bank", f"{paid_on:%Y}-{number}", paid_on, gross, "USD", number, account])
    return path


@pytest.fixture(scope="module")
def paid(billed: Operator, bank_file: Path) -> tuple[Operator, BatchReport]:
    return billed, take_in(billed, bank_file)


def test_every_subscriber_of_the_file_is_brought_in(imported: tuple[Operator, BatchReport]):
    operator, report = imported
    assert (report.accepted, report.unchanged, report.rejected) == (SUBSCRIBERS, 0, [])
    assert sum(operator.ask(count_by_status).values()) == SUBSCRIBERS


def test_month_by_month_and_killed_three_times_every_month_is_charged_once(billed: Operator):
    charges = billed.select("SELECT count(*), sum(amount), min(currency), max(currency) FROM live.charges")
    assert charges == [(INVOICES, CHARGED, "USD", "USD")]
    (invoices,) = billed.ask(document_totals)
    assert (invoices.kind, invoices.documents, invoices.gross) == ("invoice", INVOICES, Money(CHARGED, "USD"))
    numbers = billed.select("SELECT min(number), max(number), count(DISTINCT number) FROM live.documents")
    assert numbers == [("1000000001", f"1{INVOICES:09}", INVOICES)]
    assert billed.ask(balances_by_currency) == {"USD": (SUBSCRIBERS, Money(-CHARGED, "USD"))}


def test_who_does_not_pay_and_is_still_served_is_on_the_suspension_list_and_nobody_else(
    paid: tuple[Operator, BatchReport], debtors: set[str]
):
    operator, report = paid
    (invoices,) = operator.ask(document_totals)
    assert report.rejected == []
    assert operator.ask(payment_totals) == {"USD": (report.accepted, invoices.gross - invoices.open_amount)}

    listed = operator.ask(suspension_list, REFERENCE_DATE, 10_000)

    running = operator.select("SELECT account FROM live.subscriptions WHERE status = 'active'")
    served = {account for (account,) in running}
    still_open = dict(operator.select("SELECT account, sum(open_amount) FROM live.documents GROUP BY account"))
    assert {row.account for row in listed} == debtors & served
    assert {row.account: row.overdue.amount for row in listed} == {each: still_open[each] for each in debtors & served}
    assert operator.ask(balances_by_currency) == {"USD": (SUBSCRIBERS, -invoices.open_amount)}


def test_the_same_files_again_change_nothing(paid: tuple[Operator, BatchReport], bank_file: Path):
    operator, first = paid
    before = size_of_store(operator)

    subscribers, payments = bring_in(operator), take_in(operator, bank_file)
    again = operator.bill(REFERENCE_DATE)

    assert (subscribers.accepted, subscribers.unchanged, subscribers.rejected) == (0, SUBSCRIBERS, [])
    assert (payments.accepted, payments.unchanged, payments.rejected) == (0, first.accepted, [])
    assert (again.bills, again.parked) == (0, {})
    assert size_of_store(operator) == before


def test_all_invariants_hold_and_the_read_models_equal_those_built_from_the_events(
    paid: tuple[Operator, BatchReport],
):
    operator, _ = paid
    assert operator.findings() == []
