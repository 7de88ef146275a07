"""Standing orders: the days on which money is expected, and what came for each."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.expected_payments.standing_orders import (
    EARLY,
    LATE,
    CamePayment,
    Expectation,
    StandingOrder,
    StandingOrderExpected,
    apply_standing_order,
    compare,
    end,
    expect,
    expected_days,
)
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.kernel.money import Money

JANUARY, MAY = date(2026, 1, 1), date(2026, 5, 1)


def crowns(amount: str) -> Money:
    return Money(Decimal(amount), "CZK")


ORDER = Expectation(crowns("500.00"), 15, JANUARY, None)


def came(number: int, on: date, amount: str = "500.00") -> CamePayment:
    return CamePayment(f"bank:{number}", on, crowns(amount))


def test_the_worked_example():
    payments = [
        came(1, date(2026, 1, 14)), came(2, date(2026, 2, 16), "450.00"), came(3, date(2026, 4, 7)),
        came(4, date(2026, 4, 28)),
    ]  # fmt: skip
    days = list(expected_days(ORDER, JANUARY, MAY))

    found = compare(ORDER, payments, days, date(2026, 4, 30))
    assert [each.outcome for each in found] == ["came", "other amount", "missing", "missing"]
    assert [each.outcome for each in compare(ORDER, [], days[:1], date(2026, 1, 25))] == ["expected"]
    assert [each.outcome for each in compare(ORDER, [], days[:1], date(2026, 1, 26))] == ["missing"]


def test_the_same_amount_goes_before_another_one_that_came_first():
    payments = [came(1, date(2026, 1, 12), "20.00"), came(2, date(2026, 1, 20))]

    (found,) = compare(ORDER, payments, [date(2026, 1, 15)], JANUARY)
    assert found.came is not None and found.came.payment == "bank:2"


def test_a_day_that_a_month_lacks_is_its_last_one_and_comes_back():
    days = list(expected_days(ORDER._replace(day=31), JANUARY, MAY))

    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_nothing_is_expected_before_its_first_day_or_from_its_end_on():
    order = ORDER._replace(from_on=date(2026, 1, 16), to_on=date(2026, 3, 15))

    assert list(expected_days(order, JANUARY, MAY)) == [date(2026, 2, 15)]


@given(
    st.integers(1, 31),
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["500.00", "20.00"])), max_size=12),
    st.integers(0, 250),
)
def test_each_payment_counts_once_and_only_near_its_day(day: int, paid: list[tuple[int, str]], today: int):
    order = ORDER._replace(day=day)
    payments = [came(number, JANUARY + timedelta(days=after), amount) for number, (after, amount) in enumerate(paid)]
    days = list(expected_days(order, JANUARY, date(2026, 7, 1)))

    found = compare(order, payments, days, JANUARY + timedelta(days=today))
    assert found == compare(order, payments[::-1], days, JANUARY + timedelta(days=today))
    used = [each.came.payment for each in found if each.came is not None]
    assert len(used) == len(set(used))
    for each in found:
        near = [one for one in payments if each.expected_on - EARLY <= one.received_on <= each.expected_on + LATE]
        if each.came is not None:
            assert each.came in near
        else:
            assert {one.payment for one in near} <= set(used)


def test_an_order_is_replaced_and_ended_and_said_twice_without_effect():
    first = StandingOrderExpected(effective_on=JANUARY, amount=crowns("500.00"), day=15, from_on=JANUARY)
    known = apply_standing_order(None, first)
    assert known is not None

    assert expect(known, first) == []
    more = StandingOrderExpected(effective_on=MAY, amount=crowns("550.00"), day=15, from_on=MAY)
    assert expect(known, more) == [more]
    (ended,) = end(known, "1", "moves away", MAY)
    assert apply_standing_order(known, ended) == StandingOrder(first, MAY)
    assert end(known, "1", "again", MAY) == []
    assert expect(known, first) == [first], "it begins again after it was ended"
    with pytest.raises(NotFound):
        end(None, "1", "none", MAY)


@pytest.mark.parametrize(
    "wrong", [{"day": 32}, {"day": 0}, {"amount": crowns("0")}, {"until_on": JANUARY - timedelta(days=1)}]
)
def test_what_cannot_be_expected_is_refused(wrong: dict[str, object]):
    right = StandingOrderExpected(effective_on=JANUARY, amount=crowns("500.00"), day=15, from_on=JANUARY)

    with pytest.raises(InvalidValue):
        expect(None, msgspec.structs.replace(right, **wrong))
