"""Codes of vouchers as people type them, series and batches, and the ban after wrong tries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.vouchers.codes import RANDOM_BYTES, SYMBOLS, code_of, hash_of, read_code
from billing_core.vouchers.events import VoucherBanLifted, VoucherSeriesOpened, VouchersIssued, VoucherTryFailed
from billing_core.vouchers.series import (
    VoucherSeries,
    apply_series,
    block,
    issue,
    open_series,
    require_accepted,
    unblock,
)
from billing_core.vouchers.tries import VouchersBanned, VoucherTries, apply_tries, require_not_banned

ON = date(2026, 6, 11)
PRICE = Money(Decimal("300.00"), "CZK")
NOON = datetime(2026, 6, 11, 12, 0, tzinfo=UTC)
bytes_drawn = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)

# --- codes


def test_a_code_is_made_as_worked_out_by_hand():
    """The values 0 to 14, five bits each, and the symbol that makes the sum of Luhn a multiple of 32.

    From the last one every second value counts double: 14 -> 28, 12 -> 24, 10 -> 20, 8 -> 16,
    6 -> 12, 4 -> 8, 2 -> 4, 0 -> 0 make 112; the others 13 + 11 + 9 + 7 + 5 + 3 + 1 make 49. 161 and 31 are 6 x 32.
    """
    number = 0
    for value in range(15):
        number = number << 5 | value

    assert code_of((number << 5).to_bytes(RANDOM_BYTES, "big")) == "0123-4567-89AB-CDEZ"


@given(bytes_drawn, st.sampled_from(["", " ", "-"]))
def test_a_code_is_read_as_it_is_typed(drawn: bytes, between: str):
    printed = code_of(drawn)

    assert read_code(printed.lower().replace("-", between)) == printed.replace("-", "")
    assert read_code(printed.replace("0", "O").replace("1", "l")) == printed.replace("-", "")


@given(bytes_drawn, st.integers(0, 15), st.sampled_from(SYMBOLS))
def test_one_wrong_symbol_is_seen(drawn: bytes, place: int, other: str):
    symbols = code_of(drawn).replace("-", "")
    typed = symbols[:place] + other + symbols[place + 1 :]

    if typed == symbols:
        assert read_code(typed) == symbols
    else:
        with pytest.raises(InvalidValue, match="mistyped"):
            read_code(typed)


@pytest.mark.parametrize("typed", ["", "0123", "0123-4567-89AB-CDEU", "0123-4567-89AB-CDEZ-0", "Ž123-4567-89AB-CDEZ"])
def test_what_cannot_be_a_code_is_refused_and_not_repeated_whole(typed: str):
    with pytest.raises(InvalidValue) as refused:
        read_code(typed)

    assert "4567" not in str(refused.value.value)


# --- series


def series(*facts: Event, valid_until: date | None = None) -> VoucherSeries:
    opened = VoucherSeriesOpened(effective_on=ON, seller="north", amount=PRICE, valid_until=valid_until)
    state: VoucherSeries | None = None
    for fact in (opened, *facts):
        state = apply_series(state, fact)
    assert state is not None
    return state


def hashes(count: int, begin: int = 0) -> list[str]:
    return [hash_of(f"{begin + number:016}") for number in range(count)]


def test_batches_are_numbered_on():
    known = series()
    for batch, (count, first) in enumerate([(3, 1), (2, 4)], 1):
        (fact,) = issue(known, hashes(count, batch * 10), "", ON)
        assert isinstance(fact, VouchersIssued)
        assert (fact.batch, fact.first, len(fact.hashes)) == (batch, first, count)
        apply_series(known, fact)
    assert known.issued == 5


def test_a_series_is_opened_once_with_an_amount_and_a_day_to_come():
    opened = VoucherSeriesOpened(effective_on=ON, seller="north", amount=PRICE, valid_until=ON)

    assert open_series(None, "SPRING", opened) == [opened]
    with pytest.raises(AlreadyExists):
        open_series(series(), "SPRING", opened)
    wrong: dict[str, Any]
    for wrong in ({"amount": Money(Decimal(0), "CZK")}, {"valid_until": ON - timedelta(days=1)}):
        fact = msgspec.structs.replace(opened, **wrong)
        with pytest.raises(InvalidValue):
            open_series(None, "SPRING", fact)
    with pytest.raises(InvalidValue):
        open_series(None, "spring-1", opened)


@pytest.mark.parametrize("wrong", [[], ["abc"], [hash_of("1"), hash_of("1")]])
def test_a_batch_with_wrong_hashes_is_refused(wrong: list[str]):
    with pytest.raises(InvalidValue):
        issue(series(), wrong, "", ON)


def test_a_voucher_is_accepted_on_the_last_day_and_no_later():
    known = series(*issue(series(), hashes(1), "", ON), valid_until=date(2026, 12, 31))

    assert require_accepted(known, 1, "north", "CZK", date(2026, 12, 31)) == PRICE
    with pytest.raises(RuleViolation, match="expired"):
        require_accepted(known, 1, "north", "CZK", date(2027, 1, 1))
    with pytest.raises(RuleViolation, match="seller"):
        require_accepted(known, 1, "south", "CZK", ON)
    with pytest.raises(RuleViolation, match="EUR"):
        require_accepted(known, 1, "north", "EUR", ON)


def test_a_blocked_batch_is_refused_until_it_is_unblocked():
    known = series(*issue(series(), hashes(1), "", ON))
    (blocked,) = block(known, 1, "a box was stolen", ON)
    apply_series(known, blocked)

    assert block(known, 1, "again", ON) == []
    with pytest.raises(RuleViolation, match="a box was stolen"):
        require_accepted(known, 1, "north", "CZK", ON)
    for fact in unblock(known, 1, "the box was found", ON):
        apply_series(known, fact)
    assert require_accepted(known, 1, "north", "CZK", ON) == PRICE
    with pytest.raises(NotFound):
        block(known, 2, "no such batch", ON)


# --- tries


def tried(*minutes: int) -> VoucherTries:
    state: VoucherTries | None = None
    for minute in minutes:
        at = NOON + timedelta(minutes=minute)
        state = apply_tries(state, VoucherTryFailed(effective_on=at.date(), account="1", tried_at=at))
    return state or VoucherTries()


def test_the_fifth_wrong_code_within_an_hour_bans_for_a_day_from_then():
    four, five = tried(0, 5, 10, 20), tried(0, 5, 10, 20, 30)

    assert four.left(NOON + timedelta(minutes=21)) == 1
    require_not_banned(four, "1", NOON + timedelta(minutes=21))
    with pytest.raises(VouchersBanned, match="2026-06-12 12:30 UTC"):
        require_not_banned(five, "1", NOON + timedelta(minutes=31))
    require_not_banned(five, "1", NOON + timedelta(minutes=30, days=1))


def test_slow_tries_never_ban():
    slow = tried(0, 16, 32, 48, 64, 80)

    assert slow.banned_until() is None
    assert slow.left(NOON + timedelta(minutes=80)) == 1


def test_a_lifted_ban_forgets_the_tries():
    lifted = apply_tries(tried(0, 1, 2, 3, 4), VoucherBanLifted(effective_on=ON, account="1", reason="called"))

    require_not_banned(lifted, "1", NOON + timedelta(minutes=5))


@given(st.lists(st.integers(0, 300), min_size=1, max_size=12).map(sorted))
def test_a_ban_is_exactly_for_five_within_an_hour(minutes: list[int]):
    """Counted by a slow look at the last five, as the rule says it."""
    last = minutes[-5:]
    expected = len(last) == 5 and last[-1] - last[0] <= 60

    assert (tried(*minutes).banned_until() is not None) == expected
