"""A price change: its effect on all customers, shown before it is published, and its publication."""

from __future__ import annotations

from starlette.responses import Response

from adapters.bootstrap.operations import operations
from adapters.door.job_door import JobCard, JobDoor
from adapters.jobs.price_changes import PublishRevision
from adapters.pages.catalogue.components import whole
from adapters.pages.jobs import STATES, to_page
from adapters.pages.page import Shown
from adapters.pages.visit import Visit
from adapters.views.catalogue import ShowTariff
from billing_core.kernel.errors import NotFound
from commands.platform.answers import read_plain
from commands.price_changes.effect import PriceChangeEffect

KIND = "publish-revision"


def change(visit: Visit) -> Shown:
    """How far it is, the effect, or what was done."""
    job = _change(visit)
    effect = read_plain(job.result, PriceChangeEffect) if job.state == "done" and job.dry_run else None
    shown = {
        "job": job, "state_of_job": STATES[job.state], "effect": effect, "may_publish": visit.may(PublishRevision),
        "tariff": whole(visit.ask(ShowTariff, code=visit.path["tariff"])),
    }  # fmt: skip
    return Shown("price_changes/change.html", shown)


def publish(visit: Visit) -> Response:
    """Publish what was rehearsed."""
    rehearsed = _change(visit)
    jobs = JobDoor(visit.door)
    fields = {**rehearsed.fields, "confirmed": True}
    asked = jobs.admit(operations()[PublishRevision], fields, visit.caller(visit.first("_key")), dry_run=False)
    return to_page(visit, f"/catalogue/tariffs/{visit.path['tariff']}/changes/{jobs.start(asked).job}")


def _change(visit: Visit) -> JobCard:
    job = JobDoor(visit.door).show_job(visit.caller(), visit.path["job"])
    if job.kind != KIND or job.fields.get("tariff") != visit.path["tariff"]:
        raise NotFound("no such price change", field="job", value=job.job)
    return job
