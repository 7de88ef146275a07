"""Tickets for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.attachments import Attachment
from billing_core.work.ticket_events import CommentAdded
from billing_core.work.tickets import apply_ticket
from commands.platform.ports import Append
from commands.work.flows import PublishFlow, WithdrawFlow
from commands.work.opening import OpenTicket
from commands.work.steps import CompleteStep
from commands.work.tickets import AssignTicket, CloseTicket, LogLabour, ReopenTicket, WatchTicket
from tests.billing_core.work.flows import CONNECTION
from tests.operators import Operator

ON = date(2026, 4, 9)
PICTURE = Attachment(content_hash="0" * 64, media_type="image/png", size_bytes=1_000)


def keep_tickets(operator: Operator) -> None:
    """A flow, and five tickets by it: open, with a parent, a duplicate, cancelled, and reopened."""
    operator.tell(PublishFlow(flow=CONNECTION), today=ON)
    first = opened(operator, "A0001", "Dolní 5: no light")
    operator.tell(AssignTicket(ticket=first, assignee="anna", crew="c1"), today=ON)
    operator.tell(WatchTicket(ticket=first), today=ON, actor="berta")
    operator.tell(LogLabour(ticket=first, operator="anna", minutes=30), today=ON)
    measured = CompleteStep(ticket=first, step="survey", resolution="measured", values={"is_possible": "yes"})
    operator.tell(measured, today=ON)
    opened(operator, "A0001", "Dig", parent=first)
    duplicate = opened(operator, "A0001", "Dark")
    operator.tell(CloseTicket(ticket=duplicate, outcome="duplicate", duplicate_of=first), today=ON)
    for account, is_reopened in (("A0002", False), ("A0003", True)):
        ticket = opened(operator, account, "Moves in")
        operator.tell(CloseTicket(ticket=ticket, reason="not at home"), today=ON)
        if is_reopened:
            operator.tell(ReopenTicket(ticket=ticket, step="survey", reason="is at home"), today=ON)
    said: dict[str, Any] = {"text": "a picture", "attachments": (PICTURE,), "names": ("box.png",)}
    with operator.application.store.transaction() as transaction:
        version = transaction.load(f"ticket/{first}", apply_ticket)[1]
        comment = CommentAdded(effective_on=ON, customer="A0001", **said)
        transaction.append([Append(f"ticket/{first}", version, [comment])], [], origin_of_process("anna", ON))
    operator.tell(PublishFlow(flow=msgspec.structs.replace(CONNECTION, kind="gone")), today=ON)
    operator.tell(WithdrawFlow(kind="gone"), today=ON)
    complaint = msgspec.structs.replace(CONNECTION, kind="complaint", holds_dunning=True)
    operator.tell(PublishFlow(flow=complaint), today=ON)
    opened(operator, "A0001", "The bill is wrong", kind="complaint")


def opened(operator: Operator, account: str, subject: str, parent: str = "", kind: str = "connection") -> str:
    command = OpenTicket(
        kind=kind, subject=subject, account=account, subscription="net-2", address=f"at-{account}",
        parent=parent,
    )  # fmt: skip
    return str(operator.tell(command, today=ON).result["ticket"])
