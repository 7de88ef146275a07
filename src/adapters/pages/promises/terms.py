"""On which terms the customers of a seller may promise to pay."""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.pages.forms import Field, Form, says, to
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.promises import ShowPromiseTerms
from billing_core.promises import PromiseTerms
from commands.promises import SetPromiseTerms

ONE = "/set-up/sellers/{seller}"


def _known(visit: Visit) -> dict[str, Any]:
    terms = visit.ask(ShowPromiseTerms, seller=visit.path["seller"]).terms or PromiseTerms(most_days=14)
    return {f"terms.{name}": value for name, value in msgspec.structs.asdict(terms).items() if value is not None} | {
        "terms.vat": terms.vat_rate, "terms.days_of_month": "\n".join(map(str, terms.days_of_month)),
    }  # fmt: skip


# fmt: off
FORMS = (
    Form(
        f"{ONE}/promises", SetPromiseTerms, N_("Promised payments"), N_("Set the terms"),
        (
            Field("terms.most_days", N_("Longest term in days"), "whole", is_required=True, width=4),
            Field("terms.grace_days", N_("Days of grace"), "whole", width=4),
            Field("terms.most_per_month", N_("Most in a month"), "whole", width=4),
            Field("terms.most_instalments", N_("Most instalments"), "whole", width=4),
            Field("terms.least_debt", N_("Least debt"), "amount", width=4),
            Field("terms.most_debt", N_("Most debt"), "amount", width=4),
            Field("terms.least_service_days", N_("Days of service before"), "whole", width=4),
            Field("terms.days_after_broken", N_("Days after a broken one"), "whole", width=4),
            Field("terms.least_paid_percent", N_("Percent to be paid at once"), "amount", width=4),
            Field("terms.price", N_("Price without VAT"), "amount", width=4),
            Field("terms.vat", N_("VAT rate"), "amount", width=4),
        ),
        then=to(ONE), back=to(ONE), done=says(N_("The terms hold from now on.")), begins=_known,
        about=lambda visit: visit.path["seller"],
    ),
)
# fmt: on
