"""Values of cells: dates and agreed prices, strictly as files write them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from billing_core.kernel.dates import require_day
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import parse_amount, parse_price

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_date(text: str, field: str) -> date:
    """A day that exists, written as 2026-11-01."""
    try:
        if not ISO_DATE.fullmatch(text):
            raise ValueError
        on = date.fromisoformat(text)
    except ValueError:
        raise InvalidValue("is not a date that exists; write it as 2026-11-01", field=field, value=text) from None
    return require_day(on, field)


def parse_agreed_price(text: str, currency: str, field: str) -> Decimal:
    """An agreed price is an amount of money: not negative, with no more decimals than its currency."""
    parse_price(text, field)
    return parse_amount(text, currency, field).amount
