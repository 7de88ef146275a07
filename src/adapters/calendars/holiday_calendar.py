"""Working days by country, from the library of public holidays.

A country's weekend, its public holidays and the days off that are worked instead are the library's; it makes them year
by year when they are asked for. It is loaded only then, for it is large and most billing plans never ask.
"""

from __future__ import annotations

from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING

from billing_core.kernel.errors import InvalidValue

if TYPE_CHECKING:
    from holidays import HolidayBase


class CountryCalendar:
    """The calendar of one country; implements `Calendar` of the rules."""

    def __init__(self, country: str) -> None:
        self._country = country

    def is_working_day(self, on: date) -> bool:
        return self._days_off.is_working_day(on)

    def is_holiday(self, on: date) -> bool:
        return on in self._days_off

    @cached_property
    def _days_off(self) -> HolidayBase:
        from holidays import country_holidays

        try:
            return country_holidays(self._country)
        except NotImplementedError:
            raise InvalidValue(
                "has no known holidays, so its working days cannot be counted; register the seller with its country "
                "(ISO 3166), or choose a due date that counts all days",
                field="seller's country",
                value=self._country,
            ) from None


@cache
def calendar_of(country: str) -> CountryCalendar:
    """The calendar of a country, the same for the whole process, so that a year is made once."""
    return CountryCalendar(country)
