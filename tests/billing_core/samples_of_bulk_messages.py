"""How the stored samples of bases, bulk messages, terms of SMS and reachability are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.outreach.bases import CustomerBaseRemoved, CustomerBaseSaved, CustomerChoice
from billing_core.outreach.bulk import (
    BulkMessageAdvanced,
    BulkMessageCompleted,
    BulkMessageStarted,
    BulkMessageStopped,
    BulkText,
)
from billing_core.outreach.reachability import AddressReachable, AddressUnreachable
from billing_core.outreach.sms_terms import SmsPrice, SmsTerms, SmsTermsSet

ON = date(2026, 3, 2)
CHOICE = CustomerChoice(
    tags=("vip",), cities=("Praha",), owes_at_least=Money(Decimal("500.00"), "CZK"), consent="offers"
)
SAMPLES: dict[str, Event] = {
    "customer-base-saved/1": CustomerBaseSaved(
        effective_on=ON, base="vip", name="Good customers", seller="north", choice=CHOICE
    ),
    "customer-base-removed/1": CustomerBaseRemoved(effective_on=ON, base="vip"),
    "bulk-message-started/1": BulkMessageStarted(
        effective_on=ON,
        bulk_message="spring",
        seller="north",
        base="vip",
        choice=CHOICE,
        texts=(BulkText(language="cs", subject="Rychleji", text="Od dubna rychleji."),),
        per_minute=100,
        expected=204,
        channels=("email", "sms"),
    ),
    "bulk-message-advanced/1": BulkMessageAdvanced(
        effective_on=ON,
        bulk_message="spring",
        reached="C-0094",
        queued=80,
        left_out={"has not agreed to offers": 20},
        next_at=datetime(2026, 3, 2, 10, 1, tzinfo=UTC),
    ),
    "bulk-message-stopped/1": BulkMessageStopped(effective_on=ON, bulk_message="spring", reason="a slip in the text"),
    "bulk-message-completed/1": BulkMessageCompleted(effective_on=ON, bulk_message="spring", queued=184, left_out=20),
    "sms-terms-set/1": SmsTermsSet(
        effective_on=ON,
        seller="north",
        terms=SmsTerms(currency="CZK", prices=(SmsPrice(prefix="420", price=Decimal("0.90")),), is_transliterated=True),
    ),
    "address-unreachable/1": AddressUnreachable(
        effective_on=ON, customer="C-1", channel="email", reason="5.1.1", address="anna@x.test"
    ),
    "address-reachable/1": AddressReachable(effective_on=ON, customer="C-1", channel="email", address="anna@x.test"),
}
