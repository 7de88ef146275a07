"""By which signs the payments of a seller find their account."""

from __future__ import annotations

from typing import Any

import yaml

from adapters.pages.forms import Field, Form, says, to
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.remittances import ShowMatchingRules
from commands.payments.matching_rules import SetMatchingRules
from commands.platform.answers import plain

ONE = "/set-up/sellers/{seller}"


def _known(visit: Visit) -> dict[str, Any]:
    rules = visit.ask(ShowMatchingRules, seller=visit.path["seller"]).rules
    return {"rules": yaml.safe_dump(plain(rules), allow_unicode=True, sort_keys=False, width=110)}


FORMS = (
    Form(
        f"{ONE}/matching-rules", SetMatchingRules, N_("Matching of payments"), N_("Set the rules"),
        (
            Field("rules", N_("Rules"), "yaml",
                  N_("Rungs in their order: invoice-number, account-number, customer-number, creditor-reference, "
                     "end-to-end-id, payer-account, text, open-amount. What no rung or more than one account fits, "
                     "waits.")),
        ),
        then=to(ONE), back=to(ONE), done=says(N_("The rules hold from now on.")), begins=_known,
        about=lambda visit: visit.path["seller"],
    ),
)  # fmt: skip
