"""Identifiers: to one subscription on a day, and free again after it."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import Conflict, InvalidValue, NotFound
from billing_core.kernel.spans import Span
from billing_core.usage.mediation.identifiers import (
    Holding,
    IdentifierAssigned,
    IdentifierReleased,
    assign,
    identifier_key,
    plain_identifier,
    release,
)

JANUARY, MAY, JUNE = date(2026, 1, 1), date(2026, 5, 15), date(2026, 6, 1)
SINCE_JANUARY = Holding("A1", "voice", Span(JANUARY, None))
UP_TO_MAY = Holding("A1", "voice", Span(JANUARY, MAY))


def assigned(account: str, subscription: str, on: date) -> IdentifierAssigned:
    return IdentifierAssigned(
        effective_on=on, identifier="420601000001", customer="C1", account=account, subscription=subscription
    )


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("+420 601 000 001", "420601000001"),
        (" 420601000001 ", "420601000001"),
        ("+49 (151) 55-5", "49151555"),
        ("anna@isp", "anna@isp"),
        ("Anna", "Anna"),
        ("00:11:22:33:44:55", "00:11:22:33:44:55"),
    ],
)
def test_a_telephone_number_is_compared_by_its_digits_and_anything_else_as_it_is(written: str, plain: str):
    assert plain_identifier(written) == plain


@pytest.mark.parametrize("written", ["", "   ", "A1/voice", "x" * 254])
def test_what_names_nothing_is_refused(written: str):
    with pytest.raises(InvalidValue):
        plain_identifier(written)


def test_the_name_of_its_stream_tells_nothing_of_it():
    key = identifier_key("420601000001")
    assert len(key) == 40 and "601" not in key


def test_a_free_identifier_is_assigned():
    fact = assigned("A1", "voice", JANUARY)
    assert assign((), fact, None) == [fact]
    assert assign((UP_TO_MAY,), assigned("A7", "main", MAY), None) == [assigned("A7", "main", MAY)]


def test_assigning_it_again_changes_nothing():
    assert assign((SINCE_JANUARY,), assigned("A1", "voice", MAY), None) == []


def test_nobody_else_gets_it_meanwhile():
    with pytest.raises(Conflict, match="belongs to subscription voice of account A1 from 2026-01-01 on; release it"):
        assign((SINCE_JANUARY,), assigned("A7", "main", MAY), None)
    with pytest.raises(Conflict, match="on up to 2026-05-15, exclusive"):
        assign((UP_TO_MAY,), assigned("A7", "main", date(2026, 5, 14)), None)


def test_after_the_end_of_its_subscription_it_is_free_without_being_released():
    released = IdentifierReleased(effective_on=MAY, account="A1", subscription="voice")
    assert assign((SINCE_JANUARY,), assigned("A7", "main", JUNE), MAY) == [released, assigned("A7", "main", JUNE)]
    with pytest.raises(Conflict):
        assign((SINCE_JANUARY,), assigned("A7", "main", JANUARY), MAY)


def test_what_was_released_belongs_to_nobody():
    assert release((SINCE_JANUARY,), MAY, "x") == [
        IdentifierReleased(effective_on=MAY, account="A1", subscription="voice")
    ]
    with pytest.raises(NotFound, match="belongs to no subscription"):
        release((UP_TO_MAY,), JUNE, "x")
    with pytest.raises(InvalidValue, match="is before 2026-01-01"):
        release((SINCE_JANUARY,), date(2025, 12, 31), "x")
