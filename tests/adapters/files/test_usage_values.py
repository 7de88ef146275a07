"""Times, durations, volumes and numbers of usage: worked out by hand, then as the libraries of the field have them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.files.usage_fields import AmountField, DurationField, NumberForm, TimeField
from adapters.files.usage_sources.amounts import bytes_of, quantity_of, seconds_of
from adapters.files.usage_sources.faults import Faults
from adapters.files.usage_sources.numbers import normalised
from adapters.files.usage_sources.texts import part_that_counts
from adapters.files.usage_sources.times import instants_of
from tests.adapters.files.usage_reading import NOW, utc


def instant(text: str, **field: str) -> datetime | str:
    """The instant of a written time, or why it has none."""
    faults = Faults(1)
    found = instants_of(TimeField(column="at", **field), pa.array([text]), NOW, faults)
    return faults.found[0].reason if faults.found else found[0].item().replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "form", "zone", "expected"),
    [
        # Prague is one hour ahead of UTC in winter, two in summer; clocks change at 01:00 UTC.
        ("28.10.2026 07:00:00", "%d.%m.%Y %H:%M:%S", "Europe/Prague", "2026-10-28 06:00:00"),
        ("25.10.2026 01:59:59", "%d.%m.%Y %H:%M:%S", "Europe/Prague", "2026-10-24 23:59:59"),
        ("25.10.2026 02:00:00", "%d.%m.%Y %H:%M:%S", "Europe/Prague", "2026-10-25 00:00:00"),
        ("25.10.2026 02:59:59", "%d.%m.%Y %H:%M:%S", "Europe/Prague", "2026-10-25 00:59:59"),
        ("25.10.2026 03:00:00", "%d.%m.%Y %H:%M:%S", "Europe/Prague", "2026-10-25 02:00:00"),
        ("29.03.2026 01:59:59", "%d.%m.%Y %H:%M:%S", "Europe/Prague", "2026-03-29 00:59:59"),
        ("29.03.2026 03:00:00", "%d.%m.%Y %H:%M:%S", "Europe/Prague", "2026-03-29 01:00:00"),
        ("28.10.26 07:05", "%d.%m.%y %H:%M", "Europe/Sofia", "2026-10-28 05:05:00"),
        ("28.10.2026", "%d.%m.%Y", "Europe/Prague", "2026-10-28 11:00:00"),
        ("20241231235959", "%Y%m%d%H%M%S", "UTC", "2024-12-31 23:59:59"),
        ("1791194440", "epoch seconds", "", "2026-10-05 10:00:40"),
        ("1791194440.25", "epoch seconds", "", "2026-10-05 10:00:40.25"),
        ("1791194440766", "epoch milliseconds", "", "2026-10-05 10:00:40.766"),
        ("1791194440766321", "epoch microseconds", "", "2026-10-05 10:00:40.766321"),
        ("2026-10-05T12:00:40+02:00", "iso", "", "2026-10-05 10:00:40"),
        ("2026-10-05 12:00:40.5Z", "iso", "", "2026-10-05 12:00:40.5"),
        ("2026-10-05T12:00:40-0330", "iso", "Europe/Prague", "2026-10-05 15:30:40"),
        ("2026-10-05T12:00:40,1234567", "iso", "Europe/Prague", "2026-10-05 10:00:40.123456"),
    ],
)
def test_instants(text: str, form: str, zone: str, expected: str):
    assert instant(text, form=form, zone=zone) == utc(expected)


@pytest.mark.parametrize(
    ("text", "form", "zone"),
    [
        ("32.10.2026 07:00:00", "%d.%m.%Y %H:%M:%S", "UTC"),
        ("31.04.2026 07:00:00", "%d.%m.%Y %H:%M:%S", "UTC"),
        ("1.10.2026 07:00:00", "%d.%m.%Y %H:%M:%S", "UTC"),
        ("28.10.2026 07:60:00", "%d.%m.%Y %H:%M:%S", "UTC"),
        ("28.10.2026 07:00:0x", "%d.%m.%Y %H:%M:%S", "UTC"),
        ("28/10/2026 07:00:00", "%d.%m.%Y %H:%M:%S", "UTC"),
        ("1791194440.5", "epoch milliseconds", ""),
        ("-1", "epoch seconds", ""),
        ("2026-10-05T12:00", "iso", "UTC"),
        ("2026-13-05T12:00:00Z", "iso", ""),
        ("２026-10-05T12:00:00Z", "iso", ""),
    ],
)
def test_texts_that_are_no_times(text: str, form: str, zone: str):
    assert "is not a time as the profile writes it" in str(instant(text, form=form, zone=zone))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("999999999999999999", "is more than a day ahead"),
        ("0", "is before the year 2000"),
    ],
)
def test_clocks_that_are_far_off(text: str, reason: str):
    assert reason in str(instant(text, form="epoch microseconds"))
    assert reason in str(instant(text, form="epoch milliseconds")) or text != "0"


def test_a_time_without_an_offset_needs_a_zone():
    assert "has no offset from UTC" in str(instant("2026-10-05T12:00:40", form="iso"))


LOCAL_TIMES = st.datetimes(datetime(2000, 1, 2), datetime(2026, 11, 20))  # noqa: DTZ001  By the clock of a zone.


@given(LOCAL_TIMES, st.sampled_from(["Europe/Prague", "America/St_Johns"]))
def test_local_times_are_as_the_zones_of_python_have_them(local: datetime, zone: str):
    local = local.replace(microsecond=0)
    aware = local.replace(tzinfo=ZoneInfo(zone))
    exists = aware.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
    found = instant(f"{local:%Y-%m-%d %H:%M:%S}", form="%Y-%m-%d %H:%M:%S", zone=zone)

    assert found == aware.astimezone(UTC) if exists else "skip" in str(found)


@pytest.mark.parametrize(
    ("text", "form", "rounding", "expected"),
    [
        ("85", "seconds", "up", 85),
        ("85.000001", "seconds", "up", 86),
        ("85.999999", "seconds", "down", 85),
        ("85.5", "seconds", "nearest", 86),
        ("85.499999", "seconds", "nearest", 85),
        ("85000", "milliseconds", "up", 85),
        ("85001", "milliseconds", "up", 86),
        ("85000.001", "milliseconds", "up", 86),
        ("85000001", "microseconds", "up", 86),
        ("0:01:25", "hh:mm:ss", "up", 85),
        ("00:01:25.2500000", "hh:mm:ss", "up", 86),
        ("100:00:00", "hh:mm:ss", "up", 360_000),
        ("0", "seconds", "up", 0),
    ],
)
def test_durations(text: str, form: str, rounding: str, expected: int):
    faults = Faults(1)
    field = DurationField(column="length", form=form, rounding=rounding)  # type: ignore[arg-type]

    assert seconds_of(field, pa.array([text]), faults).tolist() == [expected]
    assert faults.found == {}


@pytest.mark.parametrize("text", ["1:25", "0:60:00", "0:00:60", "85 s", "1e3", "٣"])
def test_texts_that_are_no_durations(text: str):
    faults = Faults(1)
    seconds_of(DurationField(column="length", form="hh:mm:ss"), pa.array([text]), faults)

    assert faults.found[0].reason == "is not a duration as the profile writes it; for example 0:01:30"


@pytest.mark.parametrize(
    ("text", "unit", "decimal", "expected"),
    [
        ("10737418240", "B", ".", 10_737_418_240),
        ("1.5", "KB", ".", 1_500),
        ("1,5", "MB", ",", 1_500_000),
        ("1.5", "MiB", ".", 1_572_864),
        ("0.0001", "KB", ".", 1),
        ("999999.999999", "GB", ".", 999_999_999_999_000),
        ("1.000000000", "GiB", ".", 1_073_741_824),
    ],
)
def test_volumes(text: str, unit: str, decimal: str, expected: int):
    faults = Faults(1)
    field = AmountField(column="volume", unit=unit, decimal=decimal)  # type: ignore[arg-type]

    assert bytes_of(field, "bytes_in", pa.array([text]), faults).tolist() == [expected]
    assert faults.found == {}


@pytest.mark.parametrize(("text", "unit"), [("1000000000000001", "B"), ("1000001", "GB"), ("999999999999", "GiB")])
def test_a_volume_that_no_record_has(text: str, unit: str):
    faults = Faults(1)
    bytes_of(AmountField(column="volume", unit=unit), "bytes_in", pa.array([text]), faults)  # type: ignore[arg-type]

    assert faults.found[0].reason == "is more than 1,000 TB, as no record counts"


def test_quantities_are_millionths():
    faults = Faults(4)
    found = quantity_of(AmountField(column="q"), "quantity", pa.array(["1", "0.000001", "1.0000001", "-1"]), faults)

    assert found.tolist() == [1_000_000, 1, 0, 0]
    assert [(place, fault.reason) for place, fault in sorted(faults.found.items())] == [
        (2, "is not a number of at most 12 digits and 6 decimals; write it as 1.5"),
        (3, "is negative"),
    ]


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        ("+420 601 234 567", "CZ", "420601234567"),
        ("00420601234567", "CZ", "420601234567"),
        ("601234567", "CZ", "420601234567"),
        ("601234567", "", "601234567"),
        ("420601234567", "CZ", "420601234567"),
        ("0905 123 456", "SK", "421905123456"),
        ("0888-123-456", "BG", "359888123456"),
        ("800123456", "CZ", "420800123456"),
        ("112", "CZ", "112"),
        ("1188", "CZ", "1188"),
        ("14004", "CZ", "14004"),
        ("116123", "GB", "116123"),
        ("124996", "AT", "124996"),  # It may be a number of a town, too: what is dialled as short stays so.
        ("0 22 12345678", "MG", "022 12345678"),
        ("*21#", "CZ", "*21#"),
        ("anonymous", "CZ", "anonymous"),
        ("Ext.101", "CZ", "Ext.101"),
        ("", "CZ", ""),
    ],
)
def test_numbers(number: str, country: str, expected: str):
    found = normalised(pa.array([number]), NumberForm(country=country))[0].as_py()

    assert found.replace(" ", "") == expected.replace(" ", "")


@pytest.mark.parametrize("country", ["CZ", "SK", "BG", "DE", "AT", "PL", "GB", "LV", "IT", "HU", "US", "AU", "BR"])
def test_valid_numbers_of_a_country_are_as_the_library_has_them(country: str):
    chance = random.Random(country)
    typed: list[tuple[str, str]] = []
    while len(typed) < 200:
        # Shorter ones may be short numbers, too.
        number = f"{chance.choice(['0', ''])}{chance.randrange(10**6, 10 ** chance.randrange(7, 12))}"
        try:
            parsed = phonenumbers.parse(number, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number_for_region(parsed, country):
            typed.append((number, phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)[1:]))
    found = normalised(pa.array([number for number, _ in typed]), NumberForm(country=country))

    assert found.to_pylist() == [expected for _, expected in typed]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("^SIP/([^-]+)-", "SIP/north-00000a1f", "north"),
        ("[0-9]{3}", "Ext.101", "101"),
        ("^(?:Call )?(.+)$", "Call 25", "25"),
        ("^nothing$", "as it is", "as it is"),
    ],
)
def test_the_part_that_counts(pattern: str, text: str, expected: str):
    assert part_that_counts(pattern, pa.array([text]))[0].as_py() == expected


def test_the_day_after_tomorrow_has_not_come_yet(tmp_path: Path):
    limit = NOW + timedelta(days=1)

    assert instant(str(int(limit.timestamp())), form="epoch seconds") == limit
    assert "ahead" in str(instant(str(int(limit.timestamp()) + 1), form="epoch seconds"))
