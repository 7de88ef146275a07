"""The calendar of bands: how many seconds of each band lie before any instant, without looking at its clock.

From one border to the next the band is the same, so the seconds of a band before an instant are those before the last
border, and those since then if the band is the one that holds. The seconds of a record in a band are the difference of
its end and its beginning: no loop, however long it is. `bands` says in which band a moment lies; here is only counted.

    borders of a Monday in Prague: 07:00 UTC peak, 18:00 UTC off-peak
    seconds of peak before 17:59 UTC and before 18:01 UTC   ->  39,540 and 39,600: a call between them has 60 of peak
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from billing_core.time.due_dates import ONE_DAY, Calendar
from billing_core.usage.price_lists.lists import PriceListTerms
from billing_core.usage.rating.bands import band_at
from billing_core.work.working_hours import minutes_of

Integers = NDArray[np.int64]


class BandCalendar(NamedTuple):
    """The borders of bands in UTC seconds, the band that begins at each, and the seconds of each band before it."""

    borders: Integers
    bands: NDArray[np.intp]
    before: Integers

    def segment(self, instants: Integers) -> NDArray[np.intp]:
        """The number of the last border at or before each instant."""
        return np.searchsorted(self.borders, instants, side="right") - 1

    def seconds_before(self, instants: Integers) -> Integers:
        """The seconds of each band before each instant: a row for each band."""
        segments = self.segment(instants)
        found = self.before[:, segments]
        found[self.bands[segments], np.arange(len(instants))] += instants - self.borders[segments]
        return found


def band_calendar(terms: PriceListTerms, calendar: Calendar, first: int, last: int) -> BandCalendar:
    """The calendar of a list for instants from one to another, in UTC seconds."""
    zone = ZoneInfo(terms.zone)
    first_year, last_year = (datetime.fromtimestamp(at, zone).year for at in (first, last))
    found: list[tuple[int, int]] = []
    for year in range(first_year, last_year + 1):
        for at, band in _borders_of_year(terms, cast(Hashable, calendar), year):
            if not found or found[-1][1] != band:
                found.append((at, band))
    borders = np.array([at for at, _ in found], dtype=np.int64)
    bands = np.array([band for _, band in found], dtype=np.intp)
    before = np.zeros((len(terms.bands), len(found)), dtype=np.int64)
    for band in range(len(terms.bands)):
        before[band, 1:] = np.cumsum(np.where(bands[:-1] == band, np.diff(borders), 0))
    return BandCalendar(borders, bands, before)


@lru_cache(maxsize=64)  # A year of a house's few lists; a batch asks for one or two of them.
def _borders_of_year(terms: PriceListTerms, calendar: Calendar, year: int) -> list[tuple[int, int]]:
    """The instants of a year at which a band begins, and that band; the first one is the beginning of the year."""
    zone = ZoneInfo(terms.zone)
    begins = datetime(year, 1, 1, tzinfo=zone).timestamp()
    ends = datetime(year + 1, 1, 1, tzinfo=zone).timestamp()
    instants = {at for at in _candidates(terms, calendar, year) if begins <= at < ends} | {int(begins)}
    found: list[tuple[int, int]] = []
    for at in sorted(instants):
        band = band_at(datetime.fromtimestamp(at, UTC), terms, calendar)
        if not found or found[-1][1] != band:
            found.append((at, band))
    return found


def _candidates(terms: PriceListTerms, calendar: Calendar, year: int) -> Iterator[int]:
    """All instants of a year at which the band can be another one: borders as the clock shows them, and its jumps."""
    zone = ZoneInfo(terms.zone)
    days = [date(year, 1, 1) + number * ONE_DAY for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    for on in days:
        written = {each for band in terms.bands if band.hours for each in band.hours.written_for(on, calendar)}
        minutes = {minute for each in written for minute in minutes_of(each)} | {0}
        for minute in minutes - {24 * 60}:
            shown = datetime(on.year, on.month, on.day, minute // 60, minute % 60, tzinfo=zone)
            yield int(shown.timestamp())
            yield int(shown.replace(fold=1).timestamp())
    noons = [
        datetime(on.year, on.month, on.day, 12, tzinfo=UTC) for on in (days[0] - ONE_DAY, *days, days[-1] + ONE_DAY)
    ]
    for noon, following in pairwise(noons):
        if noon.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            yield _jump(noon, zone)


def _jump(noon: datetime, zone: ZoneInfo) -> int:
    """The minute of the day after a noon, in UTC, in which the clock jumps."""
    before = noon.astimezone(zone).utcoffset()

    def has_jumped(minutes: int) -> bool:
        return (noon + timedelta(minutes=minutes)).astimezone(zone).utcoffset() != before

    minutes = bisect_left(range(24 * 60 + 1), True, key=has_jumped)
    return int((noon + timedelta(minutes=minutes)).timestamp())
