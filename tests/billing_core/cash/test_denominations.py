"""Notes and coins, and amounts that can be paid with them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.cash.denominations import (
    DENOMINATIONS,
    Pieces,
    counted,
    payable_up,
    require_payable,
    smallest_coin,
)
from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money


def test_a_count_is_worth_its_notes_and_coins():
    assert counted([Pieces(Decimal(1000), 2), Pieces(Decimal(20), 3)], "CZK") == Money(Decimal("2060.00"), "CZK")
    assert counted([Pieces(Decimal("0.05"), 3)], "EUR") == Money(Decimal("0.15"), "EUR")
    assert counted([], "EUR") == Money(Decimal("0.00"), "EUR")
    assert counted([Pieces(Decimal(3), 2)], "ZMW") == Money(Decimal("6.00"), "ZMW")


@pytest.mark.parametrize(
    ("pieces", "says"),
    [
        ((Pieces(Decimal("0.50"), 1),), "is no note or coin of CZK"),
        ((Pieces(Decimal(10), 1), Pieces(Decimal(10), 1)), "counted twice"),
        ((Pieces(Decimal(10), -1),), "must be 0 to"),
    ],
)
def test_a_count_that_cannot_be_is_refused(pieces: tuple[Pieces, ...], says: str):
    with pytest.raises(InvalidValue, match=says):
        counted(pieces, "CZK")


def test_what_coins_cannot_pay_is_refused_with_both_neighbours():
    with pytest.raises(InvalidValue, match=r"name 461\.00 CZK or 462\.00 CZK"):
        require_payable(Money(Decimal("461.30"), "CZK"), "amount")
    assert payable_up(Money(Decimal("461.30"), "CZK")) == Money(Decimal("462.00"), "CZK")
    require_payable(Money(Decimal("461.30"), "EUR"), "amount")
    assert payable_up(Money(Decimal(1203), "HUF")) == Money(Decimal("1205.00"), "HUF")


def test_withdrawn_money_has_no_list():
    assert "BGN" not in DENOMINATIONS
    assert "HRK" not in DENOMINATIONS


@given(st.sampled_from(sorted(DENOMINATIONS)), st.integers(1, 10**9))
def test_the_least_payable_amount_is_within_a_coin(currency: str, units: int):
    amount = Money(Decimal(units).scaleb(-minor_digits(currency)), currency)
    up = payable_up(amount)
    assert Decimal(0) <= up.amount - amount.amount < smallest_coin(currency)
    require_payable(up, "amount")
