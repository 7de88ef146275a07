"""Ten times as many one-off fees take ten times as many steps, as many as a service may have in its life."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from billing_core.charging.charges import Charge, PostedCharge
from billing_core.charging.expected import Expected
from billing_core.charging.one_off_difference import one_off_difference
from billing_core.charging.one_offs import without_waived
from billing_core.charging.view import view_of
from billing_core.kernel.money import Money
from billing_core.kernel.spans import ONE_DAY
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms_in_force import Change
from billing_core.time.periods import BillingDay
from tests.billing_core.price_lists import monthly, one_off, tariff
from tests.lines_run import MOST_TIMES, times_as_many

NET = tariff("net", monthly("300.00"), one_off("5.00", "pause", at="hold"), one_off("2.00", "back", at="resumption"))
BEGUN_ON = date(2026, 1, 1)


def often_held(times: int) -> Expected:
    """A service that is held every other day, so many times."""
    return Expected(view_of(Subscription("S1", list(_life(times))), [BillingDay(date.min, 1)]), {"net": NET})


def _life(times: int) -> Iterator[Change]:
    yield Change(BEGUN_ON, "activate", "net")
    for number in range(times):
        held_on = BEGUN_ON + timedelta(days=2 * number + 1)
        yield Change(held_on, "hold")
        yield Change(held_on + ONE_DAY, "resume")


def fees_of(times: int) -> list[Charge]:
    return often_held(times).one_offs()


def dearer(fees: list[Charge]) -> list[Charge]:
    return [msgspec.structs.replace(fee, amount=Money(fee.amount.amount * 2, "EUR")) for fee in fees]


def in_force(times: int) -> Callable[[], Any]:
    """Which fees are owed, by the terms of all days."""
    return often_held(times).one_offs


def waived(times: int) -> Callable[[], Any]:
    """Every second fee on its own day, and as many on days without one."""
    fees = fees_of(times)
    waivers = [(fee.component, fee.from_on - timedelta(days=number % 2)) for number, fee in enumerate(fees)]
    return lambda: without_waived(fees, waivers)


def at_another_rate(times: int) -> Callable[[], Any]:
    """Everything on record is credited, and charged at its right amount."""
    fees = fees_of(times)
    posted = [PostedCharge(fee) for fee in dearer(fees)]
    return lambda: one_off_difference(fees, posted, date.max)


def on_other_days(times: int) -> Callable[[], Any]:
    """Everything on record stands, for fees that are owed on other days, the last ones first."""
    fees = fees_of(times)
    posted = [PostedCharge(msgspec.structs.replace(fee, from_on=fee.from_on - ONE_DAY)) for fee in reversed(fees)]
    return lambda: one_off_difference(fees, posted, date.max)


@pytest.mark.parametrize("work_on", [in_force, waived, at_another_rate, on_other_days])
def test_ten_times_as_many_fees_take_ten_times_as_many_steps(work_on: Callable[[int], Callable[[], Any]]):
    assert times_as_many(work_on) < MOST_TIMES


def test_the_work_that_is_counted_is_done():
    """Three holds and three resumptions: 5.00 and 2.00 each."""
    fees = fees_of(3)
    assert [(fee.component, fee.from_on.day) for fee in fees] == [
        ("pause", 2), ("back", 3), ("pause", 4), ("back", 5), ("pause", 6), ("back", 7),
    ]  # fmt: skip
    assert waived(3)() == []
    assert [fee.amount.amount for fee in at_another_rate(3)()] == [-10, -4, -10, -4, -10, -4, 5, 2, 5, 2, 5, 2]
    assert on_other_days(3)() == []
