"""The yearly cost of a tariff's recurring fees, which decides what is an upgrade or a downgrade.

It counts the fees that are always charged, at list prices and for quantity 1; options, phases, discounts, usage,
one-off fees and VAT are left out. A tariff that costs the same a year is neither dearer nor cheaper.

    30.00 a month and 90.00 a year:       12 x 30.00 + 90.00        = 450.00 a year
    36.30 with 21 % VAT for 30 days:      365/30 x 36.30 / 1.21     = 365.00 a year
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from billing_core.catalogue.components import Recurring
from billing_core.catalogue.tariffs import Tariff, components_on, price_when_left


def yearly_fees(tariff: Tariff, on: date, customer_class: str = "") -> Fraction:
    """The recurring fees of a year by the price list of a day, exact and without VAT."""
    whole = Fraction(0)
    for component in components_on(tariff, on):
        if isinstance(component, Recurring) and not (component.is_option or component.while_held):
            price = Fraction(price_when_left(tariff, component, on, customer_class).amount)
            net = price / (1 + Fraction(component.vat_rate) / 100) if tariff.prices_include_vat else price
            whole += net * component.period.periods_a_year
    return whole
