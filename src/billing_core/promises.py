"""Promised payment: the customer owes, promises to pay by a date, and is not suspended meanwhile.

Decides whether a promise can be opened, and when it is kept or broken; not who is suspended.

    terms: up to 10 days, 2 a month, a debt of 1.00 to 50.00, 30 days without one after a broken one

    2 March    owes 20.00, promises to pay by 9 March      opened over 20.00
    7 March    pays 12.00                                  open, 8.00 missing
    9 March    pays  8.00                                  kept
    10 March   (if 9 March brought nothing)                broken, 8.00 missing; the next one from 9 April on

A promise is about what was owed when it was opened. Whatever comes in afterwards counts towards it, and what bounces
counts no more, so it is kept once all of it was paid, whatever was invoiced meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, zero
from billing_core.kernel.spans import ONE_DAY
from billing_core.payments.events import PaymentMovedAway, PaymentMovedIn, PaymentReceived, PaymentReversed

# --- values and events


class PromiseTerms(msgspec.Struct, frozen=True, kw_only=True):
    """On which terms a seller's customers may promise; amounts are in the currency of the account.

    `most_days` is the longest term; `price` is charged for each promise, with VAT of `vat_rate` percent on top.
    """

    most_days: int
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
    """The customer owes `amount` and is to pay it by `until_on`, inclusive."""

    amount: Money
    until_on: date


@event("promise-kept")
class PromiseKept(Event, frozen=True, kw_only=True):
    """All that was promised came in."""


@event("promise-broken")
class PromiseBroken(Event, frozen=True, kw_only=True):
    """The last day passed, and so much of what was promised was missing."""

    missing: Money


# --- state


class OpenPromise(msgspec.Struct, frozen=True, array_like=True):
    """A promise whose outcome is not known yet."""

    opened_on: date
    until_on: date
    amount: Money
    paid: Money

    @property
    def missing(self) -> Money:
        return max(self.amount - self.paid, zero(self.amount.currency), key=lambda money: money.amount)


class Promises(msgspec.Struct, array_like=True):
    """The promises of an account: the open one, when those of the last month were opened, when one was broken last."""

    open: OpenPromise | None = None
    opened_on: list[date] = []
    broken_on: date | None = None


def _opened(promises: Promises, fact: PromiseOpened) -> None:
    on = fact.effective_on
    promises.open = OpenPromise(on, fact.until_on, fact.amount, zero(fact.amount.currency))
    promises.opened_on = [*(known for known in promises.opened_on if _same_month(known, on)), on]


def _kept(promises: Promises, fact: PromiseKept) -> None:
    promises.open = None


def _broken(promises: Promises, fact: PromiseBroken) -> None:
    promises.open, promises.broken_on = None, fact.effective_on


def _came_in(promises: Promises, fact: PaymentReceived | PaymentMovedIn) -> None:
    _count(promises, fact.amount)


def _went_away(promises: Promises, fact: PaymentReversed | PaymentMovedAway) -> None:
    _count(promises, -fact.amount)


def _count(promises: Promises, amount: Money) -> None:
    if promises.open is not None:
        promises.open = msgspec.structs.replace(promises.open, paid=promises.open.paid + amount)


FOLDS: Mapping[type[Event], Callable[[Promises, Any], None]] = {
    PromiseOpened: _opened,
    PromiseKept: _kept,
    PromiseBroken: _broken,
    PaymentReceived: _came_in,
    PaymentMovedIn: _came_in,
    PaymentReversed: _went_away,
    PaymentMovedAway: _went_away,
}


def apply_terms(terms: PromiseTerms | None, fact: Event) -> PromiseTerms | None:
    """The terms of a seller after an event of its stream of terms."""
    return fact.terms if isinstance(fact, PromiseTermsSet) else terms


# --- decisions


def set_terms(known: PromiseTerms | None, fact: PromiseTermsSet) -> list[Event]:
    """Terms that make sense, or none; those that hold already change nothing."""
    terms = fact.terms
    if terms is not None:
        for field, value, least in (
            ("most days", terms.most_days, 1),
            ("most per month", terms.most_per_month, 1),
            ("days after broken", terms.days_after_broken, 0),
            ("price", terms.price, 0),
            ("least debt", terms.least_debt, 0),
        ):
            if value < least:
                raise InvalidValue(f"must be at least {least}", field=field, value=value)
        if terms.most_debt is not None and terms.most_debt < terms.least_debt:
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
    return [PromiseOpened(effective_on=on, amount=-balance, until_on=until_on)]


def keep_promise(promises: Promises, on: date) -> list[Event]:
    """Close the open promise as kept if nothing is missing; otherwise nothing happens."""
    if promises.open is None or promises.open.missing.amount:
        return []
    return [PromiseKept(effective_on=on)]


def break_promise(promises: Promises, on: date) -> list[Event]:
    """Close the open promise as broken if its last day has passed and something is missing."""
    if promises.open is None or on <= promises.open.until_on or not promises.open.missing.amount:
        return []
    return [PromiseBroken(effective_on=on, missing=promises.open.missing)]


def breaks_on(fact: PromiseOpened) -> date:
    """The day on which a promise is broken unless it was kept."""
    return fact.until_on + ONE_DAY


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
