"""Commands that wait for a second person."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.approvals import ListApprovalRequests, ShowApprovalRequest
from commands.approvals import ApproveRequest, RejectRequest

ROUTES = (
    Route("GET", "/approval-requests", ListApprovalRequests),
    Route("GET", "/approval-requests/{request}", ShowApprovalRequest),
    Route("POST", "/approval-requests/{request}/approve", ApproveRequest),
    Route("POST", "/approval-requests/{request}/reject", RejectRequest),
)
