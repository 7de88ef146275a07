"""Bases, a bulk message that was stopped, and an address that is passed over, for the books of every read model."""

from __future__ import annotations

from datetime import date

from adapters.bootstrap.origins import origin_of_process
from billing_core.outreach.bases import CustomerChoice
from billing_core.outreach.bulk import BulkMessageAdvanced, BulkMessageStarted, BulkMessageStopped, BulkText
from billing_core.outreach.reachability import AddressReachable, AddressUnreachable
from commands.outreach.bases import RemoveCustomerBase, SaveCustomerBase
from commands.platform.ports import Append
from tests.operators import Operator

ON = date(2026, 4, 10)


def keep_bulk_messages(operator: Operator) -> None:
    operator.tell(SaveCustomerBase(base="vip", name="Good customers", seller="north"), today=ON)
    tagged = CustomerChoice(tags=("vip",))
    operator.tell(SaveCustomerBase(base="vip", name="Good customers", seller="north", choice=tagged), today=ON)
    operator.tell(SaveCustomerBase(base="old", name="Old", seller="north"), today=ON)
    operator.tell(RemoveCustomerBase(base="old"), today=ON)
    started = BulkMessageStarted(
        effective_on=ON, bulk_message="spring", seller="north", base="vip", choice=tagged,
        texts=(BulkText(language="en", text="Faster now"),), per_minute=10, expected=2,
    )  # fmt: skip
    advanced = BulkMessageAdvanced(
        effective_on=ON, bulk_message="spring", reached="A0001", queued=0, left_out={"has not agreed": 1}
    )
    stopped = BulkMessageStopped(effective_on=ON, bulk_message="spring", reason="a slip")
    facts = [
        Append("bulk-message/spring", 0, [started, advanced, stopped]),
        Append("reachability/A0001", 0, [
            AddressUnreachable(effective_on=ON, customer="A0001", channel="email", reason="5.1.1", address="a@x.test"),
            AddressUnreachable(effective_on=ON, customer="A0001", channel="sms", reason="UNDELIV", address="+420602"),
            AddressReachable(effective_on=ON, customer="A0001", channel="sms", address="+420602"),
        ]),
    ]  # fmt: skip
    with operator.application.store.transaction() as transaction:
        transaction.append(facts, [], origin_of_process("clerk", ON))
