"""Which messages a seller sends, by which channels, and when it is quiet: as text that is checked when it is set."""

from __future__ import annotations

from typing import Any

import yaml

from adapters.pages.forms import Field, Form, says, to
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.outreach.messages import ShowOutreachTerms
from commands.outreach.terms import SetOutreachTerms
from commands.platform.answers import plain

SELLERS = "/set-up/sellers"
TERMS = "terms"
# What is shown to a seller that sends nothing yet, to be changed: every kind of news by e-mail, calm nights.
BEGINNING = {
    "kinds": [
        {"kind": "invoice", "channels": ["email"], "attaches": True},
        {"kind": "credit-note", "channels": ["email"], "attaches": True},
        {"kind": "payment-received", "channels": ["email"]},
        {"kind": "overdue", "channels": ["email", "sms"]},
        {"kind": "suspended", "channels": ["sms", "email"]},
        {"kind": "outage", "channels": ["sms", "email"], "is_urgent": True},
    ],
    "quiet_from": "21:00",
    "quiet_until": "08:00",
}


def _known(visit: Visit) -> dict[str, Any]:
    terms = visit.ask(ShowOutreachTerms, seller=visit.path["seller"])
    shown = plain(terms) if terms.kinds else BEGINNING
    return {TERMS: yaml.safe_dump(shown, allow_unicode=True, sort_keys=False, width=110)}


FORMS = (
    Form(
        f"{SELLERS}/{{seller}}/messages", SetOutreachTerms, N_("Messages of the seller"), N_("Set what is sent"),
        (Field(TERMS, N_("Terms"), "yaml",
               N_("Kinds with their channels in order, quiet hours, throttles; a kind that is not named is not sent"),
               is_required=True),),
        then=to(f"{SELLERS}/{{seller}}"), back=to(f"{SELLERS}/{{seller}}"),
        done=says(N_("From now on these messages are sent.")), begins=_known,
        about=lambda visit: visit.path["seller"],
    ),
)  # fmt: skip
