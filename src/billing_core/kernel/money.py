"""Exact amounts of money: currencies, the one rounding, and splitting without losing a cent.

Decides how amounts are kept, rounded and split. Does not decide what anything costs.

Worked examples:

    rounded(Decimal("246.774193"), "EUR") -> Money 246.77 EUR      half-up, once, to the minor unit
    rounded(Decimal("0.005"), "EUR")      -> Money 0.01 EUR
    split(Money 100.00 EUR, [1, 1, 1])    -> 33.34, 33.33, 33.33    largest remainder: parts sum to the whole
    parse_amount("3.000", "EUR", "amount") -> refused               three thousand, or 3.00 with a zero too many?
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache

import msgspec

from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.errors import InvalidValue

PRICE_DECIMALS = 6
# A larger one is a slip of the keyboard: no bill of a subscriber and no price of a unit is near it in any currency.
MOST_AMOUNT = Decimal(10) ** 12
MOST_NUMBER = Decimal(10) ** 15
DECIMAL_PATTERN = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")


class Money(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An amount that never loses its currency; written as `["246.77","EUR"]`.

    Adding or comparing two currencies raises `InvalidValue`; there is no conversion in here.
    """

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        self._require_same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._require_same_currency(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._require_same_currency(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._require_same_currency(other)
        return self.amount <= other.amount

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def _require_same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise InvalidValue(
                f"cannot be combined with {other}: the currencies differ, convert one of them first",
                field="amount",
                value=self,
            )


@cache
def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for EUR, 1 for JPY. Not a currency: `InvalidValue`."""
    return Decimal(1).scaleb(-minor_digits(currency))


@cache
def zero(currency: str) -> Money:
    """Nothing, in a currency, with the currency's own decimals."""
    return Money(Decimal(0) * minor_unit(currency), currency)


def rounded(exact: Decimal | Fraction, currency: str) -> Money:
    """The one rounding: an exact value to the minor unit, half-up (0.005 -> 0.01, -0.005 -> -0.01)."""
    unit = minor_unit(currency)
    if isinstance(exact, Fraction):
        return Money(_fraction_half_up(exact, unit), currency)
    return Money(exact.quantize(unit, rounding=ROUND_HALF_UP), currency)


def _fraction_half_up(exact: Fraction, unit: Decimal) -> Decimal:
    """A rational rounded without passing through a Decimal of limited precision first."""
    unit_numerator, unit_denominator = unit.as_integer_ratio()
    numerator, denominator = abs(exact.numerator) * unit_denominator, exact.denominator * unit_numerator
    whole = (2 * numerator + denominator) // (2 * denominator)
    return (-whole if exact.numerator < 0 else whole) * unit


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts in one currency; zero without any."""
    result = zero(currency)
    for amount in amounts:
        result = result + amount
    return result


def split(whole: Money, weights: Sequence[int | Decimal | Fraction]) -> list[Money]:
    """Split an amount in proportion to weights by largest remainder; the parts sum to the whole exactly.

    Weights are non-negative and not all zero.
    """
    fractions = [Fraction(weight) for weight in weights]
    weight_sum = sum(fractions)
    if weight_sum <= 0 or min(fractions) < 0:
        raise InvalidValue("weights must be non-negative and not all zero", field="weights", value=list(weights))
    if len(fractions) == 1:
        return [whole]
    amount = Fraction(whole.amount)
    return rounded_to_sum([amount * weight / weight_sum for weight in fractions], whole)


def rounded_to_sum(exact_parts: Sequence[Fraction], whole: Money) -> list[Money]:
    """Round exact parts so that they sum to the whole, by largest remainder.

    Every part is rounded down to the minor unit; the units then missing go one each to the parts with the largest
    remainders, earlier parts first among equals. A negative whole is split like its opposite. The exact parts must
    sum to within one minor unit of the whole.
    """
    if whole.amount < 0:
        return [-part for part in rounded_to_sum([-part for part in exact_parts], -whole)]
    unit = minor_unit(whole.currency)
    shares = [part / Fraction(unit) for part in exact_parts]
    floors = [share.numerator // share.denominator for share in shares]
    missing = Fraction(whole.amount) / Fraction(unit) - sum(floors)
    if missing.denominator != 1 or not 0 <= missing <= len(floors):
        raise InvalidValue("the parts do not round to this sum", field="amount", value=whole)
    by_remainder = sorted(range(len(floors)), key=lambda index: floors[index] - shares[index])
    for index in by_remainder[: missing.numerator]:
        floors[index] += 1
    return [Money(floor * unit, whole.currency) for floor in floors]


def parse_amount(text: str, currency: str, field: str) -> Money:
    """An amount typed by a person or read from a file, as `require_amount` takes it."""
    return require_amount(parse_decimal(text, field), currency, field)


def require_amount(value: Decimal, currency: str, field: str) -> Money:
    """An amount that a person or a file writes is below 10^12 and has no more decimals than its currency.

    Zeros count: 3.000 EUR is refused, because to many who write it the point marks thousands. So the value must come
    with all the decimals that were written.
    """
    digits = minor_digits(currency)
    if not value.is_finite() or abs(value) >= MOST_AMOUNT:
        raise InvalidValue("must be a number below 10^12", field=field, value=value)
    if _decimals(value) > digits:
        raise InvalidValue(
            f"has more decimals than {currency}, which has {digits}; {_ways_to_write(value, digits)}", field=field,
            value=f"{value:f}",
        )  # fmt: skip
    return Money(value.quantize(minor_unit(currency)), currency)


def _decimals(value: Decimal) -> int:
    """How many decimals a finite value is written with."""
    return max(0, -int(value.as_tuple().exponent))


def _ways_to_write(value: Decimal, digits: int) -> str:
    """The possible meanings of too many decimals; three of them may follow a thousands point."""
    fitted = f"{value:.{digits}f}"
    way = f"write {fitted}" if Decimal(fitted) == value else f"round it to {digits} decimals"
    if _decimals(value) == 3:
        way += f", or write {value.scaleb(3):.{digits}f} if the point marks thousands"
    return way


def parse_price(text: str, field: str) -> Decimal:
    """A unit price: not negative, below 10^12, at most six decimals."""
    value = parse_decimal(text, field)
    if value < 0:
        raise InvalidValue("a price must not be negative", field=field, value=text)
    if value >= MOST_AMOUNT:
        raise InvalidValue("must be below 10^12", field=field, value=text)
    if value != round(value, PRICE_DECIMALS):
        raise InvalidValue(f"a price has at most {PRICE_DECIMALS} decimals", field=field, value=text)
    return value


def parse_decimal(text: str, field: str) -> Decimal:
    """A decimal written with a point and nothing else, as in 12.50 or -3; anything else is `InvalidValue`."""
    if not DECIMAL_PATTERN.fullmatch(text.strip()):
        raise InvalidValue("is not a number; write it as 12.50", field=field, value=text)
    value = Decimal(text.strip())
    if abs(value) >= MOST_NUMBER:
        raise InvalidValue("must be below 10^15", field=field, value=text)
    return value
