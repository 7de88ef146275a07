"""Which column of a price list holds what, by the usual spellings of its header.

    Dial code | Country      | Rate per min | Setup fee | Increment
    prefix    | destination  | price         | connection | steps 60/1

Spaces, signs, accents and capitals do not matter. A list with several bands has a price column for each: `peak`, `price
peak` or `peak rate`. A column that is not known is not read, and the report names it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from billing_core.kernel.errors import InvalidValue

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "prefix": (
        "prefix", "prefixes", "code", "codes", "dial code", "dial codes", "dialcode", "dialling code", "dialing code",
        "area code", "destination code", "number prefix", "vorwahl", "predvolba", "predvolby", "prefijo", "prefisso",
        "indicatif", "kod",
    ),
    "destination": (
        "destination", "destination name", "destinations", "description", "name", "country", "country destination",
        "ziel", "zielland", "destinace", "smer", "destino", "destinazione", "nazev",
    ),
    "group": ("group", "zone", "tariff zone", "region", "gruppe", "skupina", "pasmo", "zona"),
    "price": ("price", "rate", "charge", "cost", "tariff", "preis", "cena", "sazba", "precio", "prezzo", "prix"),
    "connection": (
        "connection", "connection fee", "connection charge", "connect fee", "connect charge", "setup", "setup fee",
        "set up fee", "call setup", "flag fall", "surcharge", "verbindungsgebuhr", "spojeni", "poplatek za spojeni",
    ),
    "minimum": ("minimum", "minimum charge", "minimum price", "min charge", "mindestpreis"),
    "maximum": ("maximum", "maximum charge", "maximum price", "max charge", "cap", "hochstpreis"),
    "first": ("first", "first step", "first interval", "initial", "initial increment", "initial interval",
              "first increment", "first seconds"),
    "next": ("next", "next step", "next interval", "interval", "subsequent", "subsequent increment",
             "next increment", "additional increment", "next seconds"),
    "steps": ("steps", "step", "increment", "increments", "billing increment", "billing increments", "billing",
              "pulse", "rounding", "takt", "taktung", "uctovani"),
    "valid_from": ("valid from", "valid from date", "effective", "effective date", "effective from", "start date",
                   "gultig ab", "platnost od"),
    "special": ("special", "emergency", "is special", "short number"),
}  # fmt: skip
IGNORE = "ignore"
FIELD_OF = {spelling: field for field, spellings in SPELLINGS.items() for spelling in spellings}
# Words of a price's header that say in what, not which; of those with a unit, the unit must be that of the list.
UNIT_WORDS = {
    "minute": "minute", "min": "minute", "minuta": "minute", "minutu": "minute", "second": "second", "sec": "second",
    "s": "second", "mb": "MB", "gb": "GB", "mib": "MiB", "gib": "GiB", "item": "item", "sms": "item", "kus": "item",
}  # fmt: skip
FILLING_WORDS = frozenset({"per", "in", "za", "pro", "unit", "usd", "eur", "gbp", "czk", "chf", "net", "excl", "vat"})


class PriceColumns(NamedTuple):
    """The columns of a list by field, those of prices by band, and those that are not read."""

    fields: Mapping[str, str]
    prices: Mapping[str, str]
    unread: Sequence[str]


def columns_of(header: Sequence[str], bands: Sequence[str], unit: str, written: Mapping[str, str]) -> PriceColumns:
    """The meaning of each column; `written` says it for columns that no spelling fits, as `Vorwahl: prefix`, or that a
    column is not read: `ignore`.

    `InvalidValue` if prefix, destination or the price of a band has no column, or two.
    """
    fields: dict[str, str] = {}
    prices: dict[str, str] = {}
    unread = []
    for column in header:
        field = written.get(column) or field_of(column, bands, unit)
        if not field or field == IGNORE:
            unread += [column] if column else []
            continue
        found, key = (prices, field.removeprefix("price ")) if field.startswith("price ") else (fields, field)
        if key in found:
            raise InvalidValue(f"is {field} as {found[key]!r} is; name one of them under columns, or rename the other",
                               field="column", value=column)  # fmt: skip
        found[key] = column
    _require_columns(fields, prices, bands, header)
    return PriceColumns(fields, prices, unread)


def field_of(column: str, bands: Sequence[str], unit: str) -> str:
    """`Rate (USD/min)` is `price BAND` of a list with one band; empty if no spelling fits."""
    words = plain_words(column)
    if field := FIELD_OF.get(" ".join(words)):
        return _price_of("", bands) if field == "price" else field
    units = [UNIT_WORDS[word] for word in words if word in UNIT_WORDS]
    left = [word for word in words if word not in FILLING_WORDS and word not in UNIT_WORDS]
    prices = [word for word in left if FIELD_OF.get(word) == "price"]
    rest = " ".join(word for word in left if word not in prices)
    found = _price_of(rest, bands) if prices or rest in map(_plain, bands) else ""
    if found and units and unit not in units:
        raise InvalidValue(f"names a price per {units[0]}, but the unit of the list is the {unit}; mend one of them",
                           field="column", value=column)  # fmt: skip
    if not found and not prices:
        found = FIELD_OF.get(" ".join(left), "")
    return found


def plain_words(text: str) -> list[str]:
    """The words of a header without accents, signs and capitals: `Předvolba (č.)` is `predvolba c`."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[a-z0-9]+", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def columns_named(
    header: Iterable[str], spellings: Mapping[str, Sequence[str]], required: Sequence[str],
    written: Mapping[str, str] = {},
) -> dict[str, str]:  # fmt: skip
    """The first column of each field that `written` or a spelling names; empty unless all that are required are found.

    So it tells the row of the header from the rows above it.
    """
    found: dict[str, str] = {}
    for column in header:
        plain = _plain(column)
        field = written.get(column) or next((each for each, known in spellings.items() if plain in known), "")
        if field:
            found.setdefault(field, column)
    return found if set(required) <= found.keys() else {}


def _plain(text: str) -> str:
    return " ".join(plain_words(text))


def _price_of(rest: str, bands: Sequence[str]) -> str:
    """The price of the band that the rest of a header names; of the only band if it names none."""
    if not rest:
        return f"price {bands[0]}" if len(bands) == 1 else ""
    return next((f"price {band}" for band in bands if _plain(band) == rest), "")


def _require_columns(
    fields: Mapping[str, str], prices: Mapping[str, str], bands: Sequence[str], header: Sequence[str]
) -> None:
    missing = [field for field in ("prefix", "destination") if field not in fields]
    missing += [f"price {band}" for band in bands if band not in prices]
    if missing:
        raise InvalidValue(
            f"is not among the columns {', '.join(map(repr, header))}; rename a column, or say under `columns` which "
            "one it is",
            field="missing column", value=", ".join(missing),
        )  # fmt: skip
