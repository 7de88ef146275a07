"""A parent with a child for which it pays, a contact, a consent, and a record that was merged into the parent."""

from __future__ import annotations

from datetime import date

from billing_core.parties.contacts import Contact
from billing_core.parties.customers import Customer
from commands.accounts import OpenAccount
from commands.merging import MergeCustomers
from commands.parties import AssignParent, GiveConsent, PutConsentPurpose, PutContact, RegisterCustomer, RemoveContact
from tests.operators import Operator

ON = date(2026, 4, 9)


def keep_customers(operator: Operator) -> None:
    for number, name in (("F1", "Family and Sons"), ("F2", "Son"), ("F3", "Family & Sons")):
        operator.tell(RegisterCustomer(customer=Customer(number=number, kind="company", name=name)), today=ON)
    operator.tell(AssignParent(customer="F2", parent="F1", is_paid_by_parent=True), today=ON)
    for code in ("accounts", "gone"):
        operator.tell(PutContact(customer="F1", contact=code, details=Contact(name="Inese Ozola")), today=ON)
    operator.tell(RemoveContact(customer="F1", contact="gone"), today=ON)
    operator.tell(PutConsentPurpose(purpose="offers", name="Offers", wording="We may send you offers."), today=ON)
    operator.tell(GiveConsent(customer="F1", purpose="offers", channel="web"), today=ON)
    operator.tell(OpenAccount(account="F3", customer="F3", seller="north", currency="EUR", opened_on=ON), today=ON)
    operator.tell(MergeCustomers(customer="F3", into="F1", reason="registered twice"), today=ON)
