"""How the stored samples of approvals are read."""

from __future__ import annotations

from datetime import date

from billing_core.approvals import ApprovalRequested, RequestApproved, RequestRejected
from billing_core.kernel.events import Event

ON = date(2026, 3, 2)
REQUEST = "01a225e6-9b38-7005-a59c-401e9f324f99"
SAMPLES: dict[str, Event] = {
    "approval-requested/1": ApprovalRequested(
        effective_on=ON, request=REQUEST, command="GrantGoodwill", account="00000001", customer="C0000001",
        content='{"account":"00000001","amount":"150.00"}', requested_by="anna",
        why="amount '150.00 EUR': is above what the roles permit without a second person",
        expires_on=date(2026, 3, 9),
    ),
    "request-approved/1": RequestApproved(effective_on=ON, request=REQUEST, approved_by="boris"),
    "request-rejected/1": RequestRejected(
        effective_on=ON, request=REQUEST, rejected_by="boris", reason="the customer was compensated already"
    ),
}  # fmt: skip
