"""Commands that wait for a second person: see them, approve or reject them."""

from __future__ import annotations

from typing import Any

from adapters.pages.approvals.to_do import TO_DO as TO_DO
from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Page, Shown, Tile
from adapters.pages.visit import Visit
from adapters.views.approvals import ListApprovalRequests, ShowApprovalRequest
from commands.approvals import ApproveRequest, RejectRequest

APPROVALS = "/approvals"
ONE = f"{APPROVALS}/{{request}}"
STATES = {
    "waiting": State(N_("Waits"), "warn"), "approved": State(N_("Approved"), "good"),
    "rejected": State(N_("Rejected"), "bad"), "expired": State(N_("Expired"), "calm"),
}  # fmt: skip
ALL = (Choice("true", N_("Also decided ones")),)


def request(visit: Visit) -> Shown:
    """What waits, with its content."""
    card = visit.ask(ShowApprovalRequest, request=visit.path["request"])
    is_own = card.request.requested_by == visit.rights.operator.code
    return Shown("approvals/request.html", {"card": card, "shown": STATES[card.request.state], "is_own": is_own,
                                            "approve": ApproveRequest, "reject": RejectRequest})  # fmt: skip


def _state(row: Any) -> State:
    return STATES[row.state]


LISTS = (
    List(
        APPROVALS, ListApprovalRequests, N_("Approvals"),
        (
            Column(N_("Request"), lambda row: row.command.replace("-", " ").capitalize(),
                   link=lambda row: f"{APPROVALS}/{row.request}", below=lambda row: row.why),
            Column(N_("Account"), lambda row: row.account),
            Column(N_("Asked for by"), lambda row: row.requested_by),
            Column(N_("On"), lambda row: row.requested_on, "day"),
            Column(N_("Expires"), lambda row: row.expires_on, "day"),
            Column(N_("State"), _state, "state", below=lambda row: row.decided_by),
        ),
        filters=(Field("all", N_("Which"), "choice", choices=ALL),),
        row_actions=(
            Act(N_("Approve"), lambda row: f"{APPROVALS}/{row.request}/approve", ApproveRequest,
                when=lambda row: row.state == "waiting"),
            Act(N_("Reject"), lambda row: f"{APPROVALS}/{row.request}/reject", RejectRequest,
                when=lambda row: row.state == "waiting"),
        ),
        empty=N_("Nothing waits for a second person."),
    ),
)  # fmt: skip
PAGES = (Page(ONE, request, ShowApprovalRequest),)
FORMS = (
    Form(
        f"{ONE}/approve", ApproveRequest, N_("Approve"), N_("Approve, and carry it out"), (),
        then=to(APPROVALS), back=to(ONE), done=says(N_("It is approved and carried out.")),
    ),
    Form(
        f"{ONE}/reject", RejectRequest, N_("Reject"), N_("Reject"), (Field("reason", N_("Reason"), is_required=True),),
        then=to(APPROVALS), back=to(ONE), done=says(N_("It is rejected, and never carried out.")),
    ),
)  # fmt: skip
SET_UP = (Tile("people", N_("Approvals"), APPROVALS, ListApprovalRequests, N_("What waits for a second person")),)
