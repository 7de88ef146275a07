"""A rated record in words."""

from __future__ import annotations

from typing import Any

import pytest

from billing_core.usage.price_lists.lists import DestinationPrice
from billing_core.usage.rating.explained import explained
from billing_core.usage.rating.free_units import FreeUnits
from billing_core.usage.rating.plain import UsedRecord, rate_pool, ready_list
from tests.billing_core.usage.lists import CZECH_HOLIDAYS, OFF_PEAK, PEAK, price_list, row
from tests.billing_core.usage.test_rating_table import MONDAY, call, data, items

BANDED = {"bands": (PEAK, OFF_PEAK)}
MOBILE = row("42060", "Czechia mobile", "0.30", "0.12", first=60, next=10, connection="0.05")


@pytest.mark.parametrize(
    ("record", "priced", "terms", "free", "words"),
    [
        (
            call("420601", f"{MONDAY} 18:58:30", 175), MOBILE, BANDED, 40,
            "420601, Czechia mobile: 2:55 counts as 3:00; 0:40 of package start; "
            "peak 1:30, 0:40 free, at 0.30 a minute = 0.25; off-peak 1:30 at 0.12 a minute = 0.18; "
            "connection 0.05; in all 0.48 EUR",
        ),
        (
            call("420601", f"{MONDAY} 18:59", 120), MOBILE, BANDED, 60,
            "420601, Czechia mobile: 1:00 of package start; peak 1:00 free; "
            "off-peak 1:00 at 0.12 a minute = 0.12; connection 0.05; in all 0.17 EUR",
        ),
        (
            call("420601", f"{MONDAY} 10:00", 180), MOBILE, BANDED, 180,
            "420601, Czechia mobile: 3:00 of package start; free",
        ),
        (call("420601", f"{MONDAY} 10:00", 0), MOBILE, BANDED, 0, "420601, Czechia mobile: nothing used"),
        (
            call("999", f"{MONDAY} 10:00", 60), MOBILE, BANDED, 0,
            "999, no price: the price list has no row for its number; add a row to a list that is valid from its day",
        ),
        (
            call("1", f"{MONDAY} 10:00", 3_605), row("1", "A", "0.01", minimum="1"), {}, 0,
            "1, A: 1:00:05 at 0.01 a minute = about 0.600833; at least 1; in all 1.00 EUR",
        ),
        (
            call("1", f"{MONDAY} 10:00", 60), row("1", "A", "9", maximum="0.333"), {"rounding": "up", "decimals": 2}, 0,
            "1, A: 1:00 at 9 a minute = 9.00; at most 0.333; rounded up to 2 decimals; in all 0.34 EUR",
        ),
        (
            data(f"{MONDAY} 10:00", 1_500_000), row("", "Data", "0.02"), {"unit": "MB"}, 1_000_000,
            "Data: 1 MB of package start; 1.5 MB, 1 MB free, at 0.02 per MB = 0.01; in all 0.01 EUR",
        ),
        (
            items("FILM-X9", f"{MONDAY} 10:00", "1"), row("FILM", "Films", "5"), {"unit": "item", "currency": "JPY"}, 0,
            "FILM-X9, Films: 1 at 5 each = 5; in all 5 JPY",
        ),
        (
            call("1", f"{MONDAY} 10:00", 7), row("1", "A", "0.002"), {"unit": "second"}, 0,
            "1, A: 0:07 at 0.002 a second = 0.014; in all 0.014 EUR",
        ),
    ],
)  # fmt: skip
def test_a_record_tells_every_step_to_its_amount(
    record: UsedRecord, priced: DestinationPrice, terms: dict[str, Any], free: int, words: str
) -> None:
    listed = ready_list(price_list(priced, **terms), CZECH_HOLIDAYS)
    packages = [FreeUnits("start", free, frozenset(), frozenset({0}))]
    rated = rate_pool([record], [[listed]], packages, {}).records[0]
    assert explained(record, rated) == words
