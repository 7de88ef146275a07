"""Number series: how the numbers of a seller's documents look.

Decides which series are sound, alone and together. Which one numbers a document is decided in `numbering`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Literal, NamedTuple

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event

SeriesKind = Literal["invoice", "credit-note", "advance", "contract"]
# Ten digits are what the variable symbol of a payment holds, and so a document's number.
MOST_NUMBER_DIGITS = 10
FEWEST_RUNNING_DIGITS = 4
SERIES_CLAIM = "number-series"
PREFIX = re.compile("(?=.)[0-9]*(YYYY|YY)?[0-9]*")
YEAR = "Y"

# --- values and events


class NumbersTaken(NamedTuple):
    """How many numbers a seller has taken for a kind of document, the last one for a document of that date.

    `before_year` of them were taken before its year.
    """

    last: int = 0
    issued_on: date = date.min
    before_year: int = 0

    def before(self, on: date) -> int:
        """How many of them were taken before the year of a document of that date, which is none before the last one."""
        return self.last if on.year > self.issued_on.year else self.before_year


class NumberSeries(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How document numbers of one kind look: a prefix and a running number padded to a width, digits only.

    The running number goes on from one series of a kind to the next: `numbers_before` are the numbers that the earlier
    ones used up, so that the numbers of each series begin with 1. `YY` or `YYYY` in the prefix is the year of issue,
    with which the numbers begin with 1 again.

        series 1YY/7, documents of 31 December 2026 and 1 January 2027: ... 1260000412, 1270000001 ...
    """

    prefix: str
    width: int
    numbers_before: int = 0

    @property
    def first(self) -> str:
        """Its first number: 1000000001 in the series 1/9."""
        return self.number(self.numbers_before + 1)

    @property
    def last_running(self) -> int:
        """The running number after which it is used up: 9999 for the series 26/4, and 19998 for the next one of 4."""
        return self.numbers_before + int(10**self.width) - 1

    def number(self, running: int) -> str:
        """Running number 7 in the series 1/9 is 1000000007; 10000 in a series of 4 after 9999 numbers ends in 0001."""
        return f"{self.prefix}{running - self.numbers_before:0{self.width}d}"

    @property
    def has_year(self) -> bool:
        """Whether its numbers begin again with each year."""
        return YEAR in self.prefix

    def of_year(self, on: date, taken: NumbersTaken) -> NumberSeries:
        """The series that numbers documents of the year of a date: 126/7 of the series 1YY/7 in 2026.

        A series without the year is the same in each.
        """
        if not self.has_year:
            return self
        prefix = self.prefix.replace("YYYY", f"{on.year:04}").replace("YY", f"{on.year % 100:02}")
        before = max(self.numbers_before, taken.before(on))
        return NumberSeries(prefix=prefix, width=self.width, numbers_before=before)

    @property
    def claim_key(self) -> str:
        """What the series claims: how its numbers begin, after the number of their digits; of the series 21/9 11:21."""
        return f"{len(self.prefix) + self.width}:{self.prefix}"

    def could_share(self, prefix: str) -> bool:
        """Whether a series with this prefix, and as many digits, could give one of its numbers; any year is possible.

        21/9 and 2/10: yes    21/9 and 22/9: no    1YY/7 and 126/7: yes    YY1/7 and YY5/7: no
        """
        pairs = zip(self.prefix, prefix, strict=False)
        return all(mine == theirs or YEAR in (mine, theirs) for mine, theirs in pairs)


USUAL_SERIES: dict[SeriesKind, NumberSeries] = {
    "invoice": NumberSeries(prefix="1", width=9),
    "credit-note": NumberSeries(prefix="5", width=9),
}


@event("number-series-opened")
class NumberSeriesOpened(Event, frozen=True, kw_only=True):
    """From now on the seller issues documents of a kind, numbered by this series."""

    seller: str
    kind: SeriesKind
    series: NumberSeries

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """How the numbers of the series begin."""
        return (Claim(SERIES_CLAIM, self.series.claim_key, stream, self.kind),)


# --- decisions


def require_series(series_by_kind: Mapping[SeriesKind, NumberSeries]) -> None:
    """Each series has digits and room, and no number could be of two of them."""
    for kind, series in series_by_kind.items():
        most = MOST_NUMBER_DIGITS - len(series.prefix)
        if not PREFIX.fullmatch(series.prefix) or not FEWEST_RUNNING_DIGITS <= series.width <= most:
            raise InvalidValue(
                "a number series needs a prefix of digits, in which YY or YYYY is the year, a width of "
                f"{FEWEST_RUNNING_DIGITS} or more, and {MOST_NUMBER_DIGITS} digits in all at most, as a variable "
                "symbol has",
                field=f"series {kind}",
                value=f"{series.prefix}/{series.width}",
            )
        others = [other.prefix for other_kind, other in series_by_kind.items() if other_kind != kind]
        if any(series.could_share(prefix) for prefix in others):
            raise InvalidValue(
                "begins like another series, so that two documents could have one number",
                field=f"series {kind}, prefix",
                value=series.prefix,
            )
