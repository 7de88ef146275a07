"""Working days by country, as the library of holidays knows them."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.calendars.holiday_calendar import calendar_of
from billing_core.kernel.errors import InvalidValue
from billing_core.time.due_dates import DaysAfterIssue, WorkingDayAfterIssue, due_date


@pytest.mark.parametrize("year", range(2020, 2041))
def test_czech_easter_is_not_worked_in_any_year(year: int):
    """Easter Sunday by the anonymous Gregorian computus, which the library is compared with."""
    a, b, c = year % 19, *divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (a + 11 * h) // 319
    r = (2 * e + 2 * i - k - h + m + 32) % 7
    month = (h - m + r + 90) // 25
    sunday = date(year, month, (h - m + r + month + 19) % 32)
    czech = calendar_of("CZ")

    around = [date.fromordinal(sunday.toordinal() + gap) for gap in range(-3, 3)]
    assert [czech.is_working_day(day) for day in around] == [True, False, False, False, False, True]


@pytest.mark.parametrize(
    ("country", "day", "is_worked"),
    [
        ("CZ", date(2026, 12, 24), False),
        ("CZ", date(2026, 12, 31), True),
        ("CZ", date(2027, 1, 1), False),
        ("LV", date(2026, 11, 18), False),
        ("CZ", date(2026, 11, 18), True),
        ("BG", date(2026, 4, 10), False),  # the Orthodox Good Friday
    ],
)
def test_holidays_are_those_of_the_country(country: str, day: date, is_worked: bool):
    assert calendar_of(country).is_working_day(day) is is_worked


def test_due_dates_are_found_over_the_end_of_a_year():
    czech = calendar_of("CZ")
    assert due_date(date(2026, 12, 23), WorkingDayAfterIssue(number=10), "none", czech) == date(2027, 1, 11)
    assert due_date(date(2026, 12, 18), DaysAfterIssue(days=14), "next", czech) == date(2027, 1, 4)
    assert due_date(date(2026, 12, 18), DaysAfterIssue(days=14), "previous", czech) == date(2026, 12, 31)


@pytest.mark.parametrize("country", ["", "XX"])
def test_a_country_without_known_holidays_is_named_when_it_is_asked(country: str):
    calendar = calendar_of(country)
    with pytest.raises(InvalidValue, match=f"seller's country '{country}'"):
        calendar.is_working_day(date(2026, 1, 1))


def test_a_weekend_is_a_holiday_only_if_it_is_a_public_one():
    czech = calendar_of("CZ")
    assert [czech.is_holiday(date(2026, 12, day)) for day in (19, 24, 25, 26, 27)] == [False, True, True, True, False]
