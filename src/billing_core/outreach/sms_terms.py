"""Terms of SMS: what a segment costs a seller by the prefix of a number, and whether texts are transliterated.

Decides what a message costs before it is sent; the bill of the network may say otherwise. The longest prefix of a
number decides: with 420 for 0.90 and 4206 for 1.10 CZK a message of two segments to +420602123456 costs 2.20 CZK.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, rounded
from billing_core.outreach.sms import Sms, sms_of

MOST_PREFIXES = 5_000
MOST_PREFIX_DIGITS = 15
MOST_PRICE = Decimal(1_000_000)

# --- values and events


class SmsPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What a segment costs to numbers that begin with a prefix, digits without +; without one, to all others."""

    price: Decimal
    prefix: str = ""


class SmsTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What segments cost, without tax. `is_transliterated`: letters that would need the second alphabet become Latin
    ones without accents, so that a text needs fewer segments.
    """

    currency: str
    prices: tuple[SmsPrice, ...] = ()
    is_transliterated: bool = False


@event("sms-terms-set")
class SmsTermsSet(Event, frozen=True, kw_only=True):
    """From now on SMS of a seller are written, and their cost is counted, on these terms."""

    seller: str
    terms: SmsTerms


# --- state


def apply_sms_terms(state: SmsTerms | None, fact: Event) -> SmsTerms | None:
    """The terms after an event of their stream."""
    return fact.terms if isinstance(fact, SmsTermsSet) else state


# --- decisions


def set_sms_terms(known: SmsTerms | None, seller: str, terms: SmsTerms, on: date) -> list[Event]:
    """Terms that hold already change nothing."""
    _require_prices(terms)
    return [] if known == terms else [SmsTermsSet(effective_on=on, seller=seller, terms=terms)]


def _require_prices(terms: SmsTerms) -> None:
    """Prefixes of digits, each once, with prices that are not negative."""
    rounded(Decimal(0), terms.currency)  # Refuses what is no currency.
    known: set[str] = set()
    if len(terms.prices) > MOST_PREFIXES:
        raise InvalidValue(f"must be at most {MOST_PREFIXES:,}", field="prices", value=len(terms.prices))
    for each in terms.prices:
        is_number = each.prefix.isascii() and (each.prefix.isdigit() or not each.prefix)
        if not is_number or len(each.prefix) > MOST_PREFIX_DIGITS:
            raise InvalidValue("must be digits without +, as in 420", field="prefix", value=each.prefix)
        if each.prefix in known:
            raise InvalidValue("must be named once", field="prefix", value=each.prefix)
        if not Decimal(0) <= each.price < MOST_PRICE:
            raise InvalidValue("must not be negative, and below 10^6", field="price", value=each.price)
        known.add(each.prefix)


# --- what a message is and costs


def written(text: str, terms: SmsTerms | None) -> Sms:
    """A text as it is sent on some terms."""
    return sms_of(text, is_transliterated=terms is not None and terms.is_transliterated)


def price_of(terms: SmsTerms, number: str) -> Decimal | None:
    """What a segment to a number costs; None if no prefix is known for it."""
    digits = number.removeprefix("+")
    by_prefix = {each.prefix: each.price for each in terms.prices}
    for length in range(min(len(digits), MOST_PREFIX_DIGITS), -1, -1):
        if digits[:length] in by_prefix:
            return by_prefix[digits[:length]]
    return None


class SmsCost(msgspec.Struct, frozen=True):
    """What messages cost: how many, in how many segments, and how many go to numbers of which no price is known."""

    messages: int
    segments: int
    amount: Money
    without_price: int


def cost_of(messages: Iterable[tuple[str, int]], terms: SmsTerms) -> SmsCost:
    """What messages cost, each by its number and segments: exact sums, rounded once."""
    count = segments = without_price = 0
    exact = Decimal(0)
    for number, of_message in messages:
        price = price_of(terms, number)
        count, segments = count + 1, segments + of_message
        without_price += price is None
        exact += (price or Decimal(0)) * of_message
    return SmsCost(count, segments, rounded(exact, terms.currency), without_price)
