"""Random records with their lists and packages, as the plain rating and as the rating in bulk take them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from billing_core.time.due_dates import WITHOUT_HOLIDAYS, Calendar
from billing_core.usage.price_lists.lists import DestinationPrice, PortedNumber, PriceList
from billing_core.usage.rating.bulk_rating import Pools, RatedColumns, rate_pool_columns
from billing_core.usage.rating.compiled_lists import compile_list, compile_ported
from billing_core.usage.rating.free_units import FreeUnits
from billing_core.usage.rating.plain import PoolRated, ReadyList, UsedRecord, rate_pool, ready_list
from billing_core.usage.rating.record_columns import RecordColumns, texts_of
from tests.billing_core.usage.lists import CZECH_HOLIDAYS, OFF_PEAK, PEAK, WEEKEND, price_list, row

EPOCH = date(1970, 1, 1)
BEGINS = datetime(2026, 10, 1, tzinfo=UTC)
STEPS = ((60, 60), (60, 1), (30, 6), (1, 1), (0, 0), (0, 60))
ZONE = ZoneInfo("Europe/Prague")


class Books(NamedTuple):
    """Lists by code, the place of the list of each service, packages, and ported numbers."""

    lists: Sequence[Sequence[PriceList]]
    list_of: Sequence[int]
    packages: Sequence[FreeUnits]
    ported: dict[str, PortedNumber]


def holidays_of(country: str) -> Calendar:
    return CZECH_HOLIDAYS if country == "CZ" else WITHOUT_HOLIDAYS


def random_books(random: Random) -> Books:
    """Calls with three bands and two lists in the month, data, items by digits, and films by their titles."""
    bands = (PEAK, WEEKEND, OFF_PEAK)
    calls = [
        price_list(*_rows(random), from_on=date(2026, 10, 2), bands=bands),
        price_list(*_rows(random), from_on=date(2026, 10, 20), bands=bands, rounding="half-up", decimals=3),
    ]
    flat = price_list(*_rows(random, bands=1), from_on=date(2026, 1, 1), rounding="up", decimals=2)
    by_start = price_list(*_rows(random), from_on=date(2026, 1, 1), bands=bands, band_of="start", unit="second")
    data = price_list(row("", "Data", "0.015", "0.012", first=102_400, next=1024, group="g0"),
                      unit=random.choice(("MB", "GB", "MiB", "GiB")), bands=(PEAK, OFF_PEAK),
                      bytes_counted=random.choice(("in", "out", "both")))  # fmt: skip
    films = price_list(row("FILM", "Films", "3.90", group="g1"), row("FILM-X", "New", "5.90", first=1, next=1),
                       row("FILM-X1", "Gift", "0", is_special=True), unit="item")  # fmt: skip
    members = [random.randrange(5) for _ in range(40)]
    packages = [
        FreeUnits(f"p{number}", random.choice((600, 3_000, 5_000_000)),
                  frozenset(random.sample(("g0", "g1", "g2"), random.randrange(3))),
                  frozenset(random.sample(range(40), random.choice((1, 1, 3)))))
        for number in range(30)
    ]  # fmt: skip
    numbers = [number for number in (random_number(random) for _ in range(30)) if number.isdigit() and len(number) < 16]
    ways = ({"prefix": "42"}, {"destination": "D3"}, {"prefix": "999"})
    ported = {number: PortedNumber(number=number, **random.choice(ways)) for number in (*numbers, "112")}
    return Books([calls, [flat], [by_start], [data], [films]], members, packages, ported)


def _rows(random: Random, bands: int = 3) -> list[DestinationPrice]:
    prefixes = {str(random.randrange(10 ** random.randrange(1, 7))) for _ in range(60)} | {"420", "4206", "42060"}
    rows: list[DestinationPrice] = []
    for number, prefix in enumerate(sorted(prefixes)):
        prices = [f"{random.randrange(10**6)}e-{random.choice((6, 3, 6))}" for _ in range(bands)]
        first, following = random.choice(STEPS)
        of_row = [None if place and random.random() < 0.05 else Decimal(price) for place, price in enumerate(prices)]
        rows.append(DestinationPrice(
            prefix=prefix, destination=f"D{number}", group=random.choice(("g0", "g1", "g2")), prices=tuple(of_row),
            first=first, next=following,
            connection=Decimal(random.choice(("0", "0.05"))), minimum=Decimal(random.choice(("0", "0.1"))),
            maximum=random.choice((None, Decimal(3))),
        ))  # fmt: skip
    return [*rows, row("112", "Emergency", *["0"] * bands, is_special=True)]


def random_number(random: Random) -> str:
    kind = random.random()
    if kind < 0.02:
        return random.choice(("112", "1123", "", "4", "+420601", "alice", "FILM-X1", "FILM-7", "FILM-X9", "9" * 19))
    prefix = random.choice(("420", "4206", "42060", "", "", ""))
    return (
        prefix + str(random.randrange(10 ** random.randrange(3, 10)))
        if kind < 0.5
        else f"42060{random.randrange(10**3)}"
    )


def random_records(random: Random, count: int, books: Books) -> list[UsedRecord]:
    """Records of a month, with equal instants, negative ones, late ones and long ones among them."""
    numbers = [*books.ported, *(random_number(random) for _ in range(200))]
    return [_record(random, books, numbers) for _ in range(count)]


def _record(random: Random, books: Books, numbers: Sequence[str]) -> UsedRecord:
    member = random.randrange(len(books.list_of))
    is_film = books.list_of[member] == 4
    number = random.choice(("FILM-7", "FILM-X9", "FILM-X1", "OTHER")) if is_film else random.choice(numbers)
    at = BEGINS + timedelta(seconds=random.randrange(31 * 86_400), microseconds=random.choice((0, 0, 999_999)))
    if random.random() < 0.2:
        at = datetime(2026, 10, 25, tzinfo=UTC) + timedelta(
            seconds=random.choice((0, 3599, 3600)), minutes=random.randrange(180)
        )
    seconds = random.choice((0, 1, 59, 60, 61, random.randrange(600), random.randrange(20_000)))
    if random.random() < 0.003:
        seconds = random.choice((-1, 10**7, 10**7 + 1, 2**62))
    sizes = [random.choice((0, random.randrange(10**6), random.randrange(10**10))) for _ in range(2)]
    if random.random() < 0.003:
        sizes = [2**62, 2**62]
    quantity = random.choice((1, 2, 5)) * 10**6 + random.choice((0, 0, 500_000))
    return UsedRecord(member, number, at, at.astimezone(ZONE).date(), seconds, quantity, *sizes)


def rated_plainly(books: Books, records: Sequence[UsedRecord]) -> PoolRated:
    ready = [[ready_list(each, holidays_of(each.terms.country)) for each in versions] for versions in books.lists]
    members: list[Sequence[ReadyList]] = [ready[number] for number in books.list_of]
    return rate_pool(records, members, books.packages, books.ported)


def rated_in_bulk(books: Books, records: Sequence[UsedRecord]) -> tuple[RecordColumns, RatedColumns]:
    columns = columns_of(records)
    pools = Pools(np.array(books.list_of, dtype=np.int64), books.packages)
    lists = [compile_list(versions) for versions in books.lists]
    return columns, rate_pool_columns(columns, lists, pools, compile_ported(books.ported.values()), holidays_of)


def columns_of(records: Sequence[UsedRecord]) -> RecordColumns:
    """Records as columns."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    whole = [
        [record.member for record in records],
        [(record.started_at - epoch) // timedelta(microseconds=1) for record in records],
        [(record.used_on - EPOCH).days for record in records],
        *([getattr(record, field) for record in records] for field in ("seconds", "quantity", "bytes_in", "bytes_out")),
    ]
    member, started_at, used_on, *measured = (np.array(column, dtype=np.int64) for column in whole)
    return RecordColumns(member, started_at, used_on, texts_of([record.number for record in records]), *measured)
