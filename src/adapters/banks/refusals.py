"""Why a bank's file cannot be read, and where in it; and what every format writes alike: amounts and days.

A machine writes these files, so a point or a comma of an amount always marks decimals and zeros at its end say nothing:
`8.850` is 8.85 EUR. What the currency cannot hold, `8.855`, is refused: money is never rounded.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from billing_core.kernel.dates import require_day
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.kernel.money import DECIMAL_PATTERN, MOST_AMOUNT, Money, minor_unit

LONGEST_SHOWN = 60


class Unreadable(Exception):
    """The line of the file, 0 if it is the file as a whole, and what is wrong with it."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason

    def refusal(self, path: Path) -> InvalidValue:
        """The same as the error that a person reads; the file is refused as a whole."""
        place = f"line {self.line}: " if self.line else ""
        return InvalidValue(f"{place}{self.reason}; nothing of the file was taken in", field="file", value=path.name)


def shown(text: str) -> str:
    """A value as messages quote it, cut if it is long."""
    return repr(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "...")


@lru_cache(maxsize=4_096)
def exact_amount(text: str, currency: str) -> Money:
    """An amount with a point before its decimals, or `InvalidValue`. It may have zeros beyond those of the currency."""
    if not DECIMAL_PATTERN.fullmatch(text):
        raise InvalidValue("is not a number", field="amount", value=text)
    value = Decimal(text)
    if abs(value) >= MOST_AMOUNT:
        raise InvalidValue("must be below 10^12", field="amount", value=text)
    unit = minor_unit(currency)
    whole = value.quantize(unit)
    if whole != value:
        decimals = -int(unit.as_tuple().exponent)
        raise InvalidValue(f"has more decimals than {currency}, which has {decimals}", field="amount", value=text)
    return Money(whole, currency)


@lru_cache(maxsize=4_096)
def exact_day(text: str) -> date:
    """A day as ISO 8601 writes it; the time of day and the zone after it do not count: it is the bank's own day."""
    try:
        on = date.fromisoformat(text[:10])
    except ValueError:
        raise InvalidValue("is not a date that exists", field="date", value=text) from None
    return require_day(on, "date")


def at_line(line: int, error: BillingError, place: str = "") -> Unreadable:
    """A rule's error as a fault of a line; `place` names the entry or field."""
    return Unreadable(line, f"{place}: {error}" if place else str(error))
