"""What an account knows of its promises: the open one with what came in for it, and how often they were kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, get_args

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total, zero
from billing_core.payments.events import (
    Adjustment,
    CreditTransferredIn,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
    adjusted_credits,
)
from billing_core.promises.events import (
    PromiseBroken,
    PromiseKept,
    PromiseOpened,
    PromisePart,
    PromisePartKept,
    PromiseTermsSet,
)
from billing_core.promises.terms import PromiseTerms


class CameIn(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a payment brought, and on which day."""

    on: date
    amount: Money


class OpenPromise(msgspec.Struct, frozen=True, array_like=True):
    """A promise whose outcome is not known yet.

    `counted` are the payments and transfers towards it by their ids; the first `kept` of its `parts` came in.
    """

    opened_on: date
    parts: tuple[PromisePart, ...]
    counted: dict[str, CameIn] = {}
    kept: int = 0

    @property
    def amount(self) -> Money:
        return total((part.amount for part in self.parts), self.parts[0].amount.currency)

    @property
    def next_part(self) -> PromisePart:
        """The part that is to be paid next."""
        return self.parts[self.kept]

    @property
    def until_on(self) -> date:
        """The last day of all of it."""
        return self.parts[-1].until_on

    @property
    def breaks_on(self) -> date:
        """The day on which it is broken if the next part is not paid."""
        return self.next_part.breaks_on

    @property
    def missing(self) -> Money:
        """What is still missing of all of it."""
        return self.missing_by(len(self.parts) - 1)

    def missing_by(self, place: int) -> Money:
        """What is missing of the parts up to one of them; what came in early counts on.

        parts of 10.00 by 9 March and 10.00 by 9 April; 12.00 came in on 7 March, 5.00 on 20 March

            by the first     0.00
            by the second    3.00
        """
        part, currency = self.parts[place], self.parts[place].amount.currency
        promised = total((each.amount for each in self.parts[: place + 1]), currency)
        came_in = (each.amount for each in self.counted.values() if each.on <= part.until_on)
        return max(promised - total(came_in, currency), zero(currency), key=lambda money: money.amount)


class Promises(msgspec.Struct, array_like=True):
    """The promises of an account: the open one, when those of the last month were opened, when one was broken last.

    `kept` and `broken` count those that ended. `received` is what came in on the newest day of a payment, by payment.
    """

    open: OpenPromise | None = None
    opened_on: list[date] = []
    broken_on: date | None = None
    kept: int = 0
    broken: int = 0
    received: dict[str, CameIn] = {}

    def received_on(self, on: date, currency: str) -> Money:
        """What came in on a day, if no payment of a later day is known."""
        return total((each.amount for each in self.received.values() if each.on == on), currency)

    def credit_on(self, on: date, currency: str) -> Money:
        """The credit that an open promise gives on a day, up to the day on which it is broken: what was promised."""
        promise = self.open
        if promise is None or not promise.opened_on <= on < promise.breaks_on:
            return zero(currency)
        return promise.amount


def parts_of(fact: PromiseOpened) -> tuple[PromisePart, ...]:
    """The parts of a promise; one that is paid at once has one."""
    return fact.parts or (PromisePart(fact.until_on, fact.breaks_on, fact.amount),)


def same_month(first: date, second: date) -> bool:
    return (first.year, first.month) == (second.year, second.month)


# --- folds


def _opened(promises: Promises, fact: PromiseOpened) -> None:
    on = fact.effective_on
    promises.open = OpenPromise(on, parts_of(fact))
    promises.opened_on = [*(known for known in promises.opened_on if same_month(known, on)), on]


def _part_kept(promises: Promises, fact: PromisePartKept) -> None:
    assert promises.open is not None
    promises.open = msgspec.structs.replace(promises.open, kept=fact.part)


def _kept(promises: Promises, fact: PromiseKept) -> None:
    promises.open, promises.kept = None, promises.kept + 1


def _broken(promises: Promises, fact: PromiseBroken) -> None:
    promises.open, promises.broken_on, promises.broken = None, fact.effective_on, promises.broken + 1


def _came_in(promises: Promises, fact: PaymentReceived | PaymentMovedIn | CreditTransferredIn) -> None:
    promise, came_in, credit = promises.open, CameIn(fact.effective_on, fact.amount), credit_that_came_in(fact)
    if promise is not None and fact.effective_on <= promise.until_on:
        promises.open = msgspec.structs.replace(promise, counted={**promise.counted, credit: came_in})
    known = next(iter(promises.received.values()), None)  # All are of one day.
    if known is None or known.on < came_in.on:
        promises.received = {credit: came_in}
    elif known.on == came_in.on:
        promises.received[credit] = came_in


def credit_that_came_in(fact: PaymentReceived | PaymentMovedIn | CreditTransferredIn) -> str:
    """The name of a payment, or of a transfer from another account."""
    return fact.transfer if isinstance(fact, CreditTransferredIn) else fact.payment


def _went_away(promises: Promises, fact: PaymentReversed | PaymentMovedAway) -> None:
    promise = promises.open
    if promise is not None:
        promises.open = msgspec.structs.replace(promise, counted=without_payment(promise.counted, fact.payment))
    promises.received.pop(fact.payment, None)


def without_payment(payments: dict[str, CameIn], gone: str) -> dict[str, CameIn]:
    """What came in without a payment that went away."""
    return {payment: came_in for payment, came_in in payments.items() if payment != gone}


def _adjusted(promises: Promises, fact: Adjustment) -> None:
    """What was taken back, refunded or paid out of a payment does not count towards the promise."""
    promise = promises.open
    if promise is not None:
        promises.open = msgspec.structs.replace(promise, counted=less_adjusted(promise.counted, fact))
    promises.received = less_adjusted(promises.received, fact)


def less_adjusted(payments: dict[str, CameIn], fact: Adjustment) -> dict[str, CameIn]:
    """What came in, less what was taken back, refunded or paid out of it."""
    for part in adjusted_credits(fact):
        known = payments.get(part.credit)
        if known is not None:
            payments = {**payments, part.credit: CameIn(known.on, known.amount + part.amount)}
    return payments


FOLDS: Mapping[type[Event], Callable[[Promises, Any], None]] = {
    PromiseOpened: _opened,
    PromisePartKept: _part_kept,
    PromiseKept: _kept,
    PromiseBroken: _broken,
    PaymentReceived: _came_in,
    PaymentMovedIn: _came_in,
    PaymentReversed: _went_away,
    PaymentMovedAway: _went_away,
    **dict.fromkeys(get_args(Adjustment), _adjusted),
    CreditTransferredIn: _came_in,
}


def apply_terms(terms: PromiseTerms | None, fact: Event) -> PromiseTerms | None:
    """The terms of a seller after an event of its stream of terms."""
    return fact.terms if isinstance(fact, PromiseTermsSet) else terms


def apply_broken(is_broken: bool | None, fact: Event) -> bool | None:
    """Whether the promise that ended last was broken, after an event of the account."""
    match fact:
        case PromiseBroken():
            return True
        case PromiseKept():
            return False
    return is_broken
