"""Messages for the books on which every read model is tried."""

from __future__ import annotations

from datetime import UTC, date, datetime

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.events import Event
from billing_core.outreach.messages import MessageAnswered, MessageFailed, MessageSent
from billing_core.outreach.terms import KindTerms, OutreachTerms
from commands.outreach.messages import CancelMessage, QueueMessage
from commands.outreach.terms import SetOutreachTerms
from commands.platform.ports import Append
from tests.operators import Operator

ON = date(2026, 4, 10)
LATER = datetime(2026, 4, 11, tzinfo=UTC)


def keep_messages(operator: Operator) -> None:
    """Messages that wait, were sent and answered, failed, and were cancelled."""
    told = OutreachTerms(kinds=(KindTerms(kind="hold", channels=("push",)),))
    operator.tell(SetOutreachTerms(seller="north", terms=told), today=ON)
    for account in ("A0001", "A0002", "A0003", "A0004"):
        command = QueueMessage(kind="hold", account=account, values={"service": "main", "since_on": "2026-04-10"})
        message = str(operator.tell(command, today=ON).result["message"])
        match account:
            case "A0002":
                became(operator, message, MessageSent(effective_on=ON, attempt=1, reference="r1"),
                       MessageAnswered(effective_on=ON, customer="A0002", text="Thank you"))  # fmt: skip
            case "A0003":
                became(operator, message, MessageFailed(effective_on=ON, attempt=1, reason="later", again_at=LATER))
            case "A0004":
                operator.tell(CancelMessage(message=message, reason="a mistake"), today=ON)


def became(operator: Operator, message: str, *facts: Event) -> None:
    with operator.application.store.transaction() as transaction:
        transaction.append([Append(f"message/{message}", 1, facts)], [], origin_of_process("outbox", ON))
