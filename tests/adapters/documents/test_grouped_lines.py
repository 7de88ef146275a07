"""Charges that are alike become one printed line with a quantity; nothing is lost of what they come to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.documents.assemble import grouped
from billing_core.charging.charges import Charge
from billing_core.kernel.money import Money, total

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def fee(subscription: str = "S1", **details: Any) -> Charge:
    """A monthly fee of 10.00 for March."""
    charge = Charge(
        subscription=subscription, component="fee", description="TV: Monthly fee", tariff="tv", kind="recurring",
        from_on=MARCH, to_on=APRIL, amount=euros("10.00"), unit_price=Decimal(10),
        vat_rate=Decimal(20),
    )  # fmt: skip
    return msgspec.structs.replace(charge, **details)


def printed(*charges: Charge) -> list[tuple[int, str, str]]:
    lines = grouped(((charge, charge.amount) for charge in charges), "en")
    return [(line.quantity, line.description, str(line.net.amount)) for line in lines]


def test_the_same_fee_of_three_services_is_one_line():
    assert printed(fee("S1"), fee("S2"), fee("S3")) == [(3, "TV: Monthly fee", "30.00")]


def test_a_line_names_its_service_where_it_is_of_one():
    lines = grouped(((charge, charge.amount) for charge in (fee("S1"), fee("S2", tariff="net"), fee("S3"))), "en")
    assert [line.subscription for line in lines] == ["", "S2"]


def test_a_line_stands_where_the_first_of_its_charges_stood():
    other = fee("S2", description="Internet: Monthly fee", tariff="net")
    assert printed(fee("S1"), other, fee("S3")) == [(2, "TV: Monthly fee", "20.00"), (1, other.description, "10.00")]


@pytest.mark.parametrize(
    "difference",
    [
        {"description": "TV: Box"},
        {"tariff": "tv-2020"},
        {"unit_price": Decimal("10.001")},
        {"from_on": date(2026, 3, 2)},
        {"to_on": date(2026, 3, 31)},
        {"vat_rate": Decimal(10)},
        {"includes_vat": True},
        {"amount": euros("9.99")},
        {"quantity": Decimal(2)},
        {"agreed": True},
        {"corrects": "S1/fee/2026-03-01/2026-04-01/0"},
        {"steps": ("instalment 1 of 2 of 20.00 EUR",)},
    ],
)
def test_what_differs_in_anything_that_is_printed_is_a_line_of_its_own(difference: dict[str, Any]):
    assert [quantity for quantity, _, _ in printed(fee("S1"), fee("S2", **difference))] == [1, 1]


def test_credits_of_equal_charges_are_one_line():
    credits = [
        fee(code, amount=euros("-10.00"), corrects=f"{code}/fee/2026-03-01/2026-04-01/0") for code in ("S1", "S2")
    ]
    assert printed(*credits) == [(2, "TV: Monthly fee", "-20.00")]


@given(st.lists(st.tuples(st.sampled_from(["tv", "net", "box"]), st.integers(0, 2)), max_size=20))
def test_lines_and_quantities_sum_to_the_charges(sold: list[tuple[str, int]]):
    charges = [fee(f"S{n}", tariff=code, amount=euros(f"{cents}.33")) for n, (code, cents) in enumerate(sold)]
    lines = list(grouped(((charge, charge.amount) for charge in charges), "en"))
    assert sum(line.quantity for line in lines) == len(charges)
    assert len(lines) == len(set(sold))
    assert total((line.net for line in lines), "EUR") == total((charge.amount for charge in charges), "EUR")
