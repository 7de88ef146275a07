"""Margins of records that are rated by the customers' lists and by the carriers'."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import numpy as np
import pytest

from billing_core.kernel.errors import InvalidValue
from billing_core.usage.price_lists.lists import PriceList
from billing_core.usage.rating.bulk_rating import Pools, RatedColumns, rate_pool_columns
from billing_core.usage.rating.compiled_lists import compile_list, compile_ported
from billing_core.usage.rating.free_units import FreeUnits
from billing_core.usage.rating.margins import Margin, margins_of
from billing_core.usage.rating.plain import UsedRecord
from tests.billing_core.usage.lists import price_list, row
from tests.billing_core.usage.random_records import columns_of, holidays_of

AT = datetime(2026, 9, 7, 10, tzinfo=UTC)
SOLD = price_list(row("49", "Germany", "0.12"), row("420", "Czechia", "0.10"))
# Carrier 0 has Germany by two names; carrier 1 has only its mobile numbers.
CARRIERS = [
    price_list(row("49", "DE", "0.03"), row("491", "DE mobile", "0.06"), row("420", "CZ", "0.05")),
    price_list(row("491", "D mob", "0.02")),
]


def call(member: int, number: str, minute: int, seconds: int) -> UsedRecord:
    return UsedRecord(member, number, AT.replace(minute=minute), AT.date(), seconds)


def rated(lists: list[PriceList], records: list[UsedRecord], packages: list[FreeUnits]) -> RatedColumns:
    compiled = [compile_list([each]) for each in lists]
    pools = Pools(np.arange(len(lists)), packages)
    return rate_pool_columns(columns_of(records), compiled, pools, compile_ported(()), holidays_of)


def test_the_margin_of_a_destination_is_what_is_left_of_its_income() -> None:
    calls = [call(0, "4930", 0, 180), call(0, "4930", 1, 60), call(1, "4930", 2, 600), call(1, "4915", 3, 10),
             call(0, "420601", 4, 60), call(0, "48", 5, 60)]  # fmt: skip
    sold = rated([SOLD], [each._replace(member=0) for each in calls], [FreeUnits("f", 60, frozenset(), frozenset({0}))])
    assert margins_of(sold, rated(CARRIERS, calls, [])) == [
        Margin("Czechia", 1, 60, Fraction("0.10"), Fraction("0.05")),
        # 120 s and 60 s at 0.12, and 10 s at 0.12; 180 s and 60 s at 0.03, and 10 s at 0.02; 600 s without cost
        Margin("Germany", 3, 250, Fraction("0.38"), Fraction("0.12") + Fraction(1, 300), 1),
    ]


def test_the_margin_may_be_a_loss() -> None:
    assert Margin("Germany", 1, 60, Fraction("0.03"), Fraction("0.12")).margin == Fraction("-0.09")


def test_without_records_there_is_no_margin() -> None:
    assert margins_of(rated([SOLD], [], []), rated(CARRIERS, [], [])) == []


def test_lists_in_different_currencies_are_not_compared() -> None:
    in_koruna = price_list(row("49", "Germany", "0.12"), currency="CZK")
    with pytest.raises(InvalidValue, match="currency 'CZK, EUR': must be one"):
        margins_of(rated([in_koruna], [], []), rated(CARRIERS, [], []))
