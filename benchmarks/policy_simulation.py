"""Another dunning policy simulated on a base in which every account owes, compared with the policy in force.

The limit is the reading of the same states, page after page, without playing anything. How long it takes to learn the
habits of the base is told in addition. Debts are of many ages, as in a base that is billed every day.

    python -m benchmarks.policy_simulation 10000     # a smaller base
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.bootstrap.application import Application
from adapters.bootstrap.live import LiveModels
from adapters.postgres.server import create_database, running_server
from benchmarks.billing_run import prepare
from benchmarks.measurement import drop, note, report
from billing_core.dunning.habits import share_pays
from billing_core.dunning.policies import DaysFromDue, DunningPolicy, DunningStep, StepFee, Suspend, Terminate
from billing_core.dunning.state import TakenStep
from billing_core.payments.ledger import OpenItem
from commands.billing.run_ports import DueAccount
from commands.policy_simulation.effect import AccountForeseen
from commands.policy_simulation.simulation import PAGE_ACCOUNTS, PolicySimulation, Question

TODAY, DAYS = date(2026, 1, 20), 60
MOST_SECONDS, MANY = 30, 100_000
REMINDER = DunningStep(code="reminder", when=DaysFromDue(days=7), message="overdue")
FEE = StepFee(amount=Decimal(5), description="Reminder")
LATE = DunningStep(code="last", when=DaysFromDue(days=14), message="overdue", fee=FEE, least_amount=Decimal(10))
IN_FORCE = DunningPolicy(
    code="home", name="Households", currency="EUR",
    steps=(REMINDER, LATE, DunningStep(code="suspend", when=DaysFromDue(days=21), actions=(Suspend(),))),
)  # fmt: skip
STRICTER = DunningPolicy(
    code="home", name="Households", currency="EUR",
    steps=(
        REMINDER, LATE, DunningStep(code="suspend", when=DaysFromDue(days=15), actions=(Suspend(),)),
        DunningStep(code="end", when=DaysFromDue(days=45), actions=(Terminate(reason="unpaid"),)),
    ),
)  # fmt: skip


class OfManyAges:
    """The base, with debts that fell due over forty days, and half of them reminded."""

    def __init__(self, models: LiveModels) -> None:
        self._models = models
        self.tariffs, self.sellers, self.calendar = models.tariffs, models.sellers, models.calendar
        self.past_invoices = models.past_invoices

    def all_accounts(self, after_account: str, limit: int) -> Sequence[DueAccount]:
        """The accounts, each with its own age."""
        page = self._models.all_accounts(after_account, limit)
        for number, entry in enumerate(page):
            account = entry.account
            ago = timedelta(days=number % 40)
            for invoice, item in account.ledger.open_items.items():
                account.ledger.open_items[invoice] = OpenItem(TODAY - ago, item.amount)
                if number % 2 and ago.days > 7:
                    account.dunning.taken = {invoice: (TakenStep("reminder", TODAY - ago + timedelta(days=7)),)}
        return page


def main(server_url: str, accounts: int = 100_000) -> None:
    """A base whose first month is billed and not paid."""
    name = f"bench_policy_simulation_{accounts}"
    url = create_database(server_url, name)
    prepare(url, accounts)
    application = Application(url)
    try:
        base = OfManyAges(application.models())
        application.runner.catch_up()
        read = _seconds(lambda: _read(base))
        simulation = PolicySimulation(base)
        question = Question(STRICTER, IN_FORCE, "", TODAY, DAYS)
        habits = share_pays(Decimal(30), 5)
        owing = 0

        def count(row: AccountForeseen) -> None:
            nonlocal owing
            owing += 1

        seconds = _seconds(lambda: simulation.simulate(question, habits, _silent, count))
        assert owing == accounts, owing
        note(
            f"habits learnt in {_seconds(lambda: simulation.learn(TODAY, _silent)):.1f} s, states read in {read:.1f} s"
        )
    finally:
        application.close()
    report("policy_simulation_accounts", accounts / seconds, "accounts/s", accounts / read)
    report("policy_simulation_seconds", seconds, "s", MOST_SECONDS * accounts / MANY)
    report("policy_simulation_peak_memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, "MB", 400)
    drop(server_url, name)


def _read(base: OfManyAges) -> None:
    after = ""
    while page := base.all_accounts(after, PAGE_ACCOUNTS):
        after = page[-1].account.number


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _silent(done: int) -> None:
    """Progress that nobody watches."""


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:2]))
