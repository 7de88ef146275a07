"""How the stored samples of customers' contacts, consents, families and merges are read."""

from __future__ import annotations

from datetime import date

from billing_core.accounts.events import AccountCustomerChanged
from billing_core.kernel.events import Event
from billing_core.parties.consents import (
    ConsentPurpose,
    ConsentPurposePut,
    CustomerConsentGiven,
    CustomerConsentWithdrawn,
)
from billing_core.parties.contacts import Contact, CustomerContactPut, CustomerContactRemoved
from billing_core.parties.families import CustomerChildAdded, CustomerChildRemoved, CustomerParentAssigned
from billing_core.parties.merges import (
    CustomerMerged,
    CustomerMergeUndone,
    CustomerRecordGivenBack,
    CustomerRecordTakenOver,
)

ON = date(2026, 3, 2)
CONTACT = Contact(
    name="Inese Ozola",
    roles=("billing", "signatory"),
    phones=("+371 20000007",),
    emails=("inese@customer.example",),
    language="ru",
    note="mornings only",
)
OFFERS = ConsentPurpose(code="e-mail-offers", name="Offers by e-mail", wording="We may send you offers by e-mail.")
SAMPLES: dict[str, Event] = {
    "account-customer-changed/1": AccountCustomerChanged(effective_on=ON, customer="C1", before="C2"),
    "consent-purpose-put/1": ConsentPurposePut(effective_on=ON, purpose=OFFERS, version=2),
    "customer-consent-given/1": CustomerConsentGiven(
        effective_on=ON, customer="C1", purpose="e-mail-offers", wording_version=2, channel="web"
    ),
    "customer-consent-withdrawn/1": CustomerConsentWithdrawn(
        effective_on=ON, customer="C1", purpose="e-mail-offers", channel="phone"
    ),
    "customer-contact-put/1": CustomerContactPut(effective_on=ON, customer="C1", contact="accounts", details=CONTACT),
    "customer-contact-removed/1": CustomerContactRemoved(effective_on=ON, customer="C1", contact="accounts"),
    "customer-parent-assigned/1": CustomerParentAssigned(
        effective_on=ON, customer="C2", parent="C1", is_paid_by_parent=True
    ),
    "customer-child-added/1": CustomerChildAdded(effective_on=ON, customer="C1", child="C2"),
    "customer-child-removed/1": CustomerChildRemoved(effective_on=ON, customer="C1", child="C2"),
    "customer-merged/1": CustomerMerged(
        effective_on=ON, customer="C2", into="C1", accounts=("1002",), reason="registered twice"
    ),
    "customer-merge-undone/1": CustomerMergeUndone(effective_on=ON, customer="C2", into="C1", reason="another person"),
    "customer-record-taken-over/1": CustomerRecordTakenOver(
        effective_on=ON, customer="C1", other="C2", accounts=("1002",)
    ),
    "customer-record-given-back/1": CustomerRecordGivenBack(effective_on=ON, customer="C1", other="C2"),
}
