"""The billing desk: runs with their preview, and the accounts that could not be billed."""

from __future__ import annotations

from adapters.actions.billing import RetryParkedAccount
from adapters.jobs.billing import RetryParkedAccounts, RunBilling
from adapters.pages.billing.desk import desk
from adapters.pages.billing.parked import LISTS as LISTS
from adapters.pages.billing.parked import outcome
from adapters.pages.billing.runs import confirm, go_on, pause, run
from adapters.pages.billing.to_do import TO_DO as TO_DO
from adapters.pages.forms import Field, Form, to
from adapters.pages.job_forms import JobForm
from adapters.pages.page import N_, Entry, Page
from adapters.pages.visit import Visit
from adapters.views.billing import ListInvoices, ListParkedAccounts
from billing_core.kernel.spans import ONE_DAY

RUN = "/billing/runs/{job}"
PAGES = (
    Page("/billing", desk, ListInvoices),
    Page(RUN, run),
    Page(f"{RUN}/confirm", confirm, method="POST"),
    Page(f"{RUN}/pause", pause, method="POST"),
    Page(f"{RUN}/go-on", go_on, method="POST"),
)


def _today(visit: Visit) -> dict[str, str]:
    return {"on": visit.today.isoformat(), "until": (visit.today + ONE_DAY).isoformat(), "over_percent": "20"}


JOB_FORMS = (
    JobForm(
        "/billing/run", RunBilling, N_("Billing run"), N_("Bill at once"),
        (
            Field("on", N_("Date of the documents"), "day", is_required=True, width=6),
            Field("until", N_("Charge what is due before"), "day", is_required=True, width=6),
            Field("over_percent", N_("Show bills that changed by more than, per cent"), "amount", width=6),
            Field("confirmed", N_("Charge also if the day is far ahead"), "check", width=6),
        ),
        back=to("/billing"), begins=_today, page=RUN,
    ),
    JobForm(
        "/billing/parked/retry-all", RetryParkedAccounts, N_("Retry of all parked accounts"), N_("Retry all"),
        back=to("/billing/parked"), result="billing/retried.html", after="/billing/parked",
    ),
)  # fmt: skip
FORMS = (
    Form(
        "/billing/parked/{account}/retry", RetryParkedAccount, N_("Retry"), N_("Bill it again"), (),
        then=to("/billing/parked"), back=to("/billing/parked"), done=outcome,
        about=lambda visit: visit.path["account"],
    ),
)  # fmt: skip
MENU = (Entry(N_("Billing"), "/billing", "bill", (ListParkedAccounts, ListInvoices), (2, 1), "b"),)
