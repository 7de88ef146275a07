"""The run desk of dunning: the run under way, what a run would do and did, and the runs that were made."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from adapters.bootstrap.operations import operations
from adapters.door.job_door import JobCard, JobDoor
from adapters.jobs.dunning import RunDunning
from adapters.pages.dunning.policies import PLACE
from adapters.pages.forms import Field, to
from adapters.pages.job_forms import JobForm
from adapters.pages.jobs import STATES, to_page
from adapters.pages.page import N_, Page, Shown
from adapters.pages.visit import Visit
from adapters.views.dunning.policies import ListDunningPolicies
from adapters.views.dunning.runs import ListDunningRuns
from billing_core.kernel.errors import NotFound
from commands.dunning.run_ports import DunningPreview
from commands.platform.answers import read_plain

DESK, RUN, KIND = "/dunning/runs", "/dunning/runs/{job}", "run-dunning"
MOST_JOBS = 8


def desk(visit: Visit) -> Shown:
    """The jobs of runs and previews, the runs that were made, and the accounts that the last one parked."""
    made = visit.ask(ListDunningRuns).items
    jobs = JobDoor(visit.door).list_jobs(visit.caller(), MOST_JOBS, "", KIND).items
    shown = {
        "jobs": [(job, _day(visit, job), STATES[job.state]) for job in jobs], "made": made,
        "last": made[0] if made else None, "RunDunning": RunDunning, "ListDunningPolicies": ListDunningPolicies,
        "policies": PLACE,
    }  # fmt: skip
    return Shown("dunning/desk.html", shown)


def run(visit: Visit) -> Shown:
    """A run or its preview: how far it is, or what came of it."""
    job = _run(visit)
    result = read_plain(job.result, DunningPreview) if job.state == "done" else None
    on = _day(visit, job)
    shown = {
        "job": job, "state_of_job": STATES[job.state], "result": result, "on": on,
        "may_run": visit.may(RunDunning), "is_of_today": on == visit.today.isoformat(),
    }  # fmt: skip
    return Shown("dunning/run.html", shown)


def start(visit: Visit) -> Response:
    """Make the run that was previewed, or what a run that was cut off has left; no step is taken twice."""
    fields: dict[str, Any] = {"on": _day(visit, _run(visit))}
    jobs = JobDoor(visit.door)
    asked = jobs.admit(operations()[RunDunning], fields, visit.caller(visit.first("_key")), dry_run=False)
    return to_page(visit, f"{DESK}/{jobs.start(asked).job}")


def pause(visit: Visit) -> Response:
    """Have the run end at its next safe point; steps that are taken stay taken."""
    job = JobDoor(visit.door).cancel_job(visit.caller(), str(_run(visit).job))
    return to_page(visit, f"{DESK}/{job.job}")


def _run(visit: Visit) -> JobCard:
    job = JobDoor(visit.door).show_job(visit.caller(), visit.path["job"])
    if job.kind != KIND:
        raise NotFound("no such dunning run", field="job", value=job.job)
    return job


def _day(visit: Visit, job: JobCard) -> str:
    """The day of a run; unless it was named, that on which it was asked for."""
    return str(job.fields.get("on") or job.asked_at.astimezone(visit.door.zone()).date())


PAGES = (
    Page(DESK, desk, ListDunningRuns),
    Page(RUN, run),
    Page(f"{RUN}/start", start, method="POST"),
    Page(f"{RUN}/pause", pause, method="POST"),
)
JOB_FORMS = (
    JobForm(
        "/dunning/run", RunDunning, N_("Dunning run"), N_("Run at once"),
        (Field("on", N_("Day"), "day", N_("A preview may be for a day to come"), is_required=True, width=6),),
        back=to(DESK), begins=lambda visit: {"on": visit.today.isoformat()}, page=RUN,
    ),
)  # fmt: skip
