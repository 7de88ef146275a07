"""The dunning run over accounts that all have overdue invoices, against reading the same states; and its memory.

`python -m benchmarks.dunning_run 20000` for fewer accounts, `python -m benchmarks.dunning_run 100000 10` for accounts
with ten overdue invoices each.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database, running_server
from benchmarks.measurement import drop, note, report
from benchmarks.runs import ACTIVATED_ON, account_number, found_seller, publish, run_once, tidy
from billing_core.accounts.plans import BillingPlan
from billing_core.dunning.policies import DaysFromDue, DunningPolicy, DunningStep, Suspend
from billing_core.kernel.spans import ONE_DAY
from billing_core.parties.customers import Customer
from commands.billing.run_ports import pages_of
from commands.dunning.policies import PublishDunningPolicy
from commands.dunning.run import CHUNK_ACCOUNTS
from commands.onboarding import NewAccount, NewSubscriber, NewSubscription, SubscriberRow
from commands.platform.batch import BatchReport

POLICY = DunningPolicy(
    code="home", name="Households", currency="EUR",
    steps=(
        DunningStep(code="reminder", when=DaysFromDue(days=7), message="overdue"),
        DunningStep(code="last-reminder", when=DaysFromDue(days=14), message="overdue"),
        DunningStep(code="suspend", when=DaysFromDue(days=21), actions=(Suspend(),)),
    ),
)  # fmt: skip
PLAN = BillingPlan(billing_day=1, due_days=14, tolerance_days=7, dunning="home")
MOST_INVOICES = 12


def main(server_url: str, accounts: int = 100_000, invoices: int = 1) -> None:
    """A morning on which a step is due on every invoice, and the next one, on which none is, as on most."""
    url = create_database(server_url, "bench_dunning")
    prepare(url, accounts, invoices=invoices)
    reminder = date(2026, invoices, 22)
    read = _read_seconds(url, reminder)
    dunned, quiet = _once(url, reminder), _once(url, reminder + ONE_DAY)
    assert dunned["dunned"] == accounts and quiet["dunned"] == 0
    report("dunning_run_nothing_due", accounts / quiet["seconds"], "accounts/s", 10_000)
    report("dunning_run_nothing_due_against_reading", accounts / quiet["seconds"], "accounts/s", accounts / read)
    report("dunning_run_step_on_each", accounts / dunned["seconds"], "accounts/s", accounts / read)
    report("dunning_run_peak_memory", max(quiet["peak_bytes"], dunned["peak_bytes"]) / 1e6, "MB", 400)
    drop(server_url, "bench_dunning")


def prepare(url: str, accounts: int, policy: DunningPolicy = POLICY, invoices: int = 1) -> None:
    """So many subscribers with a policy, `home`, each with invoices due on the 15th of January, February and so on."""
    assert 1 <= invoices <= MOST_INVOICES
    application = found_seller(url)
    publish(application, "internet", "19.90")
    origin = origin_of_process("benchmark", ACTIVATED_ON)
    application.bus.execute(PublishDunningPolicy(policy=policy), origin)
    note(f"bringing in {accounts} subscribers")
    rows = BatchReport()
    application.onboarding().bring_in(map(_subscriber, range(accounts)), origin, rows, lambda done: None)
    assert rows.accepted == accounts
    application.runner.catch_up()
    application.close()
    for month in range(1, invoices + 1):
        note(f"billing month {month}")
        run_once(url, date(2026, month, 2))
    tidy(url)


def _subscriber(line: int) -> SubscriberRow:
    customer = Customer(number=f"C{line:07}", kind="person", name=f"Customer {line}")
    account = NewAccount(number=account_number(line), seller="seller", currency="EUR", plan=PLAN)
    service = NewSubscription(code="S1", tariff="internet", activated_on=ACTIVATED_ON)
    return SubscriberRow(line, NewSubscriber(customer=customer, account=account, subscription=service))


def _read_seconds(url: str, on: date) -> float:
    """Seconds to read the states of all debtors, page by page, and do nothing with them."""
    application = Application(url)
    models = application.models()
    started = time.perf_counter()
    for _ in pages_of(partial(models.dunned_before, on), CHUNK_ACCOUNTS):
        pass
    seconds = time.perf_counter() - started
    application.close()
    return seconds


def _once(url: str, on: date) -> dict[str, float]:
    """A run in a process of its own, so that its peak memory is the run's."""
    command = [sys.executable, "-m", "benchmarks.dunning_run", "--once", url, str(on)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def _run_here(url: str, on: date) -> None:
    application = Application(url)
    started = time.perf_counter()
    with application.dunning_run(on) as run:
        totals = run.run(origin_of_process("benchmark", on), lambda accounts: None)
    seconds = time.perf_counter() - started
    application.close()
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "dunned": totals.dunned, "peak_bytes": peak_bytes}))


def _by_itself(arguments: Sequence[str]) -> None:
    if arguments[:1] == ["--once"]:
        _run_here(arguments[1], date.fromisoformat(arguments[2]))
        return
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as server_url:
        main(server_url, *map(int, arguments))


if __name__ == "__main__":
    _by_itself(sys.argv[1:])
