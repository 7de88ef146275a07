"""Is a price list sound: every number has one row, every row prices that can be charged, every moment one band.

Terms are refused at the first fault (`require_terms`). Of rows all faults are given (`faults_of`), so that a file is
mended in one go; each names the row, counted from 1, the field, and what to do.

- A prefix stands once; a special number may be a prefix too. Lists of time have prefixes of digits, others any text.
- Each row has a price for each band, or states by an empty one that it has none; one price at least.
- Rows of one destination have the same group, prices and steps, so that a line of a bill has one price.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from billing_core.catalogue.prices import require_price
from billing_core.kernel.countries import is_country
from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.dates import require_day
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import PRICE_DECIMALS
from billing_core.kernel.time_zones import require_time_zone
from billing_core.parties.details import require_printable, require_text
from billing_core.usage.price_lists.lists import Band, DestinationPrice, PortedNumber, PriceList, PriceListTerms
from billing_core.work.working_hours import require_spans

MOST_DIGITS = 15  # The longest number of E.164.
MOST_PREFIX = 64
MOST_BANDS = 8
MOST_STEP = 10**12


class RowFault(NamedTuple):
    """What is wrong with a row, counted from 1, and how to mend it."""

    row: int
    field: str
    value: str
    reason: str

    def error(self) -> InvalidValue:
        """The fault as an error."""
        return InvalidValue(self.reason, field=f"row {self.row}, {self.field}", value=self.value)


def require_price_list(price_list: PriceList) -> None:
    """A sound list, or `InvalidValue` that names the first row with a fault."""
    require_terms(price_list.terms)
    require_day(price_list.valid_from_on, "valid from")
    for fault in faults_of(price_list.rows, price_list.terms):
        raise fault.error()


# --- terms


def require_terms(terms: PriceListTerms) -> None:
    """A list with a code and a name, in a currency, with bands that leave no moment out."""
    require_text(terms.code, "code")
    require_text(terms.name, "name")
    minor_digits(terms.currency)
    require_time_zone(terms.zone, "zone")
    if terms.country and not is_country(terms.country):
        raise InvalidValue("is no country; write its code of ISO 3166, as in CZ", field="country", value=terms.country)
    if not 0 <= terms.decimals <= PRICE_DECIMALS:
        raise InvalidValue(f"must be 0 to {PRICE_DECIMALS}", field="decimals", value=terms.decimals)
    _require_bands(terms)


def _require_bands(terms: PriceListTerms) -> None:
    if not 1 <= len(terms.bands) <= MOST_BANDS:
        raise InvalidValue(f"must be 1 to {MOST_BANDS}; the last one, without hours, is the rest of the week",
                           field="bands", value=len(terms.bands))  # fmt: skip
    codes: set[str] = set()
    for number, band in enumerate(terms.bands, start=1):
        place = f"band {number}"
        require_text(band.code, f"{place}, code")
        if band.code in codes:
            raise InvalidValue("stands twice; give each band a code of its own", field=f"{place}, code",
                               value=band.code)  # fmt: skip
        codes.add(band.code)
        _require_hours(band, terms, place, is_last=number == len(terms.bands))


def _require_hours(band: Band, terms: PriceListTerms, place: str, *, is_last: bool) -> None:
    if is_last != (band.hours is None):
        raise InvalidValue("the last band, and no other, goes without hours: it is the rest of the week",
                           field=f"{place}, hours", value=band.code)  # fmt: skip
    if band.hours is None:
        return
    try:
        require_spans(band.hours)
    except InvalidValue as error:
        raise InvalidValue(error.message, field=f"{place}, {error.field}", value=error.value) from None
    if band.hours.holiday and not terms.country:
        raise InvalidValue("has hours on holidays, but the list has no country; name the country whose holidays "
                           "these are", field=f"{place}, holiday", value=", ".join(band.hours.holiday))  # fmt: skip


# --- rows


def faults_of(rows: Sequence[DestinationPrice], terms: PriceListTerms) -> Iterator[RowFault]:
    """All faults of the rows of a list, by row."""
    if not rows:
        yield RowFault(1, "prefix", "", "a list has one row at least; add a row")
    prefixes: dict[tuple[str, bool], int] = {}
    destinations: dict[str, tuple[int, DestinationPrice]] = {}
    for number, row in enumerate(rows, start=1):
        yield from _faults_of_row(number, row, terms)
        first = prefixes.setdefault((row.prefix, row.is_special), number)
        if first != number:
            yield RowFault(number, "prefix", row.prefix, f"stands in row {first} too; leave one of them out")
        named_in, named = destinations.setdefault(row.destination, (number, row))
        if _price_of(named) != _price_of(row):
            yield RowFault(number, "destination", row.destination,
                           f"has other prices, steps or another group in row {named_in}; make them equal, or give one "
                           "of the rows a destination of its own")  # fmt: skip


def _price_of(row: DestinationPrice) -> tuple[object, ...]:
    return row.group, row.prices, row.connection, row.minimum, row.maximum, row.first, row.next


def _faults_of_row(number: int, row: DestinationPrice, terms: PriceListTerms) -> Iterator[RowFault]:
    for field, fault in (*_faults_of_prefix(row, terms), *_faults_of_prices(row, terms)):
        yield RowFault(number, field, fault.value or "", fault.message)


def _faults_of_prefix(row: DestinationPrice, terms: PriceListTerms) -> Iterator[tuple[str, InvalidValue]]:
    prefix = row.prefix
    if terms.measure == "seconds" and prefix and not (prefix.isascii() and prefix.isdigit()):
        yield "prefix", InvalidValue("must have digits only, without + or 00 before the country", value=prefix)
    elif terms.measure == "seconds" and len(prefix) > MOST_DIGITS:
        yield "prefix", InvalidValue(f"must not be longer than {MOST_DIGITS} digits", value=prefix)
    elif len(prefix) > MOST_PREFIX or not prefix.isprintable() or prefix != prefix.strip():
        yield "prefix", InvalidValue(f"must be a text of at most {MOST_PREFIX} characters without spaces around it",
                                     value=prefix)  # fmt: skip
    if row.is_special and not prefix:
        yield "prefix", InvalidValue("is empty; a special row needs its whole number", value=prefix)
    try:
        require_text(row.destination, "destination")
        require_printable(row.group, "group")
    except InvalidValue as error:
        yield str(error.field), error


def _faults_of_prices(row: DestinationPrice, terms: PriceListTerms) -> Iterator[tuple[str, InvalidValue]]:
    if len(row.prices) != len(terms.bands):
        codes = ", ".join(band.code for band in terms.bands)
        yield "prices", InvalidValue(f"must be {len(terms.bands)}, one for each band ({codes}); leave a price empty if "
                                     "there is none", value=len(row.prices))  # fmt: skip
    elif all(price is None for price in row.prices):
        yield "prices", InvalidValue("are all empty; give a price, 0 if it costs nothing", value=row.destination)
    amounts = {f"price of {band.code}": price for band, price in zip(terms.bands, row.prices, strict=False)}
    amounts |= {"connection": row.connection, "minimum": row.minimum, "maximum": row.maximum}
    for field, amount in amounts.items():
        if amount is None:
            continue
        try:
            require_price(amount, field)
        except InvalidValue as error:
            yield field, error
    if row.maximum is not None and row.maximum < row.minimum:
        yield "maximum", InvalidValue(f"is below the minimum, {row.minimum}; raise it or leave it out",
                                      value=row.maximum)  # fmt: skip
    for field in ("first", "next"):
        step = getattr(row, field)
        if not 0 <= step <= MOST_STEP:
            yield field, InvalidValue(f"must be 0 to {MOST_STEP}, as in 60/1; 0 is no step", value=step)


# --- ported numbers


def require_ported(ported: PortedNumber) -> None:
    """A number in digits, with either the prefix or the destination by which it is priced."""
    if not (ported.number.isascii() and ported.number.isdigit() and len(ported.number) <= MOST_DIGITS):
        raise InvalidValue(f"must be a number of at most {MOST_DIGITS} digits", field="number", value=ported.number)
    if bool(ported.prefix) == bool(ported.destination):
        raise InvalidValue("needs either a prefix or a destination, by which it is priced", field="ported number",
                           value=ported.number)  # fmt: skip
    if ported.prefix and not (ported.prefix.isascii() and ported.prefix.isdigit()):
        raise InvalidValue("must have digits only", field="prefix", value=ported.prefix)
