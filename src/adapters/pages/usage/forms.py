"""Forms about usage."""

from __future__ import annotations

from adapters.jobs.usage.rating import RateUsage
from adapters.jobs.usage.records import RetryRefusedUsage
from adapters.pages.forms import Field, Form, says, to
from adapters.pages.job_forms import JobForm
from adapters.pages.page import N_
from commands.usage.waiting import DismissWaitingUsage

# fmt: off
FORMS = (
    Form(
        "/usage/dismiss", DismissWaitingUsage, N_("Dismiss refused records"), N_("Dismiss the records"),
        (
            Field("source", N_("Source"), is_required=True, width=6),
            Field("batch", N_("Batch"), is_required=True, width=6),
            Field("reason", N_("Reason"), is_required=True,
                  hint=N_("They were not charged and never will be; the source may send them again.")),
        ),
        then=to("/usage/waiting"), back=to("/usage/waiting"),
        done=says(N_("The records are dismissed.")),
    ),
)
# fmt: on

# fmt: off
JOB_FORMS = (
    JobForm(
        "/usage/rate", RateUsage, N_("Rate usage anew"), N_("Rate anew"),
        (Field("from", N_("From"), "day", is_required=True, width=4), Field("price_list", N_("Price list"), width=8)),
        after="/usage/unrated",
    ),
    JobForm(
        "/usage/retry", RetryRefusedUsage, N_("Try refused records again"), N_("Try again"),
        (Field("source", N_("Source"), width=6), Field("batch", N_("Batch"), width=6),
         Field("profile", N_("Mapping profile"), "lines", hint=N_("A name, or the text of one that was mended"))),
        after="/usage/waiting",
    ),
)
# fmt: on
