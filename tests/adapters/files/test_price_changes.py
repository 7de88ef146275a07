"""A file of price changes is read as it is written, or refused with line and place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.files.price_changes import read_price_changes
from billing_core.catalogue.components import OneOff
from billing_core.catalogue.prices import Price
from billing_core.kernel.errors import InvalidValue
from commands.price_changes.announced import PriceChange

BOTH = """
price_changes:
  - {tariff: net, from: 2027-01-01, prices: {monthly: 21.90, rent: "3"}}
  - tariff: tv
    from: 2027-02-01
    components: [{code: box, kind: one-off, price: 9}]
"""


def test_prices_alone_or_all_components(tmp_path: Path):
    path = tmp_path / "prices.yaml"
    path.write_text(BOTH, encoding="utf-8")

    box = OneOff(
        code="box", name="box", vat_rate=Decimal(0), prices=(Price(amount=Decimal(9), valid_from=date(1, 1, 1)),)
    )
    assert read_price_changes(path) == [
        PriceChange(f"file '{path}': line 3, price_changes[0]", "net", date(2027, 1, 1),
                    {"monthly": Decimal("21.90"), "rent": Decimal(3)}),
        PriceChange(f"file '{path}': line 4, price_changes[1]", "tv", date(2027, 2, 1), {}, (box,)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("price_changes: []", "line 1, price_changes: must not be empty"),
        ("price_changes: [{tariff: net, from: 2027-01-01}]",
         "line 1, price_changes[0]: needs either prices by component, or all components"),
        ("price_changes:\n- {tariff: net, from: 1.1.2027, prices: {a: 1}}",
         "line 2, price_changes[0].from '1.1.2027': is not a date"),
        ("price_changes:\n- {tariff: net, from: 2027-01-01, prices: {a: free}}",
         "line 2, price_changes[0].prices.a 'free': is not a number"),
    ],
)  # fmt: skip
def test_a_fault_names_its_place(tmp_path: Path, text: str, told: str):
    path = tmp_path / "prices.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InvalidValue) as caught:
        read_price_changes(path)
    assert told in caught.value.message
