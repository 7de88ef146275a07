"""A file of statements is parsed once, and each later walk has the same parts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.banks.read_once import PARTS_AT_ONCE, ReadOnce
from adapters.banks.statements import read_statement_file
from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart, Symbols
from billing_core.kernel.errors import BillingError
from billing_core.kernel.money import Money
from tests.adapters.banks.test_real_files import REAL_FILES

MONEY = st.builds(Money, st.decimals(-(10**9), 10**9, places=2, allow_nan=False), st.just("CZK"))
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
PARTS = st.one_of(
    st.builds(StatementStart, number=st.text(), opening=st.none() | MONEY, from_on=st.none() | DAYS),
    st.builds(
        Movement, line=st.integers(1, 10**9), booked_on=DAYS,
        value_on=st.none() | DAYS, amount=MONEY, is_reversal=st.booleans(),
        return_reason=st.text(), symbols=st.builds(Symbols, variable=st.text(), end_to_end=st.text()),
        message=st.text(),
    ),
    st.builds(StatementEnd, closing=st.none() | MONEY, movements=st.none() | st.integers(0, 9)),
)  # fmt: skip


class Parser:
    """Parts that are counted each time they are parsed."""

    def __init__(self, parts: list[StatementPart]) -> None:
        self.parts, self.times = parts, 0

    def parse(self) -> Iterator[StatementPart]:
        self.times += 1
        yield from self.parts


def statement(movements: int) -> list[StatementPart]:
    amount = Money(Decimal("5.00"), "EUR")
    lines = [Movement(line=line, booked_on=date(2026, 1, 1), amount=amount) for line in range(movements)]
    return [StatementStart(account="1/0800", currency="EUR"), *lines, StatementEnd(closing=amount)]


@given(st.lists(PARTS))
def test_what_is_read_again_is_what_was_parsed(parts: list[StatementPart]):
    parser = Parser(parts)
    with ReadOnce(parser.parse) as file:
        assert [list(file.read()) for _ in range(3)] == [parts, parts, parts]
    assert parser.times == 1


def test_several_may_walk_through_a_long_file_at_the_same_time():
    parser = Parser(statement(3 * PARTS_AT_ONCE + 1))
    with ReadOnce(parser.parse) as file:
        list(file.read())
        pairs = list(zip(file.read(), file.read(), strict=True))
    assert [one for one, _ in pairs] == [other for _, other in pairs] == parser.parts
    assert parser.times == 1


def test_a_walk_that_begins_before_the_first_has_ended_parses_the_file_again():
    parser = Parser(statement(2 * PARTS_AT_ONCE))
    with ReadOnce(parser.parse) as file:
        first = iter(file.read())
        begun = list(islice(first, PARTS_AT_ONCE + 1))
        assert list(file.read()) == parser.parts
        assert [*begun, *first] == list(file.read()) == parser.parts
    assert parser.times == 2


def test_a_walk_that_was_given_up_leaves_nothing_half():
    parser = Parser(statement(2 * PARTS_AT_ONCE))
    with ReadOnce(parser.parse) as file:
        list(islice(file.read(), PARTS_AT_ONCE + 1))
        assert list(file.read()) == list(file.read()) == parser.parts


@pytest.mark.skipif(not REAL_FILES.exists(), reason=f"{REAL_FILES} is absent")
def test_every_file_of_a_bank_is_read_again_as_it_was_parsed():
    read = 0
    for path in sorted(path for path in REAL_FILES.rglob("*") if path.is_file()):
        with ReadOnce(partial(read_statement_file, path)) as file:
            try:
                parsed = list(file.read())
            except BillingError:
                continue
            assert list(file.read()) == parsed == list(read_statement_file(path))
            read += 1
    assert read >= 16
