"""The sums of a statement close, or it says by how much they do not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.bank_statements.checking import (
    OfDays,
    PartsOutOfOrder,
    check_statements,
    is_repeated,
    says_the_same,
    with_finding,
)
from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money

ON = date(2026, 3, 3)


def euros(amount: str | Decimal) -> Money:
    return Money(Decimal(amount), "EUR")


def start(opening: str | None = "1000.00", **details: Any) -> StatementStart:
    return StatementStart(
        account="A", currency="EUR", opening=None if opening is None else euros(opening), **details
    )  # fmt: skip


def moved(amount: str | Decimal, line: int = 1, on: date = ON) -> Movement:
    return Movement(line=line, booked_on=on, amount=euros(amount))


def test_a_statement_that_closes_finds_nothing():
    end = StatementEnd(closing=euros("1350.00"), movements=2)
    (found,) = check_statements([start(), moved("399.00"), moved("-49.00", 2), end])
    assert (found.credits, found.debits, found.movements) == (euros("399.00"), euros("-49.00"), 2)
    assert (found.difference, found.findings, found.last_on) == (euros("0.00"), (), ON)


def test_the_difference_is_told():
    (found,) = check_statements([start(), moved("399.00"), moved("-49.00"), StatementEnd(closing=euros("1360.00"))])
    assert found.difference == euros("10.00")
    assert found.findings == (
        "opening and movements make 1350.00 EUR, the closing balance is 1360.00 EUR: 10.00 EUR differ",
    )


@pytest.mark.parametrize(
    ("end", "finding"),
    [
        (StatementEnd(movements=3), "the bank counts 3 movements, the file has 2"),
        (StatementEnd(credits=euros("400.00")), "the bank sums credits to 400.00 EUR, the movements of the file"),
        (StatementEnd(debits=euros("50.00")), "the bank sums debits to 50.00 EUR, the movements of the file make"),
        (StatementEnd(credits=euros("399.00"), debits=euros("49.00"), movements=2), None),
    ],
)
def test_sums_and_counts_are_compared_as_far_as_they_are_given(end: StatementEnd, finding: str | None):
    (found,) = check_statements([start(None), moved("399.00"), moved("-49.00"), end])
    assert [each.startswith(finding or "?") for each in found.findings] == ([True] if finding else [])


def test_a_closing_balance_that_head_and_end_say_otherwise_waits():
    parts: list[StatementPart] = [start(closing=euros("1.00")), moved("5.00"), StatementEnd(closing=euros("1005.00"))]
    (found,) = check_statements(parts)
    assert found.difference == euros("0.00") and len(found.findings) == 1


@pytest.mark.parametrize(
    "parts", [[moved("1.00")], [start(), moved("1.00")], [start(), start(), StatementEnd()], [StatementEnd()]]
)
def test_parts_in_another_order_are_a_damaged_file(parts: list[Any]):
    with pytest.raises(PartsOutOfOrder):
        list(check_statements(parts))


def test_a_movement_in_another_currency_is_refused():
    with pytest.raises(InvalidValue, match="is not in EUR"):
        list(check_statements([start(), Movement(line=1, booked_on=ON, amount=Money(Decimal(1), "CZK"))]))


AMOUNTS = st.lists(st.integers(-10_000, 10_000).filter(bool).map(lambda cents: Decimal(cents) / 100), max_size=20)


@given(AMOUNTS, st.integers(-100, 100))
def test_what_differs_is_exactly_what_is_missing(amounts: list[Decimal], missing: int):
    made = Decimal("1000.00") + sum(amounts, Decimal(0)) + Decimal(missing) / 100
    movements = [moved(amount, line) for line, amount in enumerate(amounts, start=1)]
    (found,) = check_statements([start(), *movements, StatementEnd(closing=euros(made))])
    assert found.difference.amount == Decimal(missing) / 100
    assert bool(found.findings) == bool(missing)


def test_the_days_come_again_if_number_and_sums_are_the_same():
    (found,) = check_statements([start(), moved("399.00"), moved("-49.00", 2), StatementEnd()])
    before = OfDays(("A-20260303-1", "A-20260303-2"), 2, euros("399.00"), euros("-49.00"))

    assert is_repeated(found, before)
    assert not is_repeated(found, None)
    assert not is_repeated(found, before._replace(movements=3))
    assert not is_repeated(found, before._replace(credits=euros("398.00")))
    (finding,) = with_finding(found, says_the_same(before)).findings
    assert "A-20260303-1, A-20260303-2, have as many movements and the same sums" in finding


def test_a_day_without_movements_may_come_as_often_as_one_likes():
    (found,) = check_statements([start(), StatementEnd()])
    assert not is_repeated(found, OfDays(("A",), 0, euros("0.00"), euros("0.00")))
