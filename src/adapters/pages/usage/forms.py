"""Forms about usage."""

from __future__ import annotations

from adapters.pages.forms import Field, Form
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
        then=lambda visit, done: "/usage/waiting", back=lambda visit: "/usage/waiting",
        done=lambda visit, done: visit.translated(N_("The records are dismissed.")),
    ),
)
# fmt: on
