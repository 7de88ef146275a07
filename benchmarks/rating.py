"""Call records rated per second of processor time on one core, with free units and sums; and by the plain function.

A month with the end of summer time and a holiday, two lists of nested prefixes, three bands, steps and connection fees,
500 free seconds of one group for each service. The plain function rates the first of the records, and both are equal
there.

    python -m benchmarks.rating 100000     # for fewer records
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np

from benchmarks.measurement import note, report
from billing_core.time.due_dates import WorkingWeek
from billing_core.usage.price_lists.lists import Band, DestinationPrice, PriceList, PriceListTerms
from billing_core.usage.rating.bulk_rating import Pools, RatedColumns, rate_pool_columns
from billing_core.usage.rating.compiled_lists import compile_list, compile_ported
from billing_core.usage.rating.free_units import FreeUnits
from billing_core.usage.rating.plain import PoolRated, UsedRecord, rate_pool, ready_list
from billing_core.usage.rating.rated_sums import sums_of
from billing_core.usage.rating.record_columns import RecordColumns, Texts, texts_of
from billing_core.work.working_hours import WEEKDAYS, WorkingHours

RECORDS, OF_PLAIN, RECORDS_OF_SERVICE, PREFIXES, DESTINATIONS = 1_000_000, 4_000, 20, 50_000, 500
LEAST_PER_SECOND = 1_000_000
ROUNDS = 5
BEGINS, DAYS = datetime(2026, 10, 1, tzinfo=UTC), 31
EPOCH = date(1970, 1, 1)
HOLIDAYS = WorkingWeek(holidays=frozenset({date(2026, 10, 28)}))
PEAK = WorkingHours(**dict.fromkeys(WEEKDAYS[:5], ("08:00-19:00",)))
WEEKEND = WorkingHours(**dict.fromkeys((*WEEKDAYS[5:], "holiday"), ("00:00-24:00",)))
TERMS = PriceListTerms(
    code="calls", name="Calls", currency="CZK", unit="minute", zone="Europe/Prague", country="CZ",
    bands=(Band(code="peak", hours=PEAK), Band(code="weekend", hours=WEEKEND), Band(code="off-peak")),
)  # fmt: skip
STEPS = ((60, 60), (60, 1), (30, 6), (1, 1))


def main(records: int = RECORDS) -> None:
    """Rate the month several times in bulk, a part of it once plainly."""
    random = Random(15)
    lists = [price_list(random, from_on) for from_on in (date(2026, 1, 1), date(2026, 10, 15))]
    services = max(1, records // RECORDS_OF_SERVICE)
    packages = [FreeUnits("free", 500, frozenset({"g0"}), frozenset({number})) for number in range(services)]
    columns = month(records, services)
    compiled, ported = [compile_list(lists)], compile_ported(())
    pools = Pools(np.zeros(services, dtype=np.int64), packages)
    seconds: list[float] = []
    for _ in range(ROUNDS):
        started = time.process_time()
        rated = rate_pool_columns(columns, compiled, pools, ported, lambda _: HOLIDAYS)
        sums = sums_of(columns, rated)
        seconds.append(time.process_time() - started)
    in_bulk = records / sorted(seconds)[ROUNDS // 2]
    note(f"{records} records, {len(rated.uses.record)} with free units, {len(sums.member)} sums")
    plainly = plain_rate(columns, rated, lists, packages)
    report("rated_records", in_bulk, "records/s per core", LEAST_PER_SECOND)
    report("rated_records_against_plain", in_bulk, "records/s per core", plainly)


def plain_rate(
    columns: RecordColumns, rated: RatedColumns, lists: list[PriceList], packages: list[FreeUnits]
) -> float:  # fmt: skip
    """How many records the plain function rates per second; those of the first services, which are equal in bulk."""
    services = max(1, OF_PLAIN // RECORDS_OF_SERVICE)
    places = np.flatnonzero(columns.member < services)
    records = [record_at(columns, place) for place in places.tolist()]
    ready = [ready_list(each, HOLIDAYS) for each in lists]
    started = time.process_time()
    plain = rate_pool(records, [ready] * services, packages[:services], {})
    seconds = time.process_time() - started
    require_equal(plain, rated, places.tolist())
    return len(records) / seconds


def require_equal(plain: PoolRated, rated: RatedColumns, places: list[int]) -> None:
    """What was measured is right."""
    for each, place in zip(plain.records, places, strict=True):
        parts = rated.versions[rated.version[place]].parts
        assert each.amount == Fraction(int(rated.amount[place]), parts)


def price_list(random: Random, from_on: date) -> PriceList:
    """A list of prefixes of two to eight digits, many of them inside another one."""
    prefixes = sorted({str(random.randrange(10 ** random.randrange(1, 8))) for _ in range(PREFIXES)})
    return PriceList(terms=TERMS, valid_from_on=from_on, rows=tuple(map(_row, range(len(prefixes)), prefixes)))


def _row(number: int, prefix: str) -> DestinationPrice:
    destination = number % DESTINATIONS
    first, following = STEPS[destination % len(STEPS)]
    price = Decimal(100 + destination).scaleb(-3)
    return DestinationPrice(
        prefix=prefix, destination=f"D{destination}", group=f"g{destination % 3}", first=first, next=following,
        prices=(price, price / 4, price / 2), connection=Decimal("0.05") if destination % 5 == 0 else Decimal(0),
    )  # fmt: skip


def month(records: int, services: int) -> RecordColumns:
    """Calls of a month, two minutes long on average."""
    random = np.random.default_rng(15)
    started_at = int(BEGINS.timestamp()) + random.integers(0, DAYS * 86_400, records)
    nothing = np.zeros(records, dtype=np.int64)
    return RecordColumns(
        member=random.integers(0, services, records),
        started_at=started_at * 10**6,
        used_on=(started_at + 7_200) // 86_400,
        number=_numbers(random, records),
        seconds=random.exponential(120, records).astype(np.int64),
        quantity=nothing,
        bytes_in=nothing,
        bytes_out=nothing,
    )


def _numbers(random: np.random.Generator, records: int) -> Texts:
    return texts_of([str(number) for number in random.integers(10**8, 10**12, records).tolist()])


def record_at(columns: RecordColumns, place: int) -> UsedRecord:
    """A record of the columns."""
    return UsedRecord(
        int(columns.member[place]),
        columns.number.text(place),
        datetime.fromtimestamp(int(columns.started_at[place]) // 10**6, UTC),
        EPOCH + timedelta(days=int(columns.used_on[place])),
        seconds=int(columns.seconds[place]),
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
