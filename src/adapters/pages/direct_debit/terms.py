"""On which terms a seller collects."""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.direct_debit import ShowDebitTerms
from billing_core.direct_debit.terms import PAIN_VERSIONS, DebitTerms
from commands.direct_debit.terms import SetDebitTerms

ONE = "/set-up/sellers/{seller}"
VERSIONS = tuple(Choice(version, version) for version in PAIN_VERSIONS)
SETTLES = (
    Choice("collection-date", N_("On its day, unless it is rejected")),
    Choice("answer", N_("When the bank says yes")),
    Choice("statement", N_("When it stands in a statement")),
)
NOTICES = (Choice("message", N_("By a message")), Choice("invoice", N_("On the invoice")))


def _known(visit: Visit) -> dict[str, Any]:
    terms = visit.ask(ShowDebitTerms, seller=visit.path["seller"]).terms or DebitTerms()
    return {f"terms.{name}": value for name, value in msgspec.structs.asdict(terms).items() if name != "reasons"}


def _with_reasons(visit: Visit, typed: dict[str, Any]) -> dict[str, Any]:
    """The reasons of the seller's own stay as they are."""
    known = visit.ask(ShowDebitTerms, seller=visit.path["seller"]).terms
    reasons = {} if known is None else msgspec.to_builtins(known.reasons)
    return {**typed, "terms": {**typed.get("terms", {}), "reasons": reasons}}


# fmt: off
FORMS = (
    Form(
        f"{ONE}/debit-terms", SetDebitTerms, N_("Direct debit"), N_("Set the terms"),
        (
            Field("terms.creditor_id", N_("Creditor id (SEPA)"), width=6),
            Field("terms.pain_version", N_("Version of pain.008 that the bank takes"), "choice", choices=VERSIONS,
                  width=6),
            Field("terms.domestic_account", N_("Czech account that is credited"), width=6),
            Field("terms.client_number", N_("Client number at that bank"), width=6),
            Field("terms.sipo_recipient", N_("Recipient number of SIPO"), width=4),
            Field("terms.sipo_fee_code", N_("Fee code of SIPO"), width=4),
            Field("terms.sipo_change_kind", N_("Change kind of SIPO"), width=4),
            Field("terms.notice", N_("Debits are announced"), "choice", choices=NOTICES, width=6),
            Field("terms.notice_days", N_("Days before"), "whole", width=6),
            Field("terms.settles", N_("A debit counts as paid"), "choice", choices=SETTLES, width=6),
            Field("terms.most_tries", N_("Most tries"), "whole", width=3),
            Field("terms.days_between_tries", N_("Days between tries"), "whole", width=3),
            Field("terms.lapse_months", N_("Months without a debit until a mandate lapses"), "whole", width=6),
            Field("terms.return_fee", N_("Fee for a returned debit without VAT"), "amount", width=6),
            Field("terms.return_fee_vat_rate", N_("VAT rate of the fee"), "amount", width=6),
        ),
        then=to(ONE), back=to(ONE), done=says(N_("The terms hold from now on.")), begins=_known, adds=_with_reasons,
        about=lambda visit: visit.path["seller"],
    ),
)
# fmt: on
