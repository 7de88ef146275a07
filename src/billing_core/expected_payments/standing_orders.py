"""Standing orders that payers said they gave to their banks, and which of the payments expected by them came.

Decides nothing about money: a payment is whose it is by its references, whether it was expected or not. A payment is
the expected one if it came at most five days before its day and at most ten days after it; the same amount goes before
another one, and each payment counts once.

    500.00 on the 15th from January on
    January    14 January 500.00                       came
    February   16 February 450.00                      another amount
    March      nothing by 25 March                     missing; until then it is expected
    April      7 April 500.00, 28 April 500.00         missing: neither is near 15 April
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, zero
from billing_core.parties.details import require_text
from billing_core.time.periods import boundary, require_billing_day

EARLY, LATE = timedelta(days=5), timedelta(days=10)
Outcome = Literal["came", "other amount", "missing", "expected"]

# --- events


@event("standing-order-expected")
class StandingOrderExpected(Event, frozen=True, kw_only=True):
    """An account is to be paid so much by standing order each month on a day; a new one replaces the one before.

    A day that a month does not have is its last one. `until_on` is the last day on which a payment is expected.
    """

    amount: Money
    day: int
    from_on: date
    until_on: date | None = None


@event("standing-order-ended")
class StandingOrderEnded(Event, frozen=True, kw_only=True):
    """No further payment is expected from a day on, `effective_on`."""

    reason: str


STREAM_KIND = "standing-order/"


def standing_order_stream(account: str) -> str:
    return f"{STREAM_KIND}{account}"


# --- state


class StandingOrder(msgspec.Struct):
    """What is expected of an account; `ended_on` is the first day on which nothing is expected any more."""

    expected: StandingOrderExpected
    ended_on: date | None = None


def apply_standing_order(state: StandingOrder | None, fact: Event) -> StandingOrder | None:
    """Fold one event of the stream of an account's standing order."""
    match fact:
        case StandingOrderExpected():
            return StandingOrder(fact)
        case StandingOrderEnded(effective_on=on) if state is not None:
            state.ended_on = on
    return state


# --- decisions


def expect(known: StandingOrder | None, fact: StandingOrderExpected) -> list[Event]:
    """Expect a standing order from now on; the same one again changes nothing."""
    require_billing_day(fact.day)
    if fact.amount <= zero(fact.amount.currency):
        raise InvalidValue("must be more than zero", field="amount", value=fact.amount)
    if fact.until_on is not None and fact.until_on < fact.from_on:
        raise InvalidValue(
            f"is before {fact.from_on}, from which on it is expected", field="until", value=fact.until_on
        )
    if known is not None and known.ended_on is None:
        same = msgspec.structs.replace(known.expected, effective_on=fact.effective_on)
        if same == fact:
            return []
    return [fact]


def end(known: StandingOrder | None, account: str, reason: str, on: date) -> list[Event]:
    """Expect nothing from a day on; one that has ended changes nothing."""
    if known is None:
        raise NotFound("has no standing order", field="account", value=account)
    require_text(reason, "reason")
    return [] if known.ended_on is not None else [StandingOrderEnded(effective_on=on, reason=reason)]


# --- expected against come


class Expectation(NamedTuple):
    """What is expected of an account: so much on a day of each month of a span; `to_on` is the first day without."""

    amount: Money
    day: int
    from_on: date
    to_on: date | None


class CamePayment(NamedTuple):
    """A payment of the account that was not taken back."""

    payment: str
    received_on: date
    amount: Money


class ExpectedPayment(NamedTuple):
    """A payment that is expected on a day, and the one that came for it."""

    expected_on: date
    amount: Money
    outcome: Outcome
    came: CamePayment | None


def expected_days(order: Expectation, from_on: date, to_on: date) -> Iterator[date]:
    """The days in `[from_on, to_on)` on which a payment is expected."""
    month = max(from_on, order.from_on).replace(day=1)
    end_on = to_on if order.to_on is None else min(to_on, order.to_on)
    while month < end_on:
        on = boundary(month.year, month.month, order.day)
        if max(from_on, order.from_on) <= on < end_on:
            yield on
        month = (month + timedelta(days=31)).replace(day=1)


def compare(
    order: Expectation, payments: Sequence[CamePayment], days: Sequence[date], today: date
) -> list[ExpectedPayment]:
    """What came for each of the days, in their order; a day that is still open today is expected."""
    left = sorted(payments, key=lambda each: (each.received_on, each.payment))
    found = []
    for on in days:
        came = _nearest(order.amount, left, on)
        if came is not None:
            left.remove(came)
        found.append(ExpectedPayment(on, order.amount, _outcome(order.amount, came, on, today), came))
    return found


def _outcome(amount: Money, came: CamePayment | None, on: date, today: date) -> Outcome:
    if came is None:
        return "missing" if today > on + LATE else "expected"
    return "came" if came.amount == amount else "other amount"


def _nearest(amount: Money, payments: Sequence[CamePayment], on: date) -> CamePayment | None:
    """The first payment near a day with the amount, else the first one near it."""
    near = [each for each in payments if on - EARLY <= each.received_on <= on + LATE]
    return next((each for each in near if each.amount == amount), near[0] if near else None)
