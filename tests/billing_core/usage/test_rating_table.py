"""Cases of rating that were worked out by hand, each with its calculation; plain and in bulk they come out the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from billing_core.usage.price_lists.checks import require_price_list
from billing_core.usage.price_lists.lists import Band, PortedNumber, PriceList
from billing_core.usage.rating.bulk_rating import REASON_CODES
from billing_core.usage.rating.free_units import FreeUnits
from billing_core.usage.rating.plain import UsedRecord
from billing_core.work.working_hours import WEEKDAYS, WorkingHours
from tests.billing_core.usage.lists import OFF_PEAK, PEAK, WEEKEND, price_list, row
from tests.billing_core.usage.random_records import Books, rated_in_bulk, rated_plainly

PRAGUE = ZoneInfo("Europe/Prague")
ANY_PORTED: dict[str, PortedNumber] = {}


class Case(NamedTuple):
    """Records with what each costs, or the reason why it is not rated."""

    words: str
    lists: Sequence[PriceList]
    records: Sequence[UsedRecord]
    expected: Sequence[str]
    packages: Sequence[FreeUnits] = ()
    ported: Mapping[str, PortedNumber] = ANY_PORTED


def call(number: str, at: str, seconds: int, *, fold: int = 0, member: int = 0, day: str = "") -> UsedRecord:
    """A call that began when the clock in Prague showed this time."""
    shown = datetime.fromisoformat(at).replace(tzinfo=PRAGUE, fold=fold)
    used_on = date.fromisoformat(day) if day else shown.date()
    return UsedRecord(member, number, shown.astimezone(UTC), used_on, seconds=seconds)


def data(at: str, bytes_in: int, bytes_out: int = 0) -> UsedRecord:
    return call("", at, 3_600)._replace(bytes_in=bytes_in, bytes_out=bytes_out)


def items(title: str, at: str, count: str) -> UsedRecord:
    return call(title, at, 0)._replace(quantity=int(Fraction(count) * 10**6))


def free(units: int, *groups: str, name: str = "free", members: tuple[int, ...] = (0,)) -> FreeUnits:
    return FreeUnits(name, units, frozenset(groups), frozenset(members))


MONDAY = "2026-09-07"
# A second costs 0.005 peak (Monday to Friday 08:00-19:00), 0.001 at the weekend and on holidays, 0.002 else.
THREE_BANDS = (PEAK, WEEKEND, OFF_PEAK)
BANDED = [price_list(row("420", "Czechia", "0.30", "0.06", "0.12"), bands=THREE_BANDS)]
BANDED_BY_START = [price_list(row("420", "Czechia", "0.30", "0.06", "0.12"), bands=THREE_BANDS, band_of="start")]
BANDED_BY_MINUTE = [price_list(row("420", "Czechia", "0.30", "0.06", "0.12", first=60, next=60), bands=THREE_BANDS)]
WITHOUT_WEEKEND = [price_list(row("420", "Czechia", "0.30", None, "0.12"), bands=THREE_BANDS)]
BANDED_MINIMUM = [price_list(row("420", "Czechia", "0.30", "0.06", "0.12", minimum="1"), bands=THREE_BANDS)]

# A second costs 0.001 when the clock shows 00:00-02:30, else 0.002.
NIGHT = Band(code="night", hours=WorkingHours(**dict.fromkeys((*WEEKDAYS, "holiday"), ("00:00-02:30",))))
NIGHTS = [price_list(row("420", "Czechia", "0.06", "0.12"), bands=(NIGHT, Band(code="day")))]

# A second costs 0.01; the steps by the first digit.
STEPS = [
    price_list(
        row("1", "60/60", "0.60", first=60, next=60),
        row("2", "60/1", "0.60", first=60, next=1),
        row("3", "30/6", "0.60", first=30, next=6),
        row("4", "1/1", "0.60", first=1, next=1),
        row("5", "none", "0.60"),
        row("6", "0/60", "0.60", next=60),
        row("7", "30/0", "0.60", first=30),
    )
]
# A second costs 0.01; fees and limits by the first digit.
FEES = [
    price_list(
        row("1", "connection", "0.60", connection="0.05"),
        row("2", "minimum", "0.60", minimum="0.10"),
        row("3", "maximum", "0.60", maximum="0.50"),
        row("4", "connection and minimum", "0.60", connection="0.05", minimum="0.10"),
        row("5", "connection and maximum", "0.60", connection="0.05", maximum="0.50"),
        row("6", "connection only", "0", connection="0.05"),
        row("7", "free of charge", "0"),
        row("8", "by the minute", "0.60", first=60, next=60),
    )
]


def by_quarter(price: str = "0.25", **rounding: Any) -> list[PriceList]:
    return [price_list(row("1", "A", price), **rounding)]


DEAR = [price_list(row("1", "A", "999999.999999"), unit="second")]
ROUNDED_MAXIMUM = [price_list(row("1", "A", "9", maximum="0.333"), rounding="up", decimals=2)]

NESTED = [
    price_list(
        row("420", "Czechia", "0.10"),
        row("4206", "Czechia other", "0.12"),
        row("42060", "Czechia mobile", "0.20"),
        row("42060123", "Czechia premium", "0.40"),
        row("118", "Directory", "0.50"),
        row("1188", "Directory short", "0.99", is_special=True),
        row("112", "Emergency", "0", is_special=True),
        row("4", "Own exchange", "0.70", is_special=True),
        row("420112", "Crisis line", "0", is_special=True),
    )
]
WORLD = [price_list(row("420", "Czechia", "0.10"), row("", "World", "1.00"))]
PORTED = {
    "420609111222": PortedNumber(number="420609111222", prefix="420222"),
    "420609111333": PortedNumber(number="420609111333", destination="Czechia other"),
    "420609111444": PortedNumber(number="420609111444", prefix="999"),
    "420609111555": PortedNumber(number="420609111555", destination="Atlantis"),
    "112": PortedNumber(number="112", destination="Czechia"),
}
TWO_LISTS = [
    price_list(row("420", "Czechia", "0.10"), from_on=date(2026, 9, 1)),
    price_list(row("420", "Czechia", "0.20"), from_on=date(2026, 9, 7)),
]


def by_volume(unit: str, price: str, **changed: Any) -> list[PriceList]:
    return [price_list(row("", "Data", price), unit=unit, **changed)]


STEPPED_DATA = [price_list(row("", "Data", "0.02", first=100_000, next=100_000), unit="MB")]
BANDED_DATA = [price_list(row("", "Data", "0.02", "0.01"), unit="MB", bands=(PEAK, OFF_PEAK))]
MESSAGES = [price_list(row("420", "SMS", "0.10"), row("421", "SMS abroad", "0.10", first=1, next=1), unit="item")]
FILMS = [price_list(row("FILM", "Films", "3.90"), row("FILM-X", "New films", "5.90"),
                    row("FILM-X1", "Gift", "0", is_special=True), unit="item")]  # fmt: skip
FREE_WEEKENDS = [price_list(row("1", "A", "0.60", "0", "0.60"), bands=THREE_BANDS)]
GROUPED = [
    price_list(
        row("420", "Czechia", "0.60", group="national"),
        row("49", "Germany", "0.60", group="abroad"),
        row("48", "Poland", "0.60", group="abroad"),
    )
]

CASES = [
    # --- borders of bands
    Case("60 s peak x 0.005 = 0.30", BANDED, [call("420", f"{MONDAY} 10:00", 60)], ["0.30"]),
    Case("90 s peak x 0.005 = 0.45, 90 s off-peak x 0.002 = 0.18", BANDED,
         [call("420", f"{MONDAY} 18:58:30", 180)], ["0.63"]),
    Case("ends at the border: 90 s peak x 0.005 = 0.45", BANDED, [call("420", f"{MONDAY} 18:58:30", 90)], ["0.45"]),
    Case("begins at the border: 60 s off-peak x 0.002 = 0.12", BANDED, [call("420", f"{MONDAY} 19:00", 60)], ["0.12"]),
    Case("the second before and the one after: 0.005 + 0.002", BANDED, [call("420", f"{MONDAY} 18:59:59", 2)],
         ["0.007"]),
    Case("in the morning: 60 s x 0.002 = 0.12, 60 s x 0.005 = 0.30", BANDED, [call("420", f"{MONDAY} 07:59", 120)],
         ["0.42"]),
    Case("Friday to Saturday: 30 s x 0.002 = 0.06, 30 s x 0.001 = 0.03", BANDED,
         [call("420", "2026-09-04 23:59:30", 60)], ["0.09"]),
    Case("Sunday to Monday: 30 s x 0.001 = 0.03, 30 s x 0.002 = 0.06", BANDED,
         [call("420", "2026-09-06 23:59:30", 60)], ["0.09"]),
    Case("a Monday that is a holiday: 60 s x 0.001", BANDED, [call("420", "2026-09-28 10:00", 60)], ["0.06"]),
    Case("Sunday to a holiday, one band: 60 s x 0.001", BANDED, [call("420", "2026-09-27 23:59:30", 60)], ["0.06"]),
    Case("out of a holiday: 30 s x 0.001 = 0.03, 30 s x 0.002 = 0.06", BANDED,
         [call("420", "2026-09-28 23:59:30", 60)], ["0.09"]),
    Case("a Wednesday that is a holiday: 60 s x 0.001", BANDED, [call("420", "2026-10-28 10:00", 60)], ["0.06"]),
    Case("Good Friday: 60 s x 0.001", BANDED, [call("420", "2026-04-03 10:00", 60)], ["0.06"]),
    Case("three bands: 60 s x 0.005 = 0.30, 18,000 s x 0.002 = 36, 60 s x 0.001 = 0.06", BANDED,
         [call("420", "2026-09-04 18:59", 18_120)], ["36.36"]),
    Case("24 hours: 39,600 s peak x 0.005 = 198, 46,800 s off-peak x 0.002 = 93.60", BANDED,
         [call("420", f"{MONDAY} 08:00", 86_400)], ["291.60"]),
    Case("band of the start: 180 s x 0.005", BANDED_BY_START, [call("420", f"{MONDAY} 18:58:30", 180)], ["0.90"]),
    Case("band of the start: 3,600 s x 0.002", BANDED_BY_START, [call("420", f"{MONDAY} 07:59:59", 3_600)], ["7.20"]),
    Case("10 s count as 60: 30 s peak x 0.005 = 0.15, 30 s off-peak x 0.002 = 0.06", BANDED_BY_MINUTE,
         [call("420", f"{MONDAY} 18:59:30", 10)], ["0.21"]),
    Case("at least 1: 1 s x 0.005 + 1 s x 0.002 = 0.007", BANDED_MINIMUM, [call("420", f"{MONDAY} 18:59:59", 2)],
         ["1"]),
    # --- nights on which the clock changes
    Case("25 October 01:00, 4 h: night until 02:30, day 30 min, the clock goes back to 02:00, night 30 min, day 1 h "
         "30: 7,200 s x 0.001 + 7,200 s x 0.002", NIGHTS, [call("420", "2026-10-25 01:00", 14_400)], ["21.60"]),
    Case("29 March 01:00, 3 h: night until the clock jumps from 02:00 to 03:00: 3,600 s x 0.001 + 7,200 s x 0.002",
         NIGHTS, [call("420", "2026-03-29 01:00", 10_800)], ["18"]),
    Case("a day of 25 hours: 9,000 s + 1,800 s night x 0.001 = 10.80, 79,200 s x 0.002 = 158.40", NIGHTS,
         [call("420", "2026-10-25 00:00", 90_000)], ["169.20"]),
    Case("a day of 23 hours: 7,200 s night x 0.001 = 7.20, 75,600 s x 0.002 = 151.20", NIGHTS,
         [call("420", "2026-03-29 00:00", 82_800)], ["158.40"]),
    Case("02:15 for the first time: 60 s night x 0.001", NIGHTS, [call("420", "2026-10-25 02:15", 60)], ["0.06"]),
    Case("02:15 for the second time: 60 s night x 0.001", NIGHTS, [call("420", "2026-10-25 02:15", 60, fold=1)],
         ["0.06"]),
    Case("02:45 for the first time: 60 s day x 0.002", NIGHTS, [call("420", "2026-10-25 02:45", 60)], ["0.12"]),
    Case("02:59:30 for the first time: 30 s day x 0.002, the clock shows 02:00, 30 s night x 0.001", NIGHTS,
         [call("420", "2026-10-25 02:59:30", 60)], ["0.09"]),
    Case("02:29:30 for the second time: 30 s night x 0.001, 30 s day x 0.002", NIGHTS,
         [call("420", "2026-10-25 02:29:30", 60, fold=1)], ["0.09"]),
    Case("01:59:30 in March: 30 s night x 0.001, the clock shows 03:00, 30 s day x 0.002", NIGHTS,
         [call("420", "2026-03-29 01:59:30", 60)], ["0.09"]),
    # --- steps, a second costs 0.01
    Case("60/60: 1 s is 60 s", STEPS, [call("1", f"{MONDAY} 10:00", 1)], ["0.60"]),
    Case("60/60: 60 s is 60 s", STEPS, [call("1", f"{MONDAY} 10:00", 60)], ["0.60"]),
    Case("60/60: 61 s is 120 s", STEPS, [call("1", f"{MONDAY} 10:00", 61)], ["1.20"]),
    Case("60/1: 1 s is 60 s", STEPS, [call("2", f"{MONDAY} 10:00", 1)], ["0.60"]),
    Case("60/1: 61 s is 61 s", STEPS, [call("2", f"{MONDAY} 10:00", 61)], ["0.61"]),
    Case("30/6: 1 s is 30 s", STEPS, [call("3", f"{MONDAY} 10:00", 1)], ["0.30"]),
    Case("30/6: 31 s is 36 s", STEPS, [call("3", f"{MONDAY} 10:00", 31)], ["0.36"]),
    Case("30/6: 36 s is 36 s", STEPS, [call("3", f"{MONDAY} 10:00", 36)], ["0.36"]),
    Case("30/6: 37 s is 42 s", STEPS, [call("3", f"{MONDAY} 10:00", 37)], ["0.42"]),
    Case("1/1: 61 s is 61 s", STEPS, [call("4", f"{MONDAY} 10:00", 61)], ["0.61"]),
    Case("no steps: 61 s is 61 s", STEPS, [call("5", f"{MONDAY} 10:00", 61)], ["0.61"]),
    Case("0/60: 61 s is 120 s", STEPS, [call("6", f"{MONDAY} 10:00", 61)], ["1.20"]),
    Case("30/0: 10 s is 30 s, 31 s is 31 s", STEPS,
         [call("7", f"{MONDAY} 10:00", 10), call("7", f"{MONDAY} 11:00", 31)], ["0.30", "0.31"]),
    Case("60/60: a call that nobody answered is nothing", STEPS, [call("1", f"{MONDAY} 10:00", 0)], ["0"]),
    # --- connection fee, minimum, maximum
    Case("60 s x 0.01 + 0.05", FEES, [call("1", f"{MONDAY} 10:00", 60)], ["0.65"]),
    Case("nobody answered: no connection fee", FEES, [call("1", f"{MONDAY} 10:00", 0)], ["0"]),
    Case("5 s x 0.01 = 0.05, at least 0.10", FEES, [call("2", f"{MONDAY} 10:00", 5)], ["0.10"]),
    Case("20 s x 0.01 = 0.20, more than 0.10", FEES, [call("2", f"{MONDAY} 10:00", 20)], ["0.20"]),
    Case("nobody answered: no minimum", FEES, [call("2", f"{MONDAY} 10:00", 0)], ["0"]),
    Case("120 s x 0.01 = 1.20, at most 0.50", FEES, [call("3", f"{MONDAY} 10:00", 120)], ["0.50"]),
    Case("4 s x 0.01 + 0.05 = 0.09, at least 0.10", FEES, [call("4", f"{MONDAY} 10:00", 4)], ["0.10"]),
    Case("60 s x 0.01 + 0.05 = 0.65, at most 0.50", FEES, [call("5", f"{MONDAY} 10:00", 60)], ["0.50"]),
    Case("60 s x 0 + 0.05", FEES, [call("6", f"{MONDAY} 10:00", 60)], ["0.05"]),
    # --- rounding of each record, a second costs 0.25 / 60 = 0.0041666...
    Case("exact: 1 s is 1/240", by_quarter(), [call("1", f"{MONDAY} 10:00", 1)], ["1/240"]),
    Case("up to 2 decimals: 0.00416... is 0.01", by_quarter(rounding="up", decimals=2),
         [call("1", f"{MONDAY} 10:00", 1)], ["0.01"]),
    Case("up to 2 decimals: 0.25 stays", by_quarter(rounding="up", decimals=2), [call("1", f"{MONDAY} 10:00", 60)],
         ["0.25"]),
    Case("up to 0 decimals: 0.25 is 1", by_quarter(rounding="up", decimals=0), [call("1", f"{MONDAY} 10:00", 60)],
         ["1"]),
    Case("half-up to 2 decimals: 0.00416... is 0", by_quarter(rounding="half-up", decimals=2),
         [call("1", f"{MONDAY} 10:00", 1)], ["0"]),
    Case("half-up to 2 decimals: 2 s are 0.00833..., 0.01", by_quarter(rounding="half-up", decimals=2),
         [call("1", f"{MONDAY} 10:00", 2)], ["0.01"]),
    Case("half-up to 2 decimals: 0.005 is 0.01", by_quarter("0.30", rounding="half-up", decimals=2),
         [call("1", f"{MONDAY} 10:00", 1)], ["0.01"]),
    Case("half-up to 6 decimals: 0.00416666... is 0.004167", by_quarter(rounding="half-up"),
         [call("1", f"{MONDAY} 10:00", 1)], ["0.004167"]),
    Case("9.00, at most 0.333, then up to 2 decimals", ROUNDED_MAXIMUM, [call("1", f"{MONDAY} 10:00", 60)], ["0.34"]),
    # --- prefixes inside another, ported and special numbers; 60 s each
    Case("42060123 is the longest: 0.40", NESTED, [call("420601234567", f"{MONDAY} 10:00", 60)], ["0.40"]),
    Case("42060, not 42060123: 0.20", NESTED, [call("420601300000", f"{MONDAY} 10:00", 60)], ["0.20"]),
    Case("4206, not 42060: 0.12", NESTED, [call("420611222333", f"{MONDAY} 10:00", 60)], ["0.12"]),
    Case("420: 0.10", NESTED, [call("420222333444", f"{MONDAY} 10:00", 60)], ["0.10"]),
    Case("42060 as a whole number: 0.20", NESTED, [call("42060", f"{MONDAY} 10:00", 60)], ["0.20"]),
    Case("4206 is shorter than 42060: 0.12", NESTED, [call("4206", f"{MONDAY} 10:00", 60)], ["0.12"]),
    Case("4206012 is shorter than 42060123: 0.20", NESTED, [call("4206012", f"{MONDAY} 10:00", 60)], ["0.20"]),
    Case("42 is shorter than each prefix", NESTED, [call("42", f"{MONDAY} 10:00", 60)], ["no-price"]),
    Case("421 is in no prefix", NESTED, [call("421222333444", f"{MONDAY} 10:00", 60)], ["no-price"]),
    Case("421 in a list of the whole world: 1.00", WORLD, [call("421222333444", f"{MONDAY} 10:00", 60)], ["1"]),
    Case("ported to 420222: Czechia, 0.10", NESTED, [call("420609111222", f"{MONDAY} 10:00", 60)], ["0.10"], (),
         PORTED),
    Case("ported to Czechia other: 0.12", NESTED, [call("420609111333", f"{MONDAY} 10:00", 60)], ["0.12"], (),
         PORTED),
    Case("ported to a prefix without a row", NESTED, [call("420609111444", f"{MONDAY} 10:00", 60)], ["no-price"], (),
         PORTED),
    Case("ported to a destination without a row", NESTED, [call("420609111555", f"{MONDAY} 10:00", 60)], ["no-price"],
         (), PORTED),
    Case("a number longer than a ported one is not ported: 0.20", NESTED,
         [call("4206091112223", f"{MONDAY} 10:00", 60)], ["0.20"], (), PORTED),
    Case("112 is free, although it is ported", NESTED, [call("112", f"{MONDAY} 10:00", 60)], ["0"], (), PORTED),
    Case("1123 is not 112", NESTED, [call("1123", f"{MONDAY} 10:00", 60)], ["no-price"]),
    Case("1188 is special: 0.99", NESTED, [call("1188", f"{MONDAY} 10:00", 60)], ["0.99"]),
    Case("11881 has the prefix 118: 0.50", NESTED, [call("11881", f"{MONDAY} 10:00", 60)], ["0.50"]),
    Case("4 is special, and shorter than the prefixes that begin with it: 0.70", NESTED,
         [call("4", f"{MONDAY} 10:00", 60)], ["0.70"]),
    Case("420112 is special inside of 420: 0", NESTED, [call("420112", f"{MONDAY} 10:00", 60)], ["0"]),
    # --- the list of the day
    Case("the last day of the first list: 0.10", TWO_LISTS, [call("420", "2026-09-06 23:59:30", 60)], ["0.10"]),
    Case("the first day of the second list: 0.20", TWO_LISTS, [call("420", f"{MONDAY} 00:00", 60)], ["0.20"]),
    Case("before the first list", TWO_LISTS, [call("420", "2026-08-31 23:59:59", 60)], ["before-list"]),
    Case("the record's day counts, whatever its clock shows: 0.10", TWO_LISTS,
         [call("420", f"{MONDAY} 00:00", 60, day="2026-09-06")], ["0.10"]),
    # --- what cannot be rated
    Case("no price at the weekend", WITHOUT_WEEKEND, [call("420", "2026-09-05 10:00", 60)], ["no-band-price"]),
    Case("no price for 1 s of the weekend", WITHOUT_WEEKEND, [call("420", "2026-09-04 23:59:30", 31)],
         ["no-band-price"]),
    Case("ends as the weekend begins: 30 s x 0.002", WITHOUT_WEEKEND, [call("420", "2026-09-04 23:59:30", 30)],
         ["0.06"]),
    Case("nothing used at the weekend costs nothing", WITHOUT_WEEKEND, [call("420", "2026-09-05 10:00", 0)], ["0"]),
    Case("less than nothing", BANDED, [call("420", f"{MONDAY} 10:00", -1)], ["negative"]),
    Case("115 days and 17:46:40 are the most: 10^7 s x 0.01; one second more is too much", STEPS,
         [call("4", "2026-03-01 10:00", 10**7), call("4", "2026-03-01 10:00", 10**7 + 1)], ["100000", "too-large"]),
    Case("10^7 s at 999,999.999999 a second, more than 64 bits hold in parts", DEAR,
         [call("1", f"{MONDAY} 10:00", 10**7)], ["9999999999990"]),
    # --- bytes
    Case("1.5 MB x 0.02", by_volume("MB", "0.02"), [data(f"{MONDAY} 10:00", 1_500_000)], ["0.03"]),
    Case("1 MB to and 0.5 MB from the subscriber x 0.02", by_volume("MB", "0.02"),
         [data(f"{MONDAY} 10:00", 1_000_000, 500_000)], ["0.03"]),
    Case("only 1 MB to the subscriber x 0.02", by_volume("MB", "0.02", bytes_counted="in"),
         [data(f"{MONDAY} 10:00", 1_000_000, 500_000)], ["0.02"]),
    Case("only 0.5 MB from the subscriber x 0.02", by_volume("MB", "0.02", bytes_counted="out"),
         [data(f"{MONDAY} 10:00", 1_000_000, 500_000)], ["0.01"]),
    Case("1,572,864 bytes are 1.5 MiB x 0.02", by_volume("MiB", "0.02"), [data(f"{MONDAY} 10:00", 1_572_864)],
         ["0.03"]),
    Case("250 MB are 0.25 GB x 2.00", by_volume("GB", "2"), [data(f"{MONDAY} 10:00", 250_000_000)], ["0.50"]),
    Case("536,870,912 bytes are 0.5 GiB x 1.00", by_volume("GiB", "1"), [data(f"{MONDAY} 10:00", 536_870_912)],
         ["0.50"]),
    Case("10^9 bytes are 10^9 / 2^30 GiB x 1.00", by_volume("GiB", "1"), [data(f"{MONDAY} 10:00", 10**9)],
         ["1000000000/1073741824"]),
    Case("each begun 100 kB: 100,001 bytes are 0.2 MB x 0.02", STEPPED_DATA, [data(f"{MONDAY} 10:00", 100_001)],
         ["0.004"]),
    Case("a terabyte at 5.123456 a GiB, exactly", by_volume("GiB", "5.123456"), [data(f"{MONDAY} 10:00", 10**12)],
         ["5123456000000/1073741824"]),
    Case("bytes are in the band in which they began: 1 MB x 0.02", BANDED_DATA, [data(f"{MONDAY} 18:59", 1_000_000)],
         ["0.02"]),
    # --- items
    Case("3 messages x 0.10", MESSAGES, [items("420601", f"{MONDAY} 10:00", "3")], ["0.30"]),
    Case("1.5 items x 0.10", MESSAGES, [items("420601", f"{MONDAY} 10:00", "1.5")], ["0.15"]),
    Case("each begun item: 1.5 are 2 x 0.10", MESSAGES, [items("421601", f"{MONDAY} 10:00", "1.5")], ["0.20"]),
    Case("a film by the beginning of its title: FILM-7 3.90, FILM-X9 5.90, FILM-X1 is a gift, FIL has no price", FILMS,
         [items(title, f"{MONDAY} 10:00", "1") for title in ("FILM-7", "FILM-X9", "FILM-X1", "FIL")],
         ["3.90", "5.90", "0", "no-price"]),
    # --- free units
    Case("free units end in mid-call: 150 s - 100 s = 50 s x 0.01", STEPS, [call("4", f"{MONDAY} 10:00", 150)],
         ["0.50"], [free(100)]),
    Case("all of it is free: no connection fee", FEES, [call("1", f"{MONDAY} 10:00", 60)], ["0"], [free(60)]),
    Case("1 s is left: 0.01, and the connection fee 0.05", FEES, [call("1", f"{MONDAY} 10:00", 61)], ["0.06"],
         [free(60)]),
    Case("1 s is left: 0.01, at least 0.10", FEES, [call("2", f"{MONDAY} 10:00", 61)], ["0.10"], [free(60)]),
    Case("what costs nothing takes no free units: then 60 s are free", FEES,
         [call("7", f"{MONDAY} 10:00", 60), call("3", f"{MONDAY} 11:00", 60)], ["0", "0"], [free(60)]),
    Case("what costs nothing at the weekend takes no free units there: then 60 s are free, and 10 s x 0.01 are paid",
         FREE_WEEKENDS, [call("1", "2026-09-05 10:00", 60), call("1", f"{MONDAY} 10:00", 70)], ["0", "0.10"],
         [free(60)]),
    Case("a price of 0 with a connection fee costs something, so it takes free units: then 60 s - 40 s = 20 s x 0.01",
         FEES,
         [call("6", f"{MONDAY} 10:00", 60), call("3", f"{MONDAY} 11:00", 60)], ["0", "0.20"], [free(100)]),
    Case("10 s count as 60, of which 30 are free: 30 s x 0.01", FEES, [call("8", f"{MONDAY} 10:00", 10)], ["0.30"],
         [free(30)]),
    Case("the first 90 s are free, so 30 s off-peak are paid x 0.002", BANDED, [call("420", f"{MONDAY} 18:59", 120)],
         ["0.06"], [free(90)]),
    Case("the first 30 s are free: 30 s peak x 0.005 = 0.15, 60 s off-peak x 0.002 = 0.12", BANDED,
         [call("420", f"{MONDAY} 18:59", 120)], ["0.27"], [free(30)]),
    Case("national 500 s, then 300 s for all: 500 national; 200 of all; 100 of all, 100 s x 0.01 are paid", GROUPED,
         [call("420", f"{MONDAY} 10:00", 500), call("49", f"{MONDAY} 11:00", 200), call("420", f"{MONDAY} 12:00", 200)],
         ["0", "0", "1"], [free(500, "national", name="national"), free(300, name="all")]),
    Case("the same in the other order: 300 of all and 200 national; 200 s x 0.01; 200 national", GROUPED,
         [call("420", f"{MONDAY} 10:00", 500), call("49", f"{MONDAY} 11:00", 200), call("420", f"{MONDAY} 12:00", 200)],
         ["0", "2", "0"], [free(300, name="all"), free(500, "national", name="national")]),
    Case("one call uses up two packages: 150 s - 60 s - 60 s = 30 s x 0.01", STEPS, [call("4", f"{MONDAY} 10:00", 150)],
         ["0.30"], [free(60, name="first"), free(60, name="second")]),
    Case("a package covers its groups only: 60 s x 0.01", GROUPED,
         [call("49", f"{MONDAY} 10:00", 60), call("420", f"{MONDAY} 11:00", 60)], ["0.60", "0"],
         [free(60, "national")]),
    Case("a package for two groups: 60 s and 40 s are free, 20 s x 0.01", GROUPED,
         [call("49", f"{MONDAY} 10:00", 60), call("420", f"{MONDAY} 11:00", 60)], ["0", "0.20"],
         [free(100, "national", "abroad")]),
    Case("in the order of time, not as they came: the call at 09:00 is free", STEPS,
         [call("4", f"{MONDAY} 10:00", 60), call("4", f"{MONDAY} 09:00", 60)], ["0.60", "0"], [free(60)]),
    Case("at one instant by destination: Germany is free, Poland is paid", GROUPED,
         [call("48", f"{MONDAY} 10:00", 60), call("49", f"{MONDAY} 10:00", 60)], ["0.60", "0"], [free(60, "abroad")]),
    Case("shared by two services: 60 s, then 40 s are free, 20 s x 0.01", STEPS,
         [call("4", f"{MONDAY} 10:00", 60), call("4", f"{MONDAY} 11:00", 60, member=1)], ["0", "0.20"],
         [free(100, members=(0, 1))]),
    Case("not shared: the other service pays 60 s x 0.01", STEPS,
         [call("4", f"{MONDAY} 10:00", 60), call("4", f"{MONDAY} 11:00", 60, member=1)], ["0", "0.60"], [free(100)]),
    Case("its own first, then the shared: 30 + 30; the other one has 70 shared, 90 s - 70 s = 20 s x 0.01", STEPS,
         [call("4", f"{MONDAY} 10:00", 60), call("4", f"{MONDAY} 11:00", 90, member=1)], ["0", "0.20"],
         [free(30, name="own"), free(100, name="shared", members=(0, 1))]),
    Case("what is not rated takes no free units: then 60 s are free", STEPS,
         [call("9", f"{MONDAY} 09:00", 60), call("4", f"{MONDAY} 10:00", 60)], ["no-price", "0"], [free(60)]),
    Case("free units over two lists: 40 s are left of 100 s for the second one, 20 s x 0.20 / 60", TWO_LISTS,
         [call("420", "2026-09-06 10:00", 60), call("420", f"{MONDAY} 10:00", 60)], ["0", "1/15"], [free(100)]),
    Case("1 MB is free: 0.5 MB x 0.02", by_volume("MB", "0.02"), [data(f"{MONDAY} 10:00", 1_500_000)], ["0.01"],
         [free(1_000_000)]),
    Case("2 messages are free: 1 x 0.10", MESSAGES, [items("420", f"{MONDAY} 10:00", "3")], ["0.10"],
         [free(2_000_000)]),
    Case("free units for nobody's use: 60 s x 0.01", STEPS, [call("4", f"{MONDAY} 10:00", 60)], ["0.60"], [free(0)]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.words for case in CASES])
def test_a_case_worked_out_by_hand(case: Case) -> None:
    for each in case.lists:
        require_price_list(each)
    books = Books([case.lists], [0, 0], case.packages, dict(case.ported))
    plain = rated_plainly(books, case.records)
    assert [each.reason or each.amount for each in plain.records] == [
        Fraction(each) if each[0].isdigit() else each for each in case.expected
    ]
    _, bulk = rated_in_bulk(books, case.records)
    assert [
        REASON_CODES[reason] or Fraction(int(amount), bulk.versions[version].parts)
        for reason, amount, version in zip(bulk.reason, bulk.amount, bulk.version, strict=True)
    ] == [each.reason or each.amount for each in plain.records]


def test_there_are_enough_cases_and_no_two_alike() -> None:
    assert len({case.words for case in CASES}) == len(CASES) >= 60
