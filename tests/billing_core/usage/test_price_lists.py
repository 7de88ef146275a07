"""Which row of which list holds, and what a sound list is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_core.kernel.errors import InvalidValue
from billing_core.usage.price_lists.checks import faults_of, require_ported, require_price_list, require_terms
from billing_core.usage.price_lists.lists import (
    Band,
    DestinationPrice,
    PortedNumber,
    list_on,
    prefix_table,
    row_for,
)
from billing_core.work.working_hours import WorkingHours
from tests.billing_core.usage.lists import OFF_PEAK, PEAK, WEEKEND, price_list, row, terms

TABLE = prefix_table(
    (
        row("420", "Czechia", "0.10"),
        row("4206", "Czechia other", "0.12"),
        row("42060", "Czechia mobile", "0.20"),
        row("112", "Emergency", "0", is_special=True),
        row("420112", "Czechia short", "0.05", is_special=True),
    )
)
PORTED = {
    "420601000111": PortedNumber(number="420601000111", prefix="4207"),
    "420601000222": PortedNumber(number="420601000222", destination="Czechia"),
    "420601000333": PortedNumber(number="420601000333", destination="Nowhere"),
    "112": PortedNumber(number="112", destination="Czechia"),
}


@pytest.mark.parametrize(
    ("number", "destination"),
    [
        ("420601222333", "Czechia mobile"),
        ("420611222333", "Czechia other"),
        ("420222333444", "Czechia"),
        ("42060", "Czechia mobile"),
        ("4206", "Czechia other"),
        ("420", "Czechia"),
        ("42", None),  # Shorter than each prefix.
        ("", None),
        ("112", "Emergency"),  # Special, though ported to Czechia.
        ("1123", None),  # A special row is no prefix.
        ("420112", "Czechia short"),
        ("4201121", "Czechia"),
        ("420601000111", "Czechia"),  # 4207 has no row of its own.
        ("420601000222", "Czechia"),
        ("420601000333", None),  # The list has no such destination.
        ("+420601222333", None),
    ],
)
def test_the_row_of_a_number(number: str, destination: str | None) -> None:
    found = row_for(number, TABLE, PORTED)
    assert (found and found.destination) == destination


def test_a_row_without_a_prefix_holds_for_every_other_number() -> None:
    table = prefix_table((row("420", "Czechia", "0.10"), row("", "World", "1.00")))
    assert [row_for(number, table, {}).destination for number in ("4209", "1", "", "any text")] == [  # type: ignore[union-attr]
        "Czechia", "World", "World", "World",
    ]  # fmt: skip


def test_a_list_holds_until_the_next_one_does() -> None:
    january, march = price_list(row("1", "A", "1")), price_list(row("1", "A", "2"), from_on=date(2026, 3, 1))
    lists = (march, january)
    assert list_on(lists, date(2026, 2, 28)) is january
    assert list_on(lists, date(2026, 3, 1)) is march
    assert list_on(lists, date(2025, 12, 31)) is None


def test_a_sound_list_is_accepted() -> None:
    require_price_list(
        price_list(
            row("420", "Czechia", "0.10", None, "0.05", first=60, next=1, connection="0.05", maximum="5"),
            row("112", "Emergency", "0", "0", "0", is_special=True),
            row("112", "Land of 112", "0.1", "0.1", "0.1"),
            bands=(PEAK, WEEKEND, OFF_PEAK),
        )
    )


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([], "row 1, prefix"),
        ([row("+420", "A", "1")], r"row 1, prefix '\+420': must have digits only"),
        ([row("1" * 16, "A", "1")], "longer than 15 digits"),
        ([row("1", "A", "1"), row("1", "A", "1")], "row 2, prefix '1': stands in row 1 too"),
        ([row("", "A", "1", is_special=True)], "needs its whole number"),
        ([row("1", " ", "1")], "row 1, destination ' ': must not be empty"),
        ([row("1", "A", "1", group="a\nb")], "row 1, group"),
        ([row("1", "A", "1", "2")], "row 1, prices '2': must be 1, one for each band"),
        ([row("1", "A", None)], "are all empty"),
        ([row("1", "A", "-1")], "row 1, price of all week '-1'"),
        ([row("1", "A", "0.0000001")], "at most six decimals|at most 6 decimals"),
        ([row("1", "A", "1", connection="-1")], "row 1, connection"),
        ([row("1", "A", "1", minimum="2", maximum="1")], "row 1, maximum '1': is below the minimum, 2"),
        ([row("1", "A", "1", first=-1)], "row 1, first"),
        ([row("1", "A", "1", next=10**13)], "row 1, next"),
        ([row("1", "A", "1"), row("2", "A", "2")], "row 2, destination 'A': has other prices"),
        ([row("1", "A", "1"), row("2", "A", "1", group="g")], "another group in row 1"),
    ],
)
def test_a_row_that_is_not_sound_is_named(rows: list[DestinationPrice], fault: str) -> None:
    with pytest.raises(InvalidValue, match=fault):
        require_price_list(price_list(*rows))


def test_all_faults_are_given_at_once() -> None:
    rows = [row("x", "A", "1"), row("2", "", "-1"), row("3", "C", "1", first=-5, next=-5)]
    found = [(fault.row, fault.field) for fault in faults_of(rows, terms())]
    assert found == [(1, "prefix"), (2, "destination"), (2, "price of all week"), (3, "first"), (3, "next")]


def test_a_list_of_items_has_prefixes_of_any_text() -> None:
    require_price_list(price_list(row("FILM-", "Films", "3.90"), row("FILM-X", "New films", "5.90"), unit="item"))
    with pytest.raises(InvalidValue, match="without spaces around it"):
        require_price_list(price_list(row("FILM ", "Films", "3.90"), unit="item"))


HOLIDAY = Band(code="holiday", hours=WorkingHours(holiday=("00:00-24:00",)))


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"code": ""}, "code"),
        ({"name": "a\nb"}, "name"),
        ({"currency": "EURO"}, "currency"),
        ({"zone": "Prague"}, "zone 'Prague': is no time zone"),
        ({"country": "Czechia"}, "country 'Czechia': is no country"),
        ({"decimals": 7}, "decimals '7': must be 0 to 6"),
        ({"bands": ()}, "bands '0'"),
        ({"bands": (PEAK,)}, "band 1, hours 'peak': the last band"),
        ({"bands": (OFF_PEAK, PEAK)}, "band 1, hours 'off-peak': the last band"),
        ({"bands": (PEAK, PEAK, OFF_PEAK)}, "band 2, code 'peak': stands twice"),
        ({"bands": (HOLIDAY, OFF_PEAK), "country": ""}, "band 1, holiday '00:00-24:00': has hours on holidays"),
        ({"bands": (Band(code="x", hours=WorkingHours(monday=("20:00-08:00",))), OFF_PEAK)}, "band 1, monday"),
        ({"bands": (Band(code="x", hours=WorkingHours(monday=("8-9",))), OFF_PEAK)}, "band 1, .*is no span"),
    ],
)
def test_terms_that_are_not_sound_are_refused(changed: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidValue, match=fault):
        require_terms(terms(**changed))


def test_a_band_may_have_holidays_only() -> None:
    require_terms(terms(bands=(HOLIDAY, OFF_PEAK)))


@pytest.mark.parametrize(
    ("ported", "fault"),
    [
        (PortedNumber(number="+420", prefix="1"), "number"),
        (PortedNumber(number="420", prefix=""), "either a prefix or a destination"),
        (PortedNumber(number="420", prefix="1", destination="A"), "either a prefix or a destination"),
        (PortedNumber(number="420", prefix="+1"), "prefix"),
    ],
)
def test_a_ported_number_has_either_a_prefix_or_a_destination(ported: PortedNumber, fault: str) -> None:
    with pytest.raises(InvalidValue, match=fault):
        require_ported(ported)
    require_ported(PortedNumber(number="420", destination="A"))


def test_units_are_counted_in_seconds_bytes_and_millionths() -> None:
    assert [(terms(unit=unit).measure, terms(unit=unit).unit_size, terms(unit=unit).step_size) for unit in
            ("second", "minute", "item", "MB", "GB", "MiB", "GiB")] == [
        ("seconds", 1, 1), ("seconds", 60, 1), ("millionths", 1_000_000, 1_000_000),
        ("bytes", 1_000_000, 1), ("bytes", 1_000_000_000, 1), ("bytes", 1_048_576, 1), ("bytes", 1_073_741_824, 1),
    ]  # fmt: skip
    assert Decimal(0) == row("1", "A", "1").minimum
