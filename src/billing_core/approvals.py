"""Approvals: a command above what somebody may do alone waits for a second person, who approves or rejects it.

    2 March   anna, who may do 100.00 EUR alone, receives 150.00 EUR: kept as a request, until 9 March
    3 March   anna approves it: refused, it is her own       boris approves it: carried out, and both are in the LOG
              boris again: refused, it is decided            10 March: refused, it has expired

Decides who may decide on a request, and until when. Which commands wait is decided by the limits of roles (`staff`).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import msgspec

from billing_core.kernel.errors import BillingError, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.parties.details import require_text

OPEN_FOR = timedelta(days=7)
State = Literal["waiting", "approved", "rejected"]

# --- values and events


@event("approval-requested")
class ApprovalRequested(Event, frozen=True, kw_only=True):
    """A command waits until it is approved or rejected, up to and including the day `expires_on`.

    `command` is its name, `content` its fields as JSON, which are erased when the customer is forgotten. `why` says why
    it waits.
    """

    request: str
    command: str
    account: str
    customer: PersonNumber
    content: Personal[str]
    requested_by: str
    why: str
    expires_on: date


@event("request-approved")
class RequestApproved(Event, frozen=True, kw_only=True):
    """The command was carried out together with this."""

    request: str
    approved_by: str


@event("request-rejected")
class RequestRejected(Event, frozen=True, kw_only=True):
    """The command is never carried out."""

    request: str
    rejected_by: str
    reason: str


# --- state


class Request(msgspec.Struct, frozen=True):
    """A command that waits or waited, on which `decided_by` decided."""

    asked: ApprovalRequested
    state: State = "waiting"
    decided_by: str = ""


def apply_request(request: Request | None, fact: Event) -> Request | None:
    """The request after an event of its stream."""
    match fact:
        case ApprovalRequested():
            return Request(fact)
        case RequestApproved() if request is not None:
            return Request(request.asked, "approved", fact.approved_by)
        case RequestRejected() if request is not None:
            return Request(request.asked, "rejected", fact.rejected_by)
    return request


# --- decisions


def approve(request: Request, by: str, on: date) -> list[Event]:
    """Approve a request that waits, of somebody else."""
    _require_waiting(request, on)
    if request.asked.requested_by == by:
        raise RuleViolation("is your own; a second person has to approve it", field="request",
                            value=request.asked.request)  # fmt: skip
    return [RequestApproved(effective_on=on, request=request.asked.request, approved_by=by)]


def reject(request: Request, by: str, reason: str, on: date) -> list[Event]:
    """Reject a request that waits; who made it may take it back so."""
    require_text(reason, "reason")
    _require_waiting(request, on)
    return [RequestRejected(effective_on=on, request=request.asked.request, rejected_by=by, reason=reason)]


def _require_waiting(request: Request, on: date) -> None:
    asked = request.asked
    if request.state != "waiting":
        raise RuleViolation(f"was {request.state} by {request.decided_by}", field="request", value=asked.request)
    if on > asked.expires_on:
        raise RuleViolation(f"expired after {asked.expires_on}; give the command again", field="request",
                            value=asked.request)  # fmt: skip


# --- errors


class NeedsApproval(BillingError):
    """The command is above what the operator may do alone."""

    code = "needs-approval"
