"""The picture of traffic: what is drawn, in which unit, and that any name can stand in it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from lxml import etree

from adapters.documents.traffic_plot import lines_of, traffic_svg, unit_of
from projections.usage.traffic import TrafficRow

UTC = ZoneInfo("UTC")
FIRST = date(2026, 10, 1)


def row(on: date, of: str, bytes_in: int) -> TrafficRow:
    return TrafficRow(on, None, of, 1, 0, Decimal(0), bytes_in, 0)


def test_the_eight_values_with_most_have_lines_and_the_others_one_together():
    """Ten values have 1 to 10 GB on the first day: the ninth line has 1 + 2 GB. On the second day the tenth has 5."""
    rows = [row(FIRST, f"nas{number:02}", number * 10**9) for number in range(1, 11)]
    times, lines = lines_of([*rows, row(FIRST + timedelta(days=1), "nas10", 5 * 10**9)], "bytes", UTC)

    assert [at.day for at in times] == [1, 2]
    assert [line.of for line in lines] == [f"nas{number:02}" for number in range(10, 2, -1)] + ["others"]
    assert lines[0].amounts == [10e9, 5e9] and lines[-1].amounts == [3e9, 0]


def test_the_unit_is_the_largest_of_which_there_is_one():
    assert [unit_of("bytes", most).name for most in (0, 999, 2_500_000, 10**12)] == ["bytes", "bytes", "MB", "TB"]
    assert [unit_of("seconds", most).name for most in (45, 60, 7_200)] == ["seconds", "minutes", "hours"]


def test_the_same_traffic_is_the_same_picture_whatever_the_names_are():
    names = ["trunk $1^", "<&>", "Москва", "a\x1db", ""]
    rows = [row(FIRST, name, 10**6) for name in names]
    picture = traffic_svg(rows, "bytes", "by $network^", UTC)

    assert picture == traffic_svg(rows, "bytes", "by $network^", UTC)
    texts = [text for text in etree.fromstring(picture).itertext() if text.strip()]
    assert {"by $network^", "trunk $1^", "<&>", "Москва", "none", "MB"} <= {text.strip() for text in texts}
