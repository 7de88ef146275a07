"""The billing run, and its preview."""

from __future__ import annotations

from datetime import date

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.jobs.asking import limits_of_all
from billing_core.confirmation import require_usual_day
from billing_core.kernel.spans import ONE_DAY
from commands.billing.run_ports import RunTotals


class RunBilling(Job, frozen=True, kw_only=True):
    """Bill every due account; a dry run gives the totals.

    All documents are dated `on`: today unless said, never later. What is due before `until` is charged, by default
    what is due by the day of the run. A run that charges far ahead is made only if it is `confirmed`.
    """

    on: date | None = None
    until: date | None = None
    confirmed: bool = False

    def dates(self, today: date) -> tuple[date, date]:
        """The date of the documents, and the date before which everything is charged."""
        on = self.on or today
        return on, self.until or on + ONE_DAY


def run_billing(asked: RunBilling, work: Work) -> RunTotals:
    """Run, or with a dry run decide all of it and write nothing; the read models show it when it ends."""
    on, until = asked.dates(work.origin.today)
    if not (asked.confirmed or work.is_dry_run):
        require_usual_day(limits_of_all(work.app), "until", until, on)
    with work.app.billing_run(until) as run:
        if work.is_dry_run:
            with work.watch(f"Preview until {until}", "accounts", None) as advance:
                return run.preview(until, work.origin.today, advance, on)
        expected = work.app.models().expected_accounts(until)
        with work.watch(f"Billing until {until}", "accounts", expected) as advance:
            return run.run(until, work.origin, advance, on)


JOBS: Jobs = {RunBilling: Kind(run_billing, rehearses=True)}
