"""Merging through the bus: money stays where it is, the kept customer has it all, and undoing gives it back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.registry import streams_of_customer
from billing_core.dealers import Dealer
from billing_core.kernel.errors import BillingError, RuleViolation
from billing_core.parties.contacts import Contact
from billing_core.party_changes import CustomerChanges
from commands.accounts import OpenAccount
from commands.dealers import RegisterDealer
from commands.merging import MergeCustomers, UndoMerge, handle_merge_customers
from commands.parties import (
    AssignCustomer,
    AssignParent,
    ChangeCustomer,
    GiveConsent,
    PutConsentPurpose,
    PutContact,
    RegisterCustomer,
)
from commands.services import ActivateSubscription
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from projections.accounts.balances import accounts_of_customers
from projections.parties import Chosen, customer_named, list_customers, records_of
from projections.work.ticket_lists import Sought, list_tickets
from tests.billing_core.work.flows import CONNECTION
from tests.operators import Operator, bank_row, wait_until_held_up

MERGE = MergeCustomers(customer="A0002", into="A0001", reason="registered twice")
UNDO = UndoMerge(customer="A0002", reason="another person")
SUMMER = date(2026, 6, 1)


@pytest.fixture
def two(operator: Operator) -> Operator:
    """Two customers with an account each, billed for January; the first one paid 30.00 of 24.00."""
    operator.subscribers(3)
    operator.bill(date(2026, 2, 1))
    operator.take_in([bank_row(1, "30.00", "A0001")])
    return operator


def balances(operator: Operator, customer: str) -> dict[str, Decimal]:
    owned = operator.ask(accounts_of_customers, [customer])[customer]
    return {account.number: account.balance.amount for account in owned}


def found(operator: Operator, text: str) -> list[str]:
    return [row.customer.number for row in operator.ask(list_customers, text, 10)]


def test_accounts_go_to_the_kept_customer_with_their_balances_and_come_back(two: Operator):
    before = {number: balances(two, number) for number in ("A0001", "A0002")}
    assert before == {"A0001": {"A0001": Decimal("6.00")}, "A0002": {"A0002": Decimal("-24.00")}}

    assert two.tell(MERGE).result == {"accounts": ["A0002"]}
    assert two.tell(MERGE).position == 0

    assert balances(two, "A0001") == {"A0001": Decimal("6.00"), "A0002": Decimal("-24.00")}
    assert balances(two, "A0002") == {}
    assert two.account("A0002").customer == "A0001"
    assert two.findings() == []

    assert two.tell(UNDO).result == {"accounts": ["A0002"]}
    assert {number: balances(two, number) for number in ("A0001", "A0002")} == before
    assert two.ask(customer_named, "A0002").merged_into == ""
    assert two.findings() == []


def test_merged_undone_and_merged_again_at_once_is_merged(two: Operator):
    for command in (MERGE, UNDO, MergeCustomers(customer="A0002", into="A0003", reason="this one")):
        two.tell(command)

    assert [set(balances(two, number)) for number in ("A0001", "A0002", "A0003")] == [
        {"A0001"}, set(), {"A0002", "A0003"},
    ]  # fmt: skip
    ((owners,),) = two.select("SELECT customers FROM live.accounts WHERE number = 'A0002'")
    assert owners == ["A0002", "A0001", "A0002", "A0003"]
    assert two.findings() == []


def test_what_is_issued_after_a_merge_names_the_kept_customer(two: Operator):
    two.tell(MERGE)
    two.bill(date(2026, 3, 1))

    invoices = [fact for fact in two.facts("account/A0002") if type(fact).__name__ == "InvoiceIssued"]
    assert [invoice.customer.code for invoice in invoices] == ["A0002", "A0001"]  # type: ignore[attr-defined]
    assert two.findings() == []


def test_a_search_finds_the_kept_customer_by_what_the_other_record_knows(two: Operator):
    two.tell(ChangeCustomer(number="A0002", changes=CustomerChanges(name="Zane Ozola", phone="2000 0009")))
    two.tell(PutContact(customer="A0003", contact="1", details=Contact(name="Inese Liepa")))
    two.tell(MERGE)
    two.tell(MergeCustomers(customer="A0001", into="A0003", reason="all the same"))

    for text in ("zane ozola", "20000009", "A0002", "A0001", "liepa", "customer"):
        assert found(two, text) == ["A0003"], text
    assert found(two, "") == ["A0003"]
    assert two.ask(records_of, "A0003") == ["A0003", "A0001", "A0002"]
    assert set(balances(two, "A0003")) == {"A0001", "A0002", "A0003"}
    assert "customer/A0002" in two.ask(streams_of_customer, "A0003")
    with pytest.raises(RuleViolation, match="'A0001': was merged into customer A0003"):
        two.tell(UNDO)  # First the later merge is undone.
    two.tell(UndoMerge(customer="A0001", reason="not the same"))
    two.tell(UNDO)
    assert found(two, "ozola") == ["A0002"]
    assert found(two, "") == ["A0001", "A0002", "A0003"]
    assert two.findings() == []


def test_the_merged_number_is_refused_for_new_business_and_the_message_names_the_kept_one(two: Operator):
    two.tell(PutConsentPurpose(purpose="offers", name="Offers", wording="We may send you offers."))
    two.tell(PublishFlow(flow=CONNECTION))
    two.tell(RegisterDealer(dealer=Dealer(code="east", name="East")))
    two.tell(MERGE)
    before = two.store_contents()

    for command in (
        OpenAccount(account="B1", customer="A0002", seller="north", currency="EUR"),
        ChangeCustomer(number="A0002", changes=CustomerChanges(name="Ona")),
        PutContact(customer="A0002", contact="1", details=Contact(name="Ona")),
        GiveConsent(customer="A0002", purpose="offers", channel="web"),
        AssignParent(customer="A0003", parent="A0002"),
        AssignParent(customer="A0002", parent="A0003"),
        AssignCustomer(customer="A0002", dealer="east"),
        OpenTicket(kind="connection", subject="x", customer="A0002"),
        MergeCustomers(customer="A0002", into="A0003", reason="x"),
        MergeCustomers(customer="A0003", into="A0002", reason="x"),
    ):
        with pytest.raises(RuleViolation, match="was merged into customer A0001; use that number"):
            two.tell(command)
    assert two.store_contents() == before

    service = ActivateSubscription(account="A0002", subscription="more", tariff="net", on=SUMMER)
    two.tell(service, today=SUMMER)  # What was sold goes on: the account is the kept customer's.
    assert two.tell(
        OpenTicket(kind="connection", subject="x", customer="A0001", account="A0002", subscription="main")
    ).position
    assert two.findings() == []


def test_tickets_from_before_and_meanwhile_are_sound_after_the_merge_is_undone(two: Operator):
    two.tell(PublishFlow(flow=CONNECTION))
    two.tell(OpenTicket(kind="connection", subject="x", account="A0002", subscription="main"))
    two.tell(MERGE)
    two.tell(OpenTicket(kind="connection", subject="y", account="A0002", subscription="main"))
    found = {customer: two.ask(list_tickets, Sought(customer=customer), 9) for customer in ("A0001", "A0002", "A0003")}
    assert {customer: [ticket.subject for ticket in tickets] for customer, tickets in found.items()} == {
        "A0001": ["x", "y"], "A0002": ["x"], "A0003": [],
    }  # fmt: skip
    assert two.findings() == []
    two.tell(UNDO)
    assert two.findings() == []


def test_a_dealer_gets_a_customer_with_all_that_was_merged_into_it(two: Operator):
    two.tell(RegisterDealer(dealer=Dealer(code="east", name="East")))
    two.tell(AssignCustomer(customer="A0002", dealer="east"))
    with pytest.raises(RuleViolation, match="belongs to dealer east"):
        two.tell(MERGE)
    two.tell(AssignCustomer(customer="A0002"))
    two.tell(MERGE)
    two.tell(AssignCustomer(customer="A0001", dealer="east"))

    assert [two.ask(customer_named, number).dealer for number in ("A0001", "A0002", "A0003")] == ["east", "east", ""]
    assert [row.customer.number for row in two.ask(list_customers, "", 9, "", Chosen(dealer="east"))] == ["A0001"]


def test_two_merges_into_each_other_at_once_leave_one_customer(two: Operator):
    origin = origin_of_process("clerk")
    other_way = MergeCustomers(customer="A0001", into="A0002", reason="registered twice")
    with ThreadPoolExecutor(1) as threads:
        with two.application.store.transaction() as transaction:
            decision = handle_merge_customers(MERGE, transaction, origin)
            other = threads.submit(two.tell, other_way)
            wait_until_held_up(two)
            transaction.append(decision.appends, (), origin)
        with pytest.raises(BillingError, match="was merged into customer A0001"):
            other.result(30)
    assert set(balances(two, "A0001")) == {"A0001", "A0002"}
    assert two.findings() == []


def test_an_account_that_is_opened_while_records_are_merged_waits_and_is_refused(two: Operator):
    origin = origin_of_process("clerk")
    with ThreadPoolExecutor(1) as threads:
        with two.application.store.transaction() as transaction:
            decision = handle_merge_customers(MERGE, transaction, origin)
            opened = OpenAccount(account="B1", customer="A0002", seller="north", currency="EUR")
            other = threads.submit(two.tell, opened)
            wait_until_held_up(two)
            transaction.append(decision.appends, (), origin)
        with pytest.raises(RuleViolation, match="was merged into customer A0001"):
            other.result(30)


def test_a_new_customer_cannot_take_the_number_of_a_merged_one(two: Operator):
    two.tell(MERGE)
    customer = two.ask(customer_named, "A0003").customer

    with pytest.raises(BillingError, match="another customer has this number"):
        two.tell(RegisterCustomer(customer=type(customer)(number="A0002", kind="person", name="Somebody")))
