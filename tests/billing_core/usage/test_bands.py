"""Bands: the one that the clock shows, calls cut at borders, and the calendar that counts without a clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from billing_core.time.due_dates import WITHOUT_HOLIDAYS
from billing_core.usage.price_lists.lists import Band, PriceListTerms
from billing_core.usage.rating.band_calendar import band_calendar
from billing_core.usage.rating.bands import band_at, band_spans
from billing_core.work.working_hours import WEEKDAYS, WorkingHours
from tests.billing_core.usage.lists import CZECH_HOLIDAYS, OFF_PEAK, PEAK, WEEKEND, terms

PRAGUE = ZoneInfo("Europe/Prague")
THREE = terms(bands=(PEAK, WEEKEND, OFF_PEAK))
NIGHT = Band(code="night", hours=WorkingHours(**dict.fromkeys((*WEEKDAYS, "holiday"), ("00:00-02:30",))))
NIGHTS = terms(bands=(NIGHT, Band(code="day")))


def prague(*numbers: int, fold: int = 0) -> datetime:
    return datetime(*numbers, tzinfo=PRAGUE, fold=fold).astimezone(UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("at", "band"),
    [
        (prague(2026, 9, 7, 7, 59, 59), "off-peak"),  # A Monday.
        (prague(2026, 9, 7, 8), "peak"),
        (prague(2026, 9, 7, 18, 59, 59), "peak"),
        (prague(2026, 9, 7, 19), "off-peak"),
        (prague(2026, 9, 4, 23, 59, 59), "off-peak"),  # Friday night.
        (prague(2026, 9, 5), "weekend"),
        (prague(2026, 9, 6, 23, 59, 59), "weekend"),
        (prague(2026, 9, 28, 10), "weekend"),  # A Monday that is a holiday.
    ],
)
def test_the_band_of_a_moment_is_the_one_that_the_clock_shows(at: datetime, band: str) -> None:
    assert THREE.bands[band_at(at, THREE, CZECH_HOLIDAYS)].code == band


def test_a_holiday_without_hours_of_its_own_is_in_none_but_the_rest() -> None:
    assert band_at(prague(2026, 9, 28, 10), terms(bands=(PEAK, OFF_PEAK)), CZECH_HOLIDAYS) == 1


def spans(started_at: datetime, seconds: int, listed: PriceListTerms) -> list[tuple[str, int]]:
    return [(listed.bands[band].code, units) for band, units in band_spans(started_at, seconds, listed, CZECH_HOLIDAYS)]


def test_a_call_is_cut_at_the_border() -> None:
    assert spans(prague(2026, 9, 7, 18, 58, 30), 180, THREE) == [("peak", 90), ("off-peak", 90)]
    assert spans(prague(2026, 9, 7, 18, 58, 30), 90, THREE) == [("peak", 90)]
    assert spans(prague(2026, 9, 4, 18, 59, 59), 5 * 3600 + 2, THREE) == [
        ("peak", 1), ("off-peak", 5 * 3600), ("weekend", 1),
    ]  # fmt: skip


def test_a_call_is_not_cut_if_the_list_goes_by_the_start() -> None:
    by_start = terms(bands=(PEAK, WEEKEND, OFF_PEAK), band_of="start")
    assert spans(prague(2026, 9, 7, 18, 58, 30), 180, by_start) == [("peak", 180)]


def test_data_and_items_are_in_the_band_in_which_they_began() -> None:
    data = terms(bands=(PEAK, WEEKEND, OFF_PEAK), unit="MB")
    assert spans(prague(2026, 9, 7, 18, 59, 59), 10**9, data) == [("peak", 10**9)]


def test_the_hour_that_the_clock_shows_twice_is_twice_in_its_band() -> None:
    assert spans(prague(2026, 10, 25, 1), 4 * 3600, NIGHTS) == [
        ("night", 5400), ("day", 1800), ("night", 1800), ("day", 5400),
    ]  # fmt: skip


def test_the_hour_that_the_clock_leaves_out_is_in_no_band() -> None:
    assert spans(prague(2026, 3, 29, 1), 3 * 3600, NIGHTS) == [("night", 3600), ("day", 7200)]


@pytest.mark.parametrize(("on", "hours"), [(date(2026, 3, 29), 23), (date(2026, 3, 30), 24), (date(2026, 10, 25), 25)])
def test_days_of_23_and_25_hours_are_counted_whole(on: date, hours: int) -> None:
    first, last = (prague(day.year, day.month, day.day) for day in (on, on + timedelta(days=1)))
    seconds = int((last - first).total_seconds())
    assert seconds == hours * 3600
    assert sum(units for _, units in spans(first, seconds, NIGHTS)) == seconds


ZONES = ("Europe/Prague", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Tehran")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("bands", [(PEAK, WEEKEND, OFF_PEAK), (NIGHT, Band(code="day"))])
def test_the_calendar_counts_as_the_clock_does(zone: str, bands: tuple[Band, ...]) -> None:
    listed = terms(zone=zone, bands=bands)
    random = Random(7)
    first = int(datetime(2025, 12, 30, tzinfo=UTC).timestamp())
    starts = [first + random.randrange(370 * 86_400) for _ in range(150)]
    starts += [int(prague(2026, 3, 29).timestamp()) + random.randrange(5 * 3600) for _ in range(50)]
    lengths = [random.choice((1, 59, 60, 3600, 90_000)) for _ in starts]
    counted = band_calendar(listed, CZECH_HOLIDAYS, min(starts), max(starts) + 90_000)
    by_clock = np.zeros((len(bands), len(starts)), dtype=np.int64)
    for place, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        for band, units in band_spans(datetime.fromtimestamp(start, UTC), length, listed, CZECH_HOLIDAYS):
            by_clock[band, place] += units
    begins, ends = np.array(starts), np.array(starts) + np.array(lengths)
    assert (counted.seconds_before(ends) - counted.seconds_before(begins) == by_clock).all()
    at_start = [band_at(datetime.fromtimestamp(start, UTC), listed, CZECH_HOLIDAYS) for start in starts]
    assert counted.bands[counted.segment(begins)].tolist() == at_start


def test_borders_of_the_calendar_are_those_of_the_clock_on_a_night_of_change() -> None:
    first, last = prague(2026, 10, 24, 12), prague(2026, 10, 25, 12)
    counted = band_calendar(NIGHTS, WITHOUT_HOLIDAYS, int(first.timestamp()), int(last.timestamp()))
    within = [at for at in counted.borders.tolist() if first.timestamp() <= at < last.timestamp()]
    assert [datetime.fromtimestamp(at, UTC).strftime("%d %H:%M") for at in within] == [
        "24 22:00", "25 00:30", "25 01:00", "25 01:30",
    ]  # fmt: skip
    assert [key for key, _ in groupby(counted.bands.tolist())] == counted.bands.tolist()
