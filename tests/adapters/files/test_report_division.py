"""Quotients that DuckDB rounds: exact, a half away from zero, as PostgreSQL and the rules of money have them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.files.report_books import BooksCursor, has_binary_amounts, opened_books

AMOUNTS = st.decimals("-99999999999", "99999999999", places=6)
DIVISORS = AMOUNTS.filter(bool) | st.integers(1, 10**9).map(Decimal)


@pytest.fixture(scope="module")
def books() -> Iterator[BooksCursor]:
    with opened_books() as connection:
        connection.execute("CREATE TABLE lines (account TEXT, days BIGINT, net DECIMAL(18, 6))")
        connection.execute("INSERT INTO lines VALUES ('a', 1, 0.25), ('a', 2, 0), ('b', 2, -0.25), ('b', 2, 0)")
        yield BooksCursor(connection)


def by_hand(dividend: Decimal, divisor: Decimal, places: int) -> Decimal:
    scaled = Fraction(dividend) / Fraction(divisor) * 10**places
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-places)


@given(dividend=AMOUNTS, divisor=DIVISORS, places=st.integers(0, 6))
@example(dividend=Decimal("0.145"), divisor=Decimal(1), places=2)  # 0.145 is 0.14499... as a binary fraction.
@example(dividend=Decimal("-1"), divisor=Decimal(200), places=2)
@example(dividend=Decimal("99999999999.999999"), divisor=Decimal("0.000001"), places=6)
def test_a_quotient_is_rounded_once(books: BooksCursor, dividend: Decimal, divisor: Decimal, places: int):
    of = f"CAST('{dividend:f}' AS DECIMAL(38, 6)) / CAST('{divisor:f}' AS DECIMAL(38, 6))"
    (found,) = books.execute(f"SELECT round({of}, {places})").fetchone()
    assert found == by_hand(dividend, divisor, places)


def test_sums_counts_and_means_are_divided_exactly(books: BooksCursor):
    asked = """SELECT account, round(sum(net) / count(*), 2), round(avg(net), 2), round(CAST(avg(days) AS numeric), 4),
        round(avg(days) FILTER (WHERE net <> 0), 1), round(1.0 * sum(days) / nullif(sum(net), 0), 2), sum(days) / 2
        FROM lines WHERE days < %(most)s::bigint GROUP BY account ORDER BY account"""
    assert books.execute(asked, {"most": 9}).fetchall() == [
        ("a", Decimal("0.13"), Decimal("0.13"), Decimal("1.50"), Decimal("1.00"), Decimal("12.00"), 1),
        ("b", Decimal("-0.13"), Decimal("-0.13"), Decimal("2.00"), Decimal("2.00"), Decimal("-16.00"), 2),
    ]


def test_an_amount_that_is_divided_and_not_rounded_is_known(books: BooksCursor):
    assert has_binary_amounts(books, "SELECT sum(net) / 3 AS net FROM lines", {}, ["net"])
    assert not has_binary_amounts(books, "SELECT round(sum(net) / 3, 2) AS net FROM lines", {}, ["net"])
