"""List prices: an amount per unit, with the dates it is valid on and the customers it is for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import MOST_AMOUNT, MOST_NUMBER, PRICE_DECIMALS


class Price(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A unit price (up to 6 decimals) valid over the half-open dates `[valid_from, valid_to)`.

    `customer_class` names the class that pays it; a price without a class is for all others.
    """

    amount: Decimal
    valid_from: date
    valid_to: date | None = None
    customer_class: str = ""

    def holds_on(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


def require_price(amount: Decimal, field: str) -> None:
    """A unit price is finite, not negative, below 10^12 and has at most six decimals."""
    if not amount.is_finite() or amount < 0:
        raise InvalidValue("a price must not be negative", field=field, value=amount)
    if amount >= MOST_AMOUNT:
        raise InvalidValue("must be below 10^12", field=field, value=amount)
    if amount != round(amount, PRICE_DECIMALS):
        raise InvalidValue(f"a price has at most {PRICE_DECIMALS} decimals", field=field, value=amount)


def require_units(quantity: Decimal, field: str) -> None:
    """A number of units is from 0 to below 10^15, with at most six decimals."""
    if not quantity.is_finite() or not 0 <= quantity < MOST_NUMBER or quantity != round(quantity, PRICE_DECIMALS):
        raise InvalidValue(
            f"must be from 0 to below 10^15, with at most {PRICE_DECIMALS} decimals", field=field, value=quantity
        )
