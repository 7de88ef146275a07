"""Phrases that explain an amount: recorded as a code and values, so that they can be said in any language.

Decides what can be said, and says it in English. A value is text in its canonical form, as in `12.5`, `450.00 EUR` or
`2026-06-01`, or another phrase; another language writes it in its own way, and knows the phrase by its English words.

    phrase("used-of", 80, 120)                              used 80 of 120
    joined("steps", [phrase("used", 12), at_ten])           used 12; 10 at 10
    phrase("records", 1, "0:01:05")                         1 record, 0:01:05
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from billing_core.kernel.money import Money

PLACE = re.compile(r"%\((\w+)\)s")
COUNTED = "num"


class Wording(NamedTuple):
    """The English words of a phrase, and those for another number of what is counted than one."""

    one: str
    many: str = ""

    @property
    def places(self) -> list[str]:
        """The names of its values, in the order in which a phrase has them."""
        return PLACE.findall(self.one)


WORDINGS: Mapping[str, Wording] = {
    # what is priced
    "at": Wording("%(quantity)s at %(price)s"),
    "at-with-flat": Wording("%(quantity)s at %(price)s + flat %(flat)s"),
    "packages": Wording("%(num)s package of %(size)s at %(price)s", "%(num)s packages of %(size)s at %(price)s"),
    "events": Wording("%(num)s event at %(price)s", "%(num)s events at %(price)s"),
    "share-of": Wording("%(rate)s%% of %(volume)s"),
    "with-free": Wording("%(what)s (%(free)s free)"),
    "units": Wording("%(num)s unit", "%(num)s units"),
    "times": Wording("%(quantity)s x %(price)s"),
    "once": Wording("once %(price)s"),
    # a fee of a period
    "days": Wording("%(num)s day", "%(num)s days"),
    "weeks": Wording("%(num)s week", "%(num)s weeks"),
    "months": Wording("%(num)s month", "%(num)s months"),
    "years": Wording("%(num)s year", "%(num)s years"),
    "period-at": Wording("%(period)s at %(price)s"),
    "a-day": Wording("%(price)s a day x %(share)s"),
    "a-week": Wording("%(price)s a week x %(share)s"),
    "a-month": Wording("%(price)s a month x %(share)s"),
    "a-year": Wording("%(price)s a year x %(share)s"),
    "for-period": Wording("%(price)s for %(period)s x %(share)s"),
    "percent-of-it": Wording("%(what)s, %(percent)s %% of it"),
    "rounded-as": Wording("%(what)s, rounded as %(first)s from %(from_on)s on less %(rest)s from %(to_on)s on"),
    # the part of a period
    "of-whole-period": Wording("%(share)s of the whole period"),
    "of-full-stub": Wording("%(share)s of the first stub, charged in full"),
    "of-first-stub": Wording("%(share)s of the first stub"),
    "of-days": Wording("%(days)s/%(all)s days"),
    "of-a-month": Wording("%(share)s of a month"),
    "of-months": Wording("%(share)s/%(all)s months"),
    "joined": Wording("(%(shares)s, joined, %(measure)s)"),
    "measured": Wording("%(share)s (%(measure)s)"),
    "whole": Wording("whole"),
    "sliced": Wording("sliced"),
    "fixed-30": Wording("fixed-30"),
    "not-prorated": Wording("1 period (not prorated: none)"),
    "priced-elsewhere": Wording("0 periods (not prorated: none, its price stands on %(on)s)"),
    # usage
    "used": Wording("used %(quantity)s"),
    "used-of": Wording("used %(quantity)s of %(all)s"),
    "used-after": Wording("used %(quantity)s after %(earlier)s before"),
    "in-detail": Wording("%(what)s: %(detail)s"),
    "in-all": Wording("%(what)s (in all %(units)s)"),
    "allowance": Wording("%(carried)s carried over, %(included)s included, %(priced)s priced"),
    "less-those-before": Wording("less %(amount)s for those before"),
    "less-days-before": Wording("less %(amount)s for the days before"),
    "part-of-it": Wording("%(part)s/%(all)s of it"),
    "rounded-to-whole": Wording("%(what)s, rounded so that the parts sum to the whole"),
    "sum-and-part": Wording("%(what)s: %(steps)s are %(whole)s, %(part)s"),
    "without-price": Wording("%(quantity)s of it used on days without a price"),
    "records": Wording("%(num)s record, %(units)s", "%(num)s records, %(units)s"),
    "bytes": Wording("%(num)s byte", "%(num)s bytes"),
    "items": Wording("%(num)s item", "%(num)s items"),
    "before-rounding": Wording("%(what)s, %(exact)s before rounding"),
    "about": Wording("about %(amount)s"),
    # discounts and surcharges
    "percent": Wording("%(percent)s %%"),
    "percent-of": Wording("%(percent)s %% of %(amount)s"),
    "on-fees": Wording("of %(amount)s on %(num)s fee", "of %(amount)s on %(num)s fees"),
    "with-note": Wording("%(what)s (%(note)s)"),
    "off": Wording("%(what)s off %(left)s"),
    "on-top-of": Wording("%(what)s on top of %(left)s"),
    "for-days": Wording("%(what)s x %(days)s/%(all)s days"),
    # minimums, fees by instalments, corrections
    "committed": Wording("%(committed)s committed, %(charged)s charged"),
    "of-commitment": Wording("%(price)s x %(left)s/%(months)s months of the commitment"),
    "instalment": Wording("instalment %(number)s of %(count)s of %(whole)s"),
    "part-in-all": Wording("%(part)s of %(whole)s in all"),
    "part-elsewhere": Wording("%(part)s of it on another document"),
    "charged-before": Wording("%(amount)s charged before"),
    "nothing-due": Wording("%(amount)s charged before, nothing is due"),
    "credit": Wording("credit: %(what)s"),
}
# Phrases of any number of others, and what stands between them in every language.
JOINTS: Mapping[str, str] = {"steps": "; ", "list": ", ", "sum": " + "}


class Phrase(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Words with values, as `["used-of",["80","120"]]`."""

    code: str
    values: tuple[str | Phrase, ...] = ()

    def __str__(self) -> str:
        values = [str(value) for value in self.values]
        if self.code in JOINTS:
            return JOINTS[self.code].join(values)
        wording = WORDINGS[self.code]
        named = dict(zip(wording.places, values, strict=True))
        words = wording.one if named.get(COUNTED, "1") == "1" else wording.many
        return words % named


def phrase(code: str, *values: Phrase | Money | Decimal | date | int | str) -> Phrase:
    """The phrase of a code, with its values in the order of the English words."""
    places = WORDINGS[code].places
    if len(values) != len(places):
        raise ValueError(f"phrase {code} has {len(places)} values, {', '.join(places)}; {len(values)} are given")
    return Phrase(code, tuple(_canonical(value) for value in values))


def joined(code: str, phrases: Iterable[Phrase]) -> Phrase:
    """Phrases one after the other, as steps, a list or a sum; a single one is itself."""
    found = tuple(phrases)
    return found[0] if len(found) == 1 else Phrase(code, found)


def _canonical(value: Phrase | Money | Decimal | date | int | str) -> str | Phrase:
    if isinstance(value, Phrase):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
