"""A customer, and a seller with its number series."""

from __future__ import annotations

from datetime import date

from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries, SeriesKind
from billing_core.parties.sellers import Seller

ON = date(2026, 1, 10)
LATER = date(2026, 2, 1)
ANNA = Customer(number="C1", kind="person", name="Anna Kalniņa", address=Address(city="Rīga"))
SERIES: dict[SeriesKind, NumberSeries] = {
    "invoice": NumberSeries(prefix="1", width=9),
    "credit-note": NumberSeries(prefix="5", width=9),
}
NORTH = Seller(code="north", name="North Cable", address=Address(), time_zone="Europe/Riga", series=SERIES)
