"""A rated record in words, as a customer reads it on an itemised bill.

Every step that changed the amount is named, in the order of `plain`; what changed nothing is not.

    420601222333, Czechia mobile: 2:55 counts as 3:00; 0:40 of package start; peak 1:30, 0:40 free, at 0.30 a minute =
    0.25; off-peak 1:30 at 0.12 a minute = 0.18; connection 0.05; in all 0.48 EUR
    FILM-X9, New films: 1 at 5.90 each = 5.90; in all 5.90 EUR
    420601222333, Czechia mobile: 3:00 of package start; free
    999, no price: the price list has no row for its number; add a row to a list that is valid from its day
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from billing_core.kernel.currencies import minor_digits
from billing_core.usage.price_lists.lists import DestinationPrice, PriceListTerms
from billing_core.usage.rating.plain import REASONS, BandPart, RatedRecord, UsedRecord, used_of
from billing_core.usage.rating.rated import in_decimals

EACH = {"second": "a second", "minute": "a minute", "item": "each"}


def explained(record: UsedRecord, rated: RatedRecord) -> str:
    """A record with its destination, each step to its amount, and the amount; or why it is not rated."""
    if rated.price_list is None or rated.row is None:
        return f"{record.number}, {rated.reason.replace('-', ' ')}: {REASONS[rated.reason]}".removeprefix(", ")
    steps = _steps(record, rated, rated.price_list.terms, rated.row)
    return f"{record.number}, {rated.row.destination}: {'; '.join(steps)}".removeprefix(", ")


def _steps(record: UsedRecord, rated: RatedRecord, terms: PriceListTerms, row: DestinationPrice) -> Iterator[str]:
    used = used_of(record, terms)
    if used != rated.units:
        yield f"{quantity(used, terms)} counts as {quantity(rated.units, terms)}"
    yield from (f"{quantity(use.units, terms)} of package {use.package}" for use in rated.free)
    if rated.units == sum(use.units for use in rated.free):
        yield "free" if rated.units else "nothing used"
        return
    exact = sum((_amount(part, terms, row) for part in rated.parts), Fraction(0))
    yield from (_part(part, terms, row) for part in rated.parts if part.units)
    yield from _changes(exact, rated.amount, terms, row)
    yield f"in all {money(rated.amount, terms)} {terms.currency}"


def _amount(part: BandPart, terms: PriceListTerms, row: DestinationPrice) -> Fraction:
    return Fraction(_price(part, terms, row)) * (part.units - part.free) / terms.unit_size


def _price(part: BandPart, terms: PriceListTerms, row: DestinationPrice) -> Decimal:
    codes = [band.code for band in terms.bands]
    return row.prices[codes.index(part.band)] or Decimal(0)


def _part(part: BandPart, terms: PriceListTerms, row: DestinationPrice) -> str:
    """What was used in a band, at which price; a list with one band does not name it."""
    used = f"{part.band} {quantity(part.units, terms)}" if len(terms.bands) > 1 else quantity(part.units, terms)
    if part.free == part.units:
        return f"{used} free"
    free = f", {quantity(part.free, terms)} free," if part.free else ""
    each = EACH.get(terms.unit, f"per {terms.unit}")
    return f"{used}{free} at {_price(part, terms, row)} {each} = {money(_amount(part, terms, row), terms)}"


def _changes(exact: Fraction, amount: Fraction, terms: PriceListTerms, row: DestinationPrice) -> Iterator[str]:
    """What changed the amount after the prices: fee, minimum, maximum, rounding."""
    if row.connection:
        yield f"connection {row.connection}"
        exact += Fraction(row.connection)
    if exact < row.minimum:
        yield f"at least {row.minimum}"
        exact = Fraction(row.minimum)
    if row.maximum is not None and exact > row.maximum:
        yield f"at most {row.maximum}"
        exact = Fraction(row.maximum)
    if exact != amount:
        yield f"rounded {'up ' if terms.rounding == 'up' else ''}to {terms.decimals} decimals"


def money(exact: Fraction, terms: PriceListTerms) -> str:
    """An amount with the decimals of the currency, or as many more as it has, up to six: `0.30`, `about 0.004167`."""
    whole, _, decimals = in_decimals(exact).partition(".")
    least = minor_digits(terms.currency)
    return f"{whole}.{decimals[:least]}{decimals[least:].rstrip('0')}".removesuffix(".")


def quantity(units: int, terms: PriceListTerms) -> str:
    """Seconds as a clock, bytes in the unit of the list, items as a number: `2:10`, `1:00:05`, `1.5 MB`, `3`."""
    return _WRITTEN[terms.measure](units, terms)


def _clock(seconds: int, _: PriceListTerms) -> str:
    hours, rest = divmod(seconds, 3_600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _volume(size: int, terms: PriceListTerms) -> str:
    written = in_decimals(Fraction(size, terms.unit_size))
    return f"{_short(written)} {terms.unit}"


def _number(millionths: int, terms: PriceListTerms) -> str:
    return _short(in_decimals(Fraction(millionths, terms.unit_size)))


def _short(decimals: str) -> str:
    return decimals.rstrip("0").rstrip(".")


_WRITTEN = {"seconds": _clock, "bytes": _volume, "millionths": _number}
