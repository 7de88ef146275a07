"""Values by which a template is shown before anything has happened: those of an ordinary subscriber."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from billing_core.kernel.money import Money
from billing_core.outreach.kinds import OWN, MessageItem, MessageKind
from billing_core.outreach.rendering import Facts

CURRENCY = "EUR"
VALUES: Mapping[str, str] = {
    "number": "26005219", "gross": "24.00 EUR", "issued_on": "2026-03-01", "due_on": "2026-03-15",
    "corrects": "26004711", "amount": "24.00 EUR", "received_on": "2026-03-12", "debt": "48.00 EUR",
    "step": "reminder",
    "service": "main", "reason": "non-payment", "since_on": "2026-03-20", "outcome": "opened",
    "until_on": "2026-03-27", "contract": "7000000001", "ends_on": "2026-06-30", "tariff": "internet-300",
    "place": "Brivibas 7", "from_at": "2026-03-20T01:00:00+01:00", "until_at": "2026-03-20T05:00:00+01:00",
    "link": "https://my.isp.example/my", "reference": "26005219",
    "note": "Thank you for paying soon.",
    "collect_on": "2026-03-25", "mandate": "M-17", "creditor_id": "DE98ZZZ09999999999",
    "text": "Now with 1 Gbit/s.", "ticket": "T-1251", "subject": "A faster line",
    "work": "installation", "begins_at": "2026-03-20T09:00:00+01:00", "ends_at": "2026-03-20T11:00:00+01:00",
}  # fmt: skip
ITEMS = (
    MessageItem(document="26005219", open=Money(Decimal("24.00"), CURRENCY), due_on=date(2026, 3, 15)),
    MessageItem(document="26004711", open=Money(Decimal("24.00"), CURRENCY), due_on=date(2026, 2, 15)),
)


def example_facts(kind: MessageKind, given: Mapping[str, str]) -> Facts:
    """What the template of a kind tells in an example; values that are given come first."""
    values = {name: VALUES[name] for name, what in OWN[kind].items() if what != "items"}
    has_items = "items" in OWN[kind].values()
    return Facts({**values, **given}, ITEMS if has_items else ())
