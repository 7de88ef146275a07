"""The rating in bulk is equal to the plain one, record for record and sum for sum."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from billing_core.usage.rating.bulk_rating import REASON_CODES, RatedColumns
from billing_core.usage.rating.plain import PoolRated, UsedRecord
from billing_core.usage.rating.rated_sums import grouped, sums_of
from billing_core.usage.rating.record_columns import RecordColumns
from tests.billing_core.usage.lists import price_list, row
from tests.billing_core.usage.random_records import (
    EPOCH,
    Books,
    random_books,
    random_records,
    rated_in_bulk,
    rated_plainly,
)


def require_equal(books: Books, records: list[UsedRecord]) -> PoolRated:
    plain = rated_plainly(books, records)
    columns, bulk = rated_in_bulk(books, records)
    uses: dict[int, list[tuple[str, int]]] = {}
    for record, package, units in zip(*(column.tolist() for column in bulk.uses[:3]), strict=True):
        uses.setdefault(record, []).append((books.packages[package].package, units))
    for place, each in enumerate(plain.records):
        assert REASON_CODES[bulk.reason[place]] == each.reason, records[place]
        if each.reason:
            assert (bulk.units[place], bulk.free[place], bulk.amount[place]) == (0, 0, 0)
            continue
        version = bulk.versions[bulk.version[place]]
        assert each.price_list is not None and each.row is not None
        assert (version.terms, version.destinations[bulk.destination[place]]) == (
            each.price_list.terms,
            each.row.destination,
        )
        assert version.terms.bands[bulk.band[place]].code == each.parts[0].band
        assert bulk.units[place] == each.units
        assert uses.get(place, []) == list(each.free)
        assert Fraction(int(bulk.amount[place]), version.parts) == each.amount, records[place]
    assert bulk.uses.used.tolist() == plain.used
    assert bulk_sums(columns, bulk) == plain_sums(records, plain)
    return plain


def plain_sums(records: list[UsedRecord], plain: PoolRated) -> dict[tuple[object, ...], tuple[object, ...]]:
    sums: dict[tuple[object, ...], list[Fraction]] = {}
    for record, each in zip(records, plain.records, strict=True):
        for number, part in enumerate(each.parts):
            assert each.price_list is not None and each.row is not None
            key = (record.member, record.used_on, each.price_list.terms.code, each.price_list.valid_from_on,
                   each.row.destination, part.band)  # fmt: skip
            of_key = sums.get(key, [Fraction(0)] * 4)
            counted = (Fraction(number == 0), Fraction(part.units), Fraction(part.free), part.amount)
            sums[key] = [before + more for before, more in zip(of_key, counted, strict=True)]
    return {key: tuple(values) for key, values in sums.items()}


def bulk_sums(columns: RecordColumns, bulk: RatedColumns) -> dict[tuple[object, ...], tuple[object, ...]]:
    sums: dict[tuple[object, ...], tuple[object, ...]] = {}
    for line in zip(*(column.tolist() for column in sums_of(columns, bulk)), strict=True):
        member, used_on, number, destination, band, records, units, free, amount = line
        version = bulk.versions[number]
        key = (member, EPOCH + timedelta(days=used_on), version.terms.code, EPOCH + timedelta(days=version.valid_from),
               version.destinations[destination], version.terms.bands[band].code)  # fmt: skip
        assert key not in sums
        sums[key] = (records, units, free, Fraction(amount, version.parts))
    return sums


@pytest.mark.parametrize("seed", range(5))
def test_rating_in_bulk_is_equal_to_the_plain_one(seed: int) -> None:
    random = Random(seed)
    books = random_books(random)
    plain = require_equal(books, random_records(random, 4_000, books))
    reasons = Counter(each.reason for each in plain.records)
    assert reasons[""] > 2_000


def test_sums_that_64_bits_do_not_hold_are_exact() -> None:
    """Three calls of 4 x 10^18 parts each: every one fits, their sum does not."""
    listed = price_list(row("1", "A", "400000.000001"), unit="second")
    at = datetime(2026, 10, 1, tzinfo=UTC)
    records = [UsedRecord(0, "1", at + timedelta(seconds=second), at.date(), 10**7) for second in range(3)]
    columns, bulk = rated_in_bulk(Books([[listed]], [0], (), {}), records)
    assert bulk.amount.dtype == np.int64
    assert sums_of(columns, bulk).amount.tolist() == [3 * 10**7 * 400_000_000_001]


def test_sums_are_ordered_also_by_keys_that_64_bits_do_not_hold() -> None:
    keys = tuple(np.array(key, dtype=np.int64) for key in ([2**62, 0, 0, 2**62], [5, 2**61, 0, 5], [1, 2, 3, 1]))
    order, first = grouped(keys)
    assert (order.tolist(), first.tolist()) == ([2, 1, 0, 3], [0, 1, 2])


def test_without_records_nothing_is_rated() -> None:
    columns, bulk = rated_in_bulk(random_books(Random(1)), [])
    assert [len(column) for column in (bulk.reason, bulk.lines.record, bulk.uses.record)] == [0, 0, 0]
    assert len(sums_of(columns, bulk).member) == 0


@pytest.mark.slow
def test_rating_in_bulk_is_equal_to_the_plain_one_on_many_records() -> None:
    random = Random(2026)
    books = random_books(random)
    plain = require_equal(books, random_records(random, 100_000, books))
    # Records are found to be purged when what was used is priced anew, not one by one.
    assert {each.reason for each in plain.records} == set(REASON_CODES) - {"purged"}
