"""A policy tried on the present debtors before it is published: what is typed, and its effect in rows and totals."""

from __future__ import annotations

from typing import Any

from adapters.files.yaml_documents import document_in
from adapters.jobs.policy_simulation import SimulateDunningPolicy
from adapters.pages.dunning.policies import PLACE, SIMULATE, policy_text
from adapters.pages.forms import Choice, Field, to
from adapters.pages.job_forms import JobForm
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from billing_core.dunning.policies import DunningPolicy, require_policy

PAYMENTS = (
    Choice("history", N_("As in the last year")), Choice("nobody", N_("Nobody pays")),
    Choice("share", N_("A share pays after each step")),
)  # fmt: skip
POLICY = Field("policy", N_("Policy"), "yaml", is_required=True)


def _begins(visit: Visit) -> dict[str, Any]:
    return {"days": "60", "payments": "history", "within_days": "7", **policy_text(visit)}


def _checked(visit: Visit, words: dict[str, Any]) -> dict[str, Any]:
    """The words; a text that is no policy is refused at once, with the line, and not by the job."""
    require_policy(document_in(visit.first(POLICY.name), POLICY.name).read_as(DunningPolicy))
    return words


JOB_FORMS = (
    JobForm(
        SIMULATE, SimulateDunningPolicy, N_("Simulation of a policy"), N_("Simulate"),
        (
            Field("days", N_("For so many days"), "whole", is_required=True, width=4),
            Field("instead_of", N_("For accounts of policy"), hint=N_("Empty: of the same code"), width=4),
            Field("without_policy", N_("For accounts without a policy"), "check", width=4),
            Field("payments", N_("Who pays"), "choice", choices=PAYMENTS, is_required=True, width=4),
            Field("percent", N_("Share, per cent"), "amount", width=4),
            Field("within_days", N_("Days after a step"), "whole", width=4),
        ),
        back=to(PLACE), begins=_begins, written=POLICY, adds=_checked, result="dunning/simulated.html",
    ),
)  # fmt: skip
