"""Which number series numbers a seller's documents: opening one, and the next one when it is used up."""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.errors import AlreadyExists, RuleViolation
from billing_core.kernel.events import Event
from billing_core.parties.number_series import (
    NumberSeries,
    NumberSeriesOpened,
    NumbersTaken,
    SeriesKind,
    require_series,
)
from billing_core.parties.sellers import Seller


class NumberSeriesFull(RuleViolation):
    """A series has no number left."""

    code = "number-series-full"


def open_number_series(seller: Seller, fact: NumberSeriesOpened, taken: NumbersTaken) -> list[Event]:
    """A series for a kind of document that the seller has none of yet, or whose series is used up.

    `taken` are the numbers that were taken for the kind. The same series again changes nothing.

        series 1/9, last 999,999,998: refused, one number is left    last 999,999,999: the next series begins
        series 1YY/7, last 9,999,999 of 2026: refused in 2027, when its numbers begin again
    """
    known = seller.series.get(fact.kind)
    if known is not None and (known.prefix, known.width) == (fact.series.prefix, fact.series.width):
        return []
    if known is not None and taken.last < known.of_year(fact.effective_on, taken).last_running:
        raise AlreadyExists(f"has the prefix {known.prefix} and the width {known.width}, and its numbers continue "
                            "until they are used up", field="series", value=fact.kind)  # fmt: skip
    series = msgspec.structs.replace(fact.series, numbers_before=taken.last)
    require_series({**seller.series, fact.kind: series})
    return [msgspec.structs.replace(fact, series=series)]


def series_for(seller: Seller, kind: SeriesKind, last_running: int, on: date, taken: NumbersTaken) -> NumberSeries:
    """The series that numbers a seller's documents of a kind and a date up to a running number.

    `taken` are the numbers that were taken for the kind, these or earlier ones. `RuleViolation` if none was opened,
    `NumberSeriesFull` if its width has no room for that number.
    """
    opened = seller.series.get(kind)
    if opened is None:
        raise RuleViolation(f"seller {seller.code} has no number series for this kind of document; open one with "
                            "`open-number-series`", field="document", value=kind)  # fmt: skip
    series = opened.of_year(on, taken)
    if last_running > series.last_running:
        raise NumberSeriesFull(f"seller {seller.code} has used up the numbers of its series with the prefix "
                               f"{series.prefix} and the width {series.width}; open the next one with "
                               "`open-number-series`", field="document", value=kind)  # fmt: skip
    return series
