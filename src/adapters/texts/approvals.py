"""Commands that wait for a second person, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from billing_core.approvals import ApprovalRequested, RequestApproved, RequestRejected


def _requested(fact: ApprovalRequested) -> str:
    what = f"{fact.command} for account {fact.account}"
    return f"{what} waits for a second person until {fact.expires_on}: {fact.why}"


def _approved(fact: RequestApproved) -> str:
    return f"{fact.approved_by} approved request {fact.request}, and it was carried out"


SENTENCES: Sentences = {
    ApprovalRequested: _requested,
    RequestApproved: _approved,
    RequestRejected: lambda fact: f"{fact.rejected_by} rejected request {fact.request}: {fact.reason}",
}
