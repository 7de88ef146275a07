"""How the stored samples of dealers are read."""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.dealers import Dealer, DealerChanged, DealerRegistered
from billing_core.kernel.events import Event
from billing_core.parties.details import Address

ON = date(2026, 3, 2)
EAST = Dealer(
    code="east",
    name="East Sales SIA",
    address=Address(street="Brīvības iela 1", city="Rīga", postal_code="LV-1010", country="LV"),
    legal_ids={"VAT ID": "LV40000000000"},
    is_vat_payer=True,
    iban="LV80BANK0000435195001",
    email="desk@east.example",
)
SAMPLES: dict[str, Event] = {
    "dealer-registered/1": DealerRegistered(effective_on=ON, dealer=EAST),
    "dealer-changed/1": DealerChanged(effective_on=ON, dealer=msgspec.structs.replace(EAST, name="East Retail SIA")),
}
