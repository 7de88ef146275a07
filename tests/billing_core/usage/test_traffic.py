"""The busy hour and growth, with figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from billing_core.usage.traffic import BusyHour, Growth, HourAmount, MonthAmount, busy_hours, growth, hours_of_days

PRAGUE = ZoneInfo("Europe/Prague")


def test_the_busy_hour_is_the_one_with_the_largest_average_not_the_one_with_the_largest_day():
    """18:00 has 20 and 40, on average 30; 9:00 has 50 and nothing, on average 25."""
    of_days = [(1, 18, 20), (1, 9, 50), (2, 18, 40)]
    amounts = [HourAmount(datetime(2026, 6, day, hour, tzinfo=PRAGUE), Decimal(most)) for day, hour, most in of_days]

    first, second, *others = busy_hours(amounts, date(2026, 6, 1), date(2026, 6, 3), PRAGUE)

    assert first == BusyHour(18, 2, Decimal(30), Decimal(40), date(2026, 6, 2))
    assert second == BusyHour(9, 2, Decimal(25), Decimal(50), date(2026, 6, 1))
    assert len(others) == 22 and {each.most_on for each in others} == {None}


def test_an_hour_that_the_clock_goes_through_twice_counts_twice():
    """On 25 October 2026 there were two hours from 2:00 on: 30 and 10 are 20 on average."""
    amounts = [HourAmount(datetime(2026, 10, 25, hour, tzinfo=UTC), Decimal(most)) for hour, most in ((0, 30), (1, 10))]

    first = busy_hours(amounts, date(2026, 10, 25), date(2026, 10, 26), PRAGUE)[0]

    assert first == BusyHour(2, 2, Decimal(20), Decimal(30), date(2026, 10, 25))


def test_a_day_has_23_24_or_25_hours():
    spring = hours_of_days(date(2026, 3, 29), date(2026, 3, 30), PRAGUE)
    autumn = hours_of_days(date(2026, 10, 25), date(2026, 10, 26), PRAGUE)

    assert (sum(spring.values()), 2 in spring) == (23, False)
    assert (sum(autumn.values()), autumn[2]) == (25, 2)
    assert hours_of_days(date(2026, 6, 1), date(2026, 6, 3), PRAGUE) == dict.fromkeys(range(24), 2)


def test_growth_is_against_the_month_before_and_what_stopped_has_a_row():
    """200 in March and 230 in April are +15 %; nothing in May is -100 %; what began in April has no percentage."""
    march, april, may = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
    amounts = [MonthAmount(march, "nas1", Decimal(200)), MonthAmount(april, "nas1", Decimal(230)),
               MonthAmount(april, "nas2", Decimal(7)), MonthAmount(may, "nas2", Decimal(8))]  # fmt: skip

    assert growth(amounts, april) == [
        Growth(april, "nas1", Decimal(230), Decimal(200), Decimal("15.0")),
        Growth(april, "nas2", Decimal(7), Decimal(0), None),
        Growth(may, "nas1", Decimal(0), Decimal(230), Decimal("-100.0")),
        Growth(may, "nas2", Decimal(8), Decimal(7), Decimal("14.3")),
    ]
