"""The dunning run, and its preview; the simulation of a policy."""

from __future__ import annotations

from datetime import date

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.files.yaml_documents import YAML
from adapters.jobs.policy_simulation import SimulateDunningPolicy, simulate_policy
from billing_core.kernel.errors import InvalidValue
from commands.dunning.run_ports import DunningPreview, DunningTotals


class RunDunning(Job, frozen=True, kw_only=True):
    """Take all steps of dunning that are due today, suspend and return services; a dry run gives the totals.

    The totals of a dry run are compared, step by step, with how the last run left the accounts. A dry run may be for a
    day to come, `on`: it knows nothing of what is paid by then.
    """

    on: date | None = None


def run_dunning(asked: RunDunning, work: Work) -> DunningTotals | DunningPreview:
    """Run, or with a dry run decide all of it and write nothing; the read models show it when it ends."""
    today = work.origin.today
    on = asked.on or today
    if on != today and not work.is_dry_run:
        raise InvalidValue(
            f"a run is made for today, {today}; a dry run may be for a day to come", field="on", value=on
        )
    if on < today:
        raise InvalidValue(f"has passed; a dry run is for today, {today}, or a day to come", field="on", value=on)
    with work.app.dunning_run(on) as run:
        expected = work.app.models().expected_dunned(on)
        what = f"Preview of {on}" if work.is_dry_run else f"Dunning on {on}"
        with work.watch(what, "accounts", expected) as advance:
            return run.preview(on, advance) if work.is_dry_run else run.run(work.origin, advance)


JOBS: Jobs = {
    RunDunning: Kind(run_dunning, rehearses=True),
    SimulateDunningPolicy: Kind(simulate_policy, takes=YAML),
}
