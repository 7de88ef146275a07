"""Bands of a price list: the one in which a moment lies, and how a call is cut at their borders.

A moment is in the first band that has hours for what the clock shows then in the zone of the list, on a weekday or a
holiday; the last band has all the rest. So on the night when summer time ends the hour that the clock shows twice is
both times in the bands of that hour, and the hour that it leaves out is in none.

Worked example, peak Monday to Friday 08:00-19:00, else off-peak, in Prague

    a call on a Monday from 18:58:30, 180 seconds    ->  90 seconds peak, 90 seconds off-peak
    night 00:00-02:30, else day, a call on 25 October 2026 from 01:00, 4 hours: until 04:00 of winter time
        night until 02:30, day for 30 minutes until the clock goes back from 03:00 to 02:00, night again until 02:30
                                                     ->  2 hours night, 2 hours day
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from billing_core.time.due_dates import Calendar
from billing_core.usage.price_lists.lists import PriceListTerms
from billing_core.work.working_hours import minutes_of


class BandSpan(NamedTuple):
    """Seconds in a row that are in one band, which is given by its place in the list."""

    band: int
    seconds: int


def band_at(at: datetime, terms: PriceListTerms, calendar: Calendar) -> int:
    """The place of the band in which a moment lies."""
    shown = at.astimezone(ZoneInfo(terms.zone))
    minute = 60 * shown.hour + shown.minute
    for place, band in enumerate(terms.bands):
        if band.hours is None:
            return place
        spans = map(minutes_of, band.hours.written_for(shown.date(), calendar))
        if any(begins <= minute < ends for begins, ends in spans):
            return place
    raise AssertionError("the last band of a sound list has no hours")


def band_spans(started_at: datetime, units: int, terms: PriceListTerms, calendar: Calendar) -> list[BandSpan]:
    """What a record uses in each band, in order; all of it in the band of its beginning unless it is cut."""
    if not terms.is_cut or not units:
        return [BandSpan(band_at(started_at, terms, calendar), units)]
    spans: list[BandSpan] = []
    for at, seconds in _minutes(started_at, units):
        band = band_at(at, terms, calendar)
        before = spans.pop().seconds if spans and spans[-1].band == band else 0
        spans.append(BandSpan(band, before + seconds))
    return spans


def _minutes(started_at: datetime, seconds: int) -> Iterator[tuple[datetime, int]]:
    """A call by the minute of the clock, with the seconds of each: borders lie on whole minutes, in each zone."""
    at, left = started_at.replace(microsecond=0), seconds
    while left:
        taken = min(left, 60 - at.second)
        yield at, taken
        at, left = at + timedelta(seconds=taken), left - taken
