"""What was corrected, the newest first, and where to begin a correction."""

from __future__ import annotations

from adapters.door.job_door import JobDoor
from adapters.jobs.corrections import PlayCorrections
from adapters.pages.jobs import STATES
from adapters.pages.page import Page, Shown
from adapters.pages.visit import Visit
from adapters.views.audit import ListChanges

CORRECTIONS = "/corrections"
KINDS = ("subscription-terms-corrected", "subscription-activation-corrected", "customer-registration-corrected")
AT_ONCE, JOBS_AT_ONCE = 30, 200
PLAYED = "play-corrections"


def played(visit: Visit) -> Shown:
    """Corrections of every kind, and the lists that were played."""
    changes = [change for kind in KINDS for change in visit.ask(ListChanges, event=kind, limit=AT_ONCE).items]
    changes.sort(key=lambda change: -change.position)
    jobs = JobDoor(visit.door).list_jobs(visit.caller(), JOBS_AT_ONCE, "").items
    lists = [(job, STATES[job.state]) for job in jobs if job.kind == PLAYED]
    return Shown("corrections/played.html", {"changes": changes[:AT_ONCE], "lists": lists, "play": PlayCorrections})


PAGES = (Page(CORRECTIONS, played, ListChanges),)
