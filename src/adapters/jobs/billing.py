"""The billing run, its preview, and another try of what was parked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.jobs.asking import limits_of_all
from adapters.postgres.jobs import PostgresJobs
from billing_core.confirmation import require_usual_day
from billing_core.kernel.errors import NotFound
from billing_core.kernel.spans import ONE_DAY
from commands.billing.comparison import BillComparison
from commands.billing.parked import Retried
from commands.billing.previewed import RunPreview, require_as_previewed
from commands.billing.run import BillingRun
from commands.billing.run_ports import RunTotals
from commands.platform.answers import read_plain


class RunBilling(Job, frozen=True, kw_only=True):
    """Bill every due account; a dry run gives the totals, compared with what each account was billed the last time.

    All documents are dated `on`: today unless said, never later. What is due before `until` is charged, by default
    what is due by the day of the run. A run that charges far ahead is made only if it is `confirmed`. With `previewed`,
    the number of the job that previewed it, it is made only if it would still do the same. A dry run counts the bills
    that changed by more than `over_percent` apart.
    """

    on: date | None = None
    until: date | None = None
    confirmed: bool = False
    previewed: int | None = None
    over_percent: Decimal = Decimal(20)

    def dates(self, today: date) -> tuple[date, date]:
        """The date of the documents, and the date before which everything is charged."""
        on = self.on or today
        return on, self.until or on + ONE_DAY


class RetryParkedAccounts(Job, frozen=True, kw_only=True):
    """Bill all parked accounts again, each up to the day on which it was parked."""


def run_billing(asked: RunBilling, work: Work) -> RunTotals | RunPreview:
    """Run, or with a dry run decide all of it and write nothing; the read models show it when it ends.

    A run that was cut off goes on without another look at its preview, for a part of it is done.
    """
    on, until = asked.dates(work.origin.today)
    if not (asked.confirmed or work.is_dry_run):
        require_usual_day(limits_of_all(work.app), "until", until, on)
    with work.app.billing_run(until) as run:
        if work.is_dry_run:
            return _previewed(asked, run, work)
        if asked.previewed is not None and not work.again:
            known = _preview_numbered(asked.previewed, work)
            with work.watch(f"Compare with preview {asked.previewed}", "accounts", None) as advance:
                require_as_previewed(run.preview(until, work.origin.today, advance, on), known)
        expected = work.app.models().expected_accounts(until)
        with work.watch(f"Billing until {until}", "accounts", expected) as advance:
            return run.run(until, work.origin, advance, on)


def _previewed(asked: RunBilling, run: BillingRun, work: Work) -> RunPreview:
    on, until = asked.dates(work.origin.today)
    comparison = BillComparison(work.app.models(), asked.over_percent)
    expected = work.app.models().expected_accounts(until)
    with work.watch(f"Preview until {until}", "accounts", expected) as advance:
        totals = run.preview(until, work.origin.today, advance, on, comparison.add)
    found = comparison.compared(on, until, totals.parked)
    return RunPreview(**msgspec.structs.asdict(totals), compared=found)


def _preview_numbered(number: int, work: Work) -> RunPreview:
    jobs = PostgresJobs(work.app.tables)
    job, result = jobs.find(number), jobs.result(number)
    if job is None or job.kind != "run-billing" or not job.is_dry_run or result is None:
        raise NotFound("no preview of a run has this number", field="previewed", value=number)
    return read_plain(result, RunPreview)


def _retry_parked(asked: RetryParkedAccounts, work: Work) -> list[Retried]:
    """The result of each account, in order of number."""
    with work.watch("Parked accounts", "accounts", None) as advance:
        found = []
        for retried in work.app.parked_accounts().retry_all(work.origin):
            found.append(retried)
            advance(1)
    work.app.runner.catch_up()
    return found


JOBS: Jobs = {RunBilling: Kind(run_billing, rehearses=True), RetryParkedAccounts: Kind(_retry_parked)}
