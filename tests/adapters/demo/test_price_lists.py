"""The demo's price list of calls."""

from __future__ import annotations

from datetime import date

from adapters.demo.price_lists import CODE, publish_price_list
from billing_core.usage.price_lists.lists import prefix_table, row_for
from tests.operators import Operator

ON = date(2026, 1, 1)


def test_the_list_is_published_once_and_prices_every_number(operator: Operator):
    assert publish_price_list(operator.application, ON) == (1, True)
    assert not publish_price_list(operator.application, ON).is_new
    (held,) = operator.application.price_lists.versions_of(CODE)
    table = prefix_table(held.price_list.rows)
    numbers = ("420601000111", "4915123", "4930123", "112", "33123")
    found = [row_for(number, table, {}) for number in numbers]
    assert [row.destination if row else "" for row in found] == [
        "Czechia mobile", "Germany mobile", "Germany", "Emergency", "Other countries",
    ]  # fmt: skip
