"""Notes and coins: which a currency has, what a count of them is worth, and which amounts can be paid with them.

    CZK, 2 notes of 1,000 and 3 coins of 20     2,060.00
    a coin of 0.50 CZK                          refused: the smallest coin is 1
    461.30 CZK in cash                          cannot be paid: 461 and 462 can

Decides neither who counts nor what a difference means. A currency without a list of its own takes any value of a piece.
The lists hold what is legal tender and in use today: national issues before the euro, such as BGN and HRK, have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money, minor_unit, require_amount, zero

MOST_PIECES = 100_000
_EURO = "500 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01"
_LISTS = {
    "AMD": "100000 50000 20000 10000 5000 2000 1000 500 200 100 50 20 10",
    "AZN": "200 100 50 20 10 5 1 0.50 0.20 0.10 0.05 0.03 0.01",
    "BAM": "200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "CHF": "1000 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "CZK": "5000 2000 1000 500 200 100 50 20 10 5 2 1",
    "DKK": "1000 500 200 100 50 20 10 5 2 1 0.50",
    "EUR": _EURO,
    "GBP": "50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "GEL": "200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "HUF": "20000 10000 5000 2000 1000 500 200 100 50 20 10 5",
    "KZT": "20000 10000 5000 2000 1000 500 200 100 50 20 10 5 2 1",
    "MDL": "1000 500 200 100 50 20 10 5 2 1 0.50 0.25 0.10 0.05",
    "NOK": "1000 500 200 100 50 20 10 5 1",
    "PLN": "500 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "RON": "500 200 100 50 20 10 5 1 0.50 0.10 0.05 0.01",
    "RSD": "5000 2000 1000 500 200 100 50 20 10 5 2 1",
    "SEK": "1000 500 200 100 50 20 10 5 2 1",
    "UAH": "1000 500 200 100 50 20 10 5 2 1 0.50 0.10",
    "USD": "100 50 20 10 5 2 1 0.50 0.25 0.10 0.05 0.01",
}
DENOMINATIONS: Mapping[str, tuple[Decimal, ...]] = {
    currency: tuple(map(Decimal, values.split())) for currency, values in _LISTS.items()
}

# --- values


class Pieces(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """So many notes or coins of one value."""

    value: Decimal
    count: int = 0


Count = tuple[Pieces, ...]

# --- decisions


def counted(count: Sequence[Pieces], currency: str) -> Money:
    """What a count is worth; each value is one of the currency's and stands in it once."""
    seen, sum_of = set[Decimal](), zero(currency)
    for pieces in count:
        _require_value(pieces.value, currency)
        if pieces.value in seen:
            raise InvalidValue("is counted twice; add its pieces up", field="value", value=pieces.value)
        if not 0 <= pieces.count <= MOST_PIECES:
            raise InvalidValue(f"must be 0 to {MOST_PIECES:,}", field="pieces", value=pieces.count)
        seen.add(pieces.value)
        sum_of = sum_of + require_amount(pieces.value * pieces.count, currency, "count")
    return sum_of


def _require_value(value: Decimal, currency: str) -> None:
    known = DENOMINATIONS.get(currency, ())
    if known and value not in known:
        raise InvalidValue(f"is no note or coin of {currency}, which has {', '.join(f'{each:f}' for each in known)}",
                           field="value", value=f"{value:f}")  # fmt: skip
    if value <= 0:
        raise InvalidValue("must be more than zero", field="value", value=f"{value:f}")


def smallest_coin(currency: str) -> Decimal:
    """The smallest coin of a currency; of one without a list its minor unit."""
    known = DENOMINATIONS.get(currency)
    return min(known) if known else minor_unit(currency)


def payable_up(amount: Money) -> Money:
    """The least amount from this one on that can be paid in cash: 462.00 for 461.30 CZK."""
    coin = smallest_coin(amount.currency)
    rest = amount.amount % coin
    return Money(amount.amount - rest + coin, amount.currency) if rest else amount


def require_payable(amount: Money, field: str) -> None:
    """An amount can be paid with the notes and coins of its currency."""
    above = payable_up(amount)
    if above == amount:
        return
    below = Money(above.amount - smallest_coin(amount.currency), amount.currency)
    raise InvalidValue(f"cannot be paid in cash, because the smallest coin is {smallest_coin(amount.currency):f}; name "
                       f"{below} or {above}; the rest is credit", field=field, value=amount)  # fmt: skip
