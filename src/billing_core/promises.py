"""Promised payment: the customer owes, promises to pay by a date, and is not suspended meanwhile.

Decides whether a promise can be opened, and when it is kept or broken; not who is suspended.

    terms: up to 10 days, 1 day of grace, 2 a month, a debt of 1.00 to 50.00, 30 days without one after a broken one

    2 March    owes 20.00, promises to pay by 9 March      opened over 20.00
    7 March    pays 12.00                                  open, 8.00 missing
    10 March   8.00 are booked that came in on 9 March     kept
    11 March   (if nothing more of 9 March was booked)     broken, 8.00 missing; the next one from 10 April on

A promise is about what was owed when it was opened. A payment that is booked afterwards counts towards it if it came in
on its last day or before, and no more if it bounces; so it is kept once all of it was paid, whatever was invoiced
meanwhile. The days of grace are for the booking, not for the payment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args

import msgspec

from billing_core.catalogue.prices import require_price, require_vat_rate
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, total, zero
from billing_core.payments.events import (
    Adjustment,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
    adjusted_credits,
)

# Limits of the terms of a seller.
MOST_DAYS = 366
MOST_GRACE_DAYS = 31
MOST_PER_MONTH = 31

# --- values and events


class PromiseTerms(msgspec.Struct, frozen=True, kw_only=True):
    """On which terms a seller's customers may promise; amounts are in the currency of the account.

    `most_days` is the longest term, `grace_days` the time for booking what came in on the last day. `price` is charged
    for each promise, with VAT of `vat_rate` percent on top.
    """

    most_days: int
    grace_days: int = 0
    most_per_month: int = 1
    least_debt: Decimal = Decimal(0)
    most_debt: Decimal | None = None
    days_after_broken: int = 0
    price: Decimal = Decimal(0)
    vat_rate: Decimal = Decimal(0)


@event("promise-terms-set")
class PromiseTermsSet(Event, frozen=True, kw_only=True):
    """From now on the customers of a seller promise on these terms; None if they may not promise."""

    seller: str
    terms: PromiseTerms | None


@event("promise-opened")
class PromiseOpened(Event, frozen=True, kw_only=True):
    """The customer owes `amount` and is to pay it by `until_on`, inclusive; on `breaks_on` it is broken if unpaid."""

    amount: Money
    until_on: date
    breaks_on: date


@event("promise-kept")
class PromiseKept(Event, frozen=True, kw_only=True):
    """All that was promised came in."""


@event("promise-broken")
class PromiseBroken(Event, frozen=True, kw_only=True):
    """Its time passed, and so much of what was promised was missing."""

    missing: Money


# --- state


class OpenPromise(msgspec.Struct, frozen=True, array_like=True):
    """A promise whose outcome is not known yet; `counted` are the payments towards it by their ids."""

    opened_on: date
    until_on: date
    breaks_on: date
    amount: Money
    counted: dict[str, Money] = {}

    @property
    def missing(self) -> Money:
        currency = self.amount.currency
        missing = self.amount - total(self.counted.values(), currency)
        return max(missing, zero(currency), key=lambda money: money.amount)


class Promises(msgspec.Struct, array_like=True):
    """The promises of an account: the open one, when those of the last month were opened, when one was broken last."""

    open: OpenPromise | None = None
    opened_on: list[date] = []
    broken_on: date | None = None


def _opened(promises: Promises, fact: PromiseOpened) -> None:
    on = fact.effective_on
    promises.open = OpenPromise(on, fact.until_on, fact.breaks_on, fact.amount)
    promises.opened_on = [*(known for known in promises.opened_on if _same_month(known, on)), on]


def _kept(promises: Promises, fact: PromiseKept) -> None:
    promises.open = None


def _broken(promises: Promises, fact: PromiseBroken) -> None:
    promises.open, promises.broken_on = None, fact.effective_on


def _came_in(promises: Promises, fact: PaymentReceived | PaymentMovedIn) -> None:
    promise = promises.open
    if promise is not None and fact.effective_on <= promise.until_on:
        promises.open = msgspec.structs.replace(promise, counted={**promise.counted, fact.payment: fact.amount})


def _went_away(promises: Promises, fact: PaymentReversed | PaymentMovedAway) -> None:
    promise = promises.open
    if promise is not None:
        counted = {payment: amount for payment, amount in promise.counted.items() if payment != fact.payment}
        promises.open = msgspec.structs.replace(promise, counted=counted)


def _adjusted(promises: Promises, fact: Adjustment) -> None:
    """What was taken back, refunded or paid out of a payment does not count towards the promise."""
    promise = promises.open
    if promise is not None:
        parts = [part for part in adjusted_credits(fact) if part.credit in promise.counted]
        counted = promise.counted | {part.credit: promise.counted[part.credit] + part.amount for part in parts}
        promises.open = msgspec.structs.replace(promise, counted=counted)


FOLDS: Mapping[type[Event], Callable[[Promises, Any], None]] = {
    PromiseOpened: _opened,
    PromiseKept: _kept,
    PromiseBroken: _broken,
    PaymentReceived: _came_in,
    PaymentMovedIn: _came_in,
    PaymentReversed: _went_away,
    PaymentMovedAway: _went_away,
    **dict.fromkeys(get_args(Adjustment), _adjusted),
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


# --- decisions


def set_terms(known: PromiseTerms | None, fact: PromiseTermsSet) -> list[Event]:
    """Terms that make sense, or none; those that hold already change nothing."""
    terms = fact.terms
    if terms is not None:
        for field, days, least, most in (
            ("most days", terms.most_days, 1, MOST_DAYS),
            ("grace days", terms.grace_days, 0, MOST_GRACE_DAYS),
            ("most per month", terms.most_per_month, 1, MOST_PER_MONTH),
            ("days after broken", terms.days_after_broken, 0, MOST_DAYS),
        ):
            if not least <= days <= most:
                raise InvalidValue(f"must be {least} to {most}", field=field, value=days)
        require_price(terms.price, "price")
        require_vat_rate(terms.vat_rate, "VAT rate")
        require_price(terms.least_debt, "least debt")
        if terms.most_debt is not None:
            require_price(terms.most_debt, "most debt")
            if terms.most_debt < terms.least_debt:
                raise InvalidValue(f"is less than the least debt, {terms.least_debt:f}", field="most debt",
                                   value=terms.most_debt)  # fmt: skip
    return [] if terms == known else [fact]


def open_promise(
    promises: Promises, terms: PromiseTerms | None, balance: Money, until_on: date, on: date
) -> list[Event]:
    """Promise to pay what is owed by a date: one at a time, and within the seller's terms."""
    if terms is None:
        raise RuleViolation("the seller takes no promises; set its terms with `billing do set-promise-terms`",
                            field="promise", value=str(until_on))  # fmt: skip
    if promises.open is not None:
        raise RuleViolation(
            f"a promise until {promises.open.until_on} is open; only one may be at a time",
            field="promise",
            value=until_on,
        )
    _require_debt(terms, balance)
    _require_term(terms, until_on, on)
    this_month = [known for known in promises.opened_on if _same_month(known, on)]
    if len(this_month) >= terms.most_per_month:
        raise RuleViolation(f"only {terms.most_per_month} a month may be opened; the last one was on {this_month[-1]}",
                            field="promise", value=until_on)  # fmt: skip
    if promises.broken_on is not None and on < (again_on := _after_broken(terms, promises.broken_on)):
        raise RuleViolation(f"a promise was broken on {promises.broken_on}; the next one may be opened on {again_on}",
                            field="promise", value=until_on)  # fmt: skip
    breaks_on = until_on + timedelta(days=1 + terms.grace_days)
    return [PromiseOpened(effective_on=on, amount=-balance, until_on=until_on, breaks_on=breaks_on)]


