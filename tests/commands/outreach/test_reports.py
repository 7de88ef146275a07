"""What is reported of messages: delivered, come back, answered; and an address that came back is passed over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import RuleViolation
from billing_core.outreach.messages import (
    Message,
    MessageAnswered,
    MessageBounced,
    MessageDelivered,
    MessageSent,
    apply_message,
)
from billing_core.outreach.terms import KindTerms, OutreachTerms
from billing_core.party_changes import CustomerChanges
from commands.outreach.messages import QueueMessage
from commands.outreach.reachability import MarkReachable
from commands.outreach.reports import NoteMessageAnswered, NoteMessageBounced, NoteMessageDelivered
from commands.outreach.terms import SetOutreachTerms
from commands.parties import ChangeCustomer
from commands.platform.ports import Append
from projections.outreach.unreachable import list_unreachable
from tests.operators import Operator

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def anna(operator: Operator) -> None:
    """A customer with an e-mail and a phone; the seller tells of outages by e-mail or else by SMS."""
    operator.subscriber("A1")
    changes = CustomerChanges(email="anna@x.test", phone="+420602123456")
    operator.tell(ChangeCustomer(number="A1", changes=changes), today=TODAY)
    of_kind = KindTerms(kind="planned-work", channels=("email", "sms"))
    operator.tell(SetOutreachTerms(seller="north", terms=OutreachTerms(kinds=(of_kind,))), today=TODAY)


def queue(operator: Operator, cause: str) -> str:
    answer = operator.tell(QueueMessage(kind="planned-work", account="A1", cause=cause), today=TODAY)
    return str(answer.result["message"])


def sent(operator: Operator, cause: str) -> str:
    message = queue(operator, cause)
    fact = MessageSent(effective_on=TODAY, attempt=1, reference=f"ref {cause}")
    with operator.application.store.transaction() as transaction:
        _, version = transaction.load(f"message/{message}", apply_message)
        transaction.append([Append(f"message/{message}", version, [fact])], [], origin_of_process("program", TODAY))
    return message


def state(operator: Operator, message: str) -> Message:
    with operator.application.store.transaction() as transaction:
        found, _ = transaction.load(f"message/{message}", apply_message)
    assert found is not None
    return found


def kinds(operator: Operator, message: str) -> list[str]:
    return [type(fact).__name__ for fact in operator.facts(f"message/{message}")]


def test_a_message_is_delivered_once_and_what_came_back_stays_so(operator: Operator):
    message = sent(operator, "one")
    for _ in range(2):
        operator.tell(NoteMessageDelivered(message=message, at=NOON), today=TODAY)
    assert kinds(operator, message) == ["MessageQueued", "MessageSent", "MessageDelivered"]
    assert operator.facts(f"message/{message}")[-1] == MessageDelivered(effective_on=TODAY, at=NOON)

    operator.tell(NoteMessageBounced(message=message, reason="5.1.1"), today=TODAY)
    operator.tell(NoteMessageDelivered(message=message), today=TODAY)
    operator.tell(NoteMessageBounced(message=message, reason="again"), today=TODAY)
    assert kinds(operator, message)[2:] == ["MessageDelivered", "MessageBounced"]
    assert (state(operator, message).state, state(operator, message).reason) == ("bounced", "5.1.1")


def test_what_was_not_sent_has_no_report(operator: Operator):
    message = queue(operator, "one")
    for command in (
        NoteMessageDelivered(message=message),
        NoteMessageBounced(message=message, reason="x"),
        NoteMessageAnswered(message=message, text="x"),
    ):
        with pytest.raises(RuleViolation, match="was not sent"):
            operator.tell(command, today=TODAY)


def test_an_answer_is_noted(operator: Operator):
    message = sent(operator, "one")
    operator.tell(NoteMessageAnswered(message=message, text="Thank you"), today=TODAY)
    assert operator.facts(f"message/{message}")[-1] == MessageAnswered(
        effective_on=TODAY, customer="A1", text="Thank you"
    )
    assert state(operator, message).answers == 1


def test_after_a_hard_bounce_the_next_message_takes_another_channel(operator: Operator):
    first = sent(operator, "one")
    assert state(operator, first).queued.recipient == "anna@x.test"
    operator.tell(NoteMessageBounced(message=first, reason="5.1.1 unknown"), today=TODAY)

    second = state(operator, queue(operator, "two")).queued
    assert (second.channel, second.recipient) == ("sms", "+420602123456")
    (row,) = operator.ask(list_unreachable, 10, "")
    assert (row.customer, row.address, row.reason) == ("A1", "anna@x.test", "5.1.1 unknown")

    # Another address is another one.
    operator.tell(ChangeCustomer(number="A1", changes=CustomerChanges(email="anna@y.test")), today=TODAY)
    assert state(operator, queue(operator, "three")).queued.recipient == "anna@y.test"
    operator.tell(ChangeCustomer(number="A1", changes=CustomerChanges(email="anna@x.test")), today=TODAY)
    assert state(operator, queue(operator, "four")).queued.channel == "sms"

    # A person says that it works.
    operator.tell(MarkReachable(customer="A1", channel="email", address="anna@x.test"), today=TODAY)
    assert state(operator, queue(operator, "five")).queued.recipient == "anna@x.test"
    assert operator.ask(list_unreachable, 10, "") == []
    assert operator.findings() == []


def test_a_full_mailbox_changes_no_address(operator: Operator):
    first = sent(operator, "one")
    operator.tell(NoteMessageBounced(message=first, reason="4.2.2 full", is_permanent=False), today=TODAY)
    assert isinstance(operator.facts(f"message/{first}")[-1], MessageBounced)
    assert state(operator, queue(operator, "two")).queued.channel == "email"
