"""What came through any door is booked soon, and once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from adapters.bootstrap.usage_booking import SoonBooking
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import UnitPrice
from billing_core.usage.records import UsageRecorded, entries_of
from tests.commands.usage.rows import receive, row
from tests.operators import Operator

PRICE = UnitPrice(price=Decimal("0.10"))
MINUTES = Usage(code="minutes", name="Seconds", vat_rate=Decimal(0), pricing=PRICE, measured_in="seconds")
VOLUME = Usage(code="volume", name="Data", vat_rate=Decimal(0), pricing=PRICE, measured_in="MB")
ITEMS = Usage(code="items", name="Items", vat_rate=Decimal(0), pricing=PRICE)


def test_a_batch_is_booked_once_by_what_its_tariff_measures(operator: Operator):
    """Two records of 60 s, 1.5 MB in and 0.5 MB out, and 3 units each."""
    operator.publish("metered", "20.00", components=(MINUTES, VOLUME, ITEMS))
    operator.subscribers(1, tariff="metered")
    components = [component for component in ("minutes", "volume", "items") for _ in range(2)]
    metered: dict[str, Any] = {"bytes_in": 1_500_000, "bytes_out": 500_000, "quantity": 3_000_000}
    rows = [
        row(line, f"k{line}", "05-10 08:00", component=component, **metered)
        for line, component in enumerate(components, 1)
    ]
    receive(operator, "b1", rows)
    booking = SoonBooking(operator.application)

    assert (booking.advance(), booking.advance()) == (1, 0)
    facts = [fact for fact in operator.facts("account/A0001") if isinstance(fact, UsageRecorded)]
    assert sorted((each.component, each.on, each.quantity) for fact in facts for each in entries_of(fact)) == [
        ("items", date(2026, 5, 10), Decimal(6)),
        ("minutes", date(2026, 5, 10), Decimal(120)),
        ("volume", date(2026, 5, 10), Decimal(4)),
    ]
    assert operator.findings() == []
