"""How the stored samples of price lists are read."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.events import Event
from billing_core.usage.price_lists.versions import (
    ListedAs,
    PortedNumbersPublished,
    PriceListPublished,
    PriceListWithdrawn,
)
from tests.billing_core.usage.lists import OFF_PEAK, PEAK, terms

ON = date(2026, 5, 20)
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SAMPLES: dict[str, Event] = {
    "price-list-published/1": PriceListPublished(
        effective_on=ON, terms=terms(code="transit", name="Transit", bands=(PEAK, OFF_PEAK)),
        valid_from_on=date(2026, 6, 1), content_hash=HASH, rows=4, destinations=3,
        listed_as=ListedAs(kind="purchase", carrier="Northern Transit"),
    ),
    "price-list-withdrawn/1": PriceListWithdrawn(effective_on=ON, code="transit", version=2, reason="typed wrongly"),
    "ported-numbers-published/1": PortedNumbersPublished(effective_on=ON, country="CZ", content_hash=HASH, numbers=2),
}  # fmt: skip
