"""The billing desk: the run under way, what could not be billed, and the earlier runs."""

from __future__ import annotations

from adapters.door.job_door import JobDoor
from adapters.jobs.billing import RetryParkedAccounts, RunBilling
from adapters.pages.billing.parked import cure_of, reason_of
from adapters.pages.jobs import STATES
from adapters.pages.page import Shown
from adapters.pages.visit import Visit
from adapters.views.billing import ListInvoices, ListParkedAccounts
from commands.platform.identity import new_id

RUNS, PARKED, DOCUMENTS = 12, 6, 8


def desk(visit: Visit) -> Shown:
    """What is to be done, and what was done."""
    jobs = JobDoor(visit.door).list_jobs(visit.caller(), RUNS, "", "run-billing")
    parked = visit.ask(ListParkedAccounts, limit=PARKED) if visit.may(ListParkedAccounts) else None
    shown = {
        "runs": [(job, STATES[job.state]) for job in jobs.items], "parked": parked, "RunBilling": RunBilling,
        "newest": visit.ask(ListInvoices, limit=DOCUMENTS).items, "RetryParkedAccounts": RetryParkedAccounts,
        **of_parked(),
    }  # fmt: skip
    return Shown("billing/desk.html", shown)


def of_parked() -> dict[str, object]:
    """What a list of parked accounts is shown with; each retry that is pressed is one command."""
    return {"cure_of": cure_of, "reason_of": reason_of, "new_key": new_id}
