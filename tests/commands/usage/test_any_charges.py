"""However calls are split into batches, in whatever order and how often they come: they cost the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.catalogue import PublishTariff
from tests.commands.usage.price_lists import publish
from tests.commands.usage.rows import book_all, receive, row
from tests.commands.usage.test_rating import FREE, VOICE, phone
from tests.operators import Operator

BEGIN = datetime(2026, 3, 28, 20, tzinfo=UTC)  # The night on which clocks are set forward in Prague comes next.
COST = """
    SELECT component, used_on, destination, band, records, units, free_units, parts FROM billing.usage_rated
    WHERE account = %s ORDER BY 1, 2, 3, 4
"""
NUMBERS = count(1)
calls = st.lists(
    st.tuples(
        st.integers(0, 90 * 24 * 60), st.sampled_from(["420111222333", "4930123456", "7"]), st.integers(0, 400)
    ),
    min_size=1,
    max_size=7,
)  # fmt: skip


def rows_of(account: str, found: Sequence[tuple[int, str, int]]) -> list[dict[str, Any]]:
    return [
        row(
            place, f"{account}-{place}", "01-01", f"{account}/main", component="calls", number=number, seconds=seconds,
            quantity=0, started_at=BEGIN - timedelta(minutes=minute),
        )
        for place, (minute, number, seconds) in enumerate(found, 1)
    ]  # fmt: skip


@pytest.fixture
def phones(operator: Operator) -> Operator:
    publish(operator, VOICE)
    operator.tell(PublishTariff(tariff=phone(FREE)))
    return operator


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=calls, data=st.data())
def test_any_split_order_and_repetition_costs_the_same(
    phones: Operator, found: list[tuple[int, str, int]], data: st.DataObject
):
    place = next(NUMBERS)
    whole, split = (phones.subscriber(f"{letter}{place:04}", tariff="phone") for letter in "AB")
    receive(phones, f"whole {place}", rows_of(whole, found))
    book_all(phones)

    rows = rows_of(split, found)
    repeated = [*rows, *data.draw(st.lists(st.sampled_from(rows), max_size=3))]
    for batch, one in enumerate(data.draw(st.permutations(repeated))):
        receive(phones, f"split {place} {batch}", [one | {"line": 1}])
        if data.draw(st.booleans()):
            book_all(phones)
    book_all(phones)

    assert phones.select(COST, split) == phones.select(COST, whole)
    assert phones.findings() == []