def end_promise(promises: Promises, on: date) -> list[Event]:
    """Close the open promise: kept if nothing is missing, broken if its time has passed; otherwise nothing happens."""
    promise = promises.open
    if promise is None:
        return []
    if not promise.missing.amount:
        return [PromiseKept(effective_on=on)]
    return [PromiseBroken(effective_on=on, missing=promise.missing)] if on >= promise.breaks_on else []


def _require_debt(terms: PromiseTerms, balance: Money) -> None:
    owed = -balance
    if owed.amount <= 0:
        raise RuleViolation("the account owes nothing, so there is nothing to promise", field="balance", value=balance)
    if owed.amount < terms.least_debt:
        raise RuleViolation(f"is owed; a promise needs at least {terms.least_debt:f}", field="balance", value=owed)
    if terms.most_debt is not None and owed.amount > terms.most_debt:
        raise RuleViolation(f"is owed; a promise covers at most {terms.most_debt:f}", field="balance", value=owed)


def _require_term(terms: PromiseTerms, until_on: date, on: date) -> None:
    if until_on < on:
        raise InvalidValue(f"is before today, {on}", field="until", value=until_on)
    last_on = on + timedelta(days=terms.most_days)
    if until_on > last_on:
        raise InvalidValue(f"is more than {terms.most_days} days ahead; the last day is {last_on}", field="until",
                           value=until_on)  # fmt: skip


def _after_broken(terms: PromiseTerms, broken_on: date) -> date:
    return broken_on + timedelta(days=terms.days_after_broken)


def _same_month(first: date, second: date) -> bool:
    return (first.year, first.month) == (second.year, second.month)
