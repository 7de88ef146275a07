"""What waits for a second person."""

from __future__ import annotations

from adapters.pages.to_do import COUNTED, ToDo, Waiting, and_more
from adapters.pages.visit import Visit
from adapters.views.approvals import ListApprovalRequests
from commands.approvals import ApproveRequest


def _requests(visit: Visit) -> list[Waiting]:
    """Those of others: nobody approves an own request."""
    found = visit.ask(ListApprovalRequests, limit=COUNTED)
    others = [row for row in found.items if row.requested_by != visit.rights.operator.code]
    if not others:
        return []
    text = visit.written.ngettext(
        "%(num)s request waits for a second person", "%(num)s requests wait for a second person", len(others)
    )
    return [Waiting("warn", text, "/approvals", and_more(visit, found.next is not None))]


TO_DO = (ToDo((ListApprovalRequests, ApproveRequest), _requests),)
