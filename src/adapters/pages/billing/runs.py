"""One billing run: previewed and compared with the last bills, confirmed, followed, paused, and gone on with.

What is confirmed is what was previewed: the run compares itself with its preview first, and if it would do anything
else, nothing is done and the differences are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import Response

from adapters.bootstrap.operations import operations
from adapters.door.job_door import JobCard, JobDoor
from adapters.jobs.billing import RunBilling
from adapters.pages.billing.desk import of_parked
from adapters.pages.jobs import STATES, to_page
from adapters.pages.page import N_, Shown
from adapters.pages.shown import MINUS
from adapters.pages.visit import Visit
from adapters.views.billing import ListParkedAccounts
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money
from billing_core.kernel.spans import ONE_DAY
from commands.billing.previewed import RunPreview
from commands.platform.answers import read_plain

GROUPS = {
    "same": N_("As last time"),
    "new": N_("New"),
    "gone": N_("Gone"),
    "little": N_("Changed a little"),
    "much": N_("Changed by more"),
}
KIND, MOST_PARKED = "run-billing", 20


def run(visit: Visit) -> Shown:
    """A run or its preview: how far it is, or what came of it."""
    job = _run(visit)
    result = read_plain(job.result, RunPreview) if job.state == "done" else None
    parked = None
    if result is not None and not job.dry_run and visit.may(ListParkedAccounts):
        parked = visit.ask(ListParkedAccounts, limit=MOST_PARKED)
    now = datetime.now(UTC)
    shown = {
        "job": job, "state_of_job": STATES[job.state], "result": result, "groups": GROUPS, "parked": parked,
        "on": _dates(visit, job)["on"], "over_percent": job.fields.get("over_percent", "20"), "step": _step(job),
        "expected_at": expected_end(job, now), "rate": a_minute(job, now), "may_run": visit.may(RunBilling),
        "percent": percent_of, **of_parked(),
    }  # fmt: skip
    return Shown("billing/run.html", shown)


def confirm(visit: Visit) -> Response:
    """Start what was previewed."""
    job = _run(visit)
    return _start(visit, {**_dates(visit, job), "confirmed": True, "previewed": job.job})


def pause(visit: Visit) -> Response:
    """Have the run end at its next safe point; what is billed stays billed."""
    job = JobDoor(visit.door).cancel_job(visit.caller(), str(_run(visit).job))
    return to_page(visit, f"/billing/runs/{job.job}")


def go_on(visit: Visit) -> Response:
    """Bill what a paused run has left."""
    job = _run(visit)
    return _start(visit, {**_dates(visit, job), "confirmed": True})


def _start(visit: Visit, fields: Mapping[str, Any]) -> Response:
    jobs = JobDoor(visit.door)
    asked = jobs.admit(operations()[RunBilling], fields, visit.caller(visit.first("_key")), dry_run=False)
    return to_page(visit, f"/billing/runs/{jobs.start(asked).job}")


def _run(visit: Visit) -> JobCard:
    job = JobDoor(visit.door).show_job(visit.caller(), visit.path["job"])
    if job.kind != KIND:
        raise NotFound("no such billing run", field="job", value=job.job)
    return job


def _dates(visit: Visit, job: JobCard) -> dict[str, str]:
    """The dates of a run; without any it was for the day on which it was asked for."""
    asked_on = job.asked_at.astimezone(visit.door.zone()).date()
    on = job.fields.get("on") or asked_on.isoformat()
    return {"on": on, "until": job.fields.get("until") or (type(asked_on).fromisoformat(on) + ONE_DAY).isoformat()}


def _step(job: JobCard) -> int:
    """Preview, confirmed, running, done: which of them is under way, counted from 0."""
    if job.dry_run:
        return 1 if job.state == "done" else 0
    return 3 if job.state == "done" else 2


def percent_of(before: Money, now: Money) -> str:
    """By how much an amount has changed, as `+6.5`; empty if there was nothing before."""
    if not before.amount:
        return ""
    change = (now.amount - before.amount) * 100 / abs(before.amount)
    return f"{change:+.1f}".replace("-", MINUS) if change else "0.0"


def a_minute(job: JobCard, now: datetime) -> int:
    """How many accounts a minute are done since it began."""
    if job.started_at is None or not job.progress.done:
        return 0
    seconds = max((now - job.started_at).total_seconds(), 1)
    return round(job.progress.done * 60 / seconds)


def expected_end(job: JobCard, now: datetime) -> datetime | None:
    """When it will have ended if it goes on as fast as it did; None before anything is done."""
    progress = job.progress
    if job.ended_at is not None or job.started_at is None or not progress.done or not progress.total:
        return None
    left = max(progress.total - progress.done, 0)
    return now + timedelta(seconds=left * (now - job.started_at).total_seconds() / progress.done)
