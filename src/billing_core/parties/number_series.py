"""Number series: how the numbers of a seller's documents look.

Decides which series are sound, alone and together. Which one numbers a document is decided in `numbering`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event

SeriesKind = Literal["invoice", "credit-note", "contract"]
# Ten digits are what the variable symbol of a payment holds, and so a document's number.
MOST_NUMBER_DIGITS = 10
FEWEST_RUNNING_DIGITS = 4
SERIES_CLAIM = "number-series"

# --- values and events


class NumberSeries(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How document numbers of one kind look: a prefix and a running number padded to a width, digits only.

    The running number goes on from one series of a kind to the next: `numbers_before` are the numbers that the earlier
    ones used up, so that the numbers of each series begin with 1.
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

    def beginnings(self) -> list[str]:
        """How its numbers begin, after the number of their digits: the last one is what the series claims.

        The series 21/9 has 11:2 and 11:21.
        """
        digits = len(self.prefix) + self.width
        return [f"{digits}:{self.prefix[:end]}" for end in range(1, len(self.prefix) + 1)]


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
        return (Claim(SERIES_CLAIM, self.series.beginnings()[-1], stream, self.kind),)


# --- decisions


def require_series(series_by_kind: Mapping[SeriesKind, NumberSeries]) -> None:
    """Each series has digits and room, and no number could be of two of them."""
    for kind, series in series_by_kind.items():
        most = MOST_NUMBER_DIGITS - len(series.prefix)
        if not re.fullmatch("[0-9]+", series.prefix) or not FEWEST_RUNNING_DIGITS <= series.width <= most:
            raise InvalidValue(
                f"a number series needs a prefix of digits, a width of {FEWEST_RUNNING_DIGITS} or more, and "
                f"{MOST_NUMBER_DIGITS} digits in all at most, as a variable symbol has",
                field=f"series {kind}",
                value=f"{series.prefix}/{series.width}",
            )
        others = [other.prefix for other_kind, other in series_by_kind.items() if other_kind != kind]
        if any(series.prefix.startswith(prefix) for prefix in others):
            raise InvalidValue(
                "begins like another series, so that two documents could have one number",
                field=f"series {kind}, prefix",
                value=series.prefix,
            )
