"""What speaks against a promise, and from which day on it does not any more.

Every reason is found, not only the first one, so that a clerk, a kiosk or the own pages can say them before anybody
tries. Each has a code for programs and words for people.

    terms: debts from 1.00 to 50.00, 2 a month, 30 days without one after a broken one, 25 % is paid on the day

    2 March, owes 60.00, broke one on 1 March    debt-too-large; cool-down, possible on 31 March;
                                                 too-little-paid, 15.00 are to be paid first
    31 March, owes 40.00 after 20.00 came in     nothing
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.money import Money, rounded, zero
from billing_core.kernel.spans import ONE_DAY
from billing_core.promises.state import Promises, same_month
from billing_core.promises.terms import PromiseTerms, is_day_of_month, next_day_of_month

ALL_PERCENT = 100
ObjectionCode = Literal[
    "no-terms", "promise-open", "no-debt", "debt-too-small", "debt-too-large", "amount-too-large", "date-passed",
    "date-too-late", "dates-not-in-order", "too-many-instalments", "too-many-this-month", "cool-down",
    "service-too-young", "not-on-this-day", "too-little-paid",
]  # fmt: skip

# --- values and errors


class Promisor(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the account on the day: what it owes, what came in today, since when its oldest service is."""

    owed: Money
    received_today: Money
    served_since_on: date | None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be promised: `amount` by the last of the `dates`; without any date only whether one is possible."""

    amount: Money
    dates: tuple[date, ...] = ()


class Objection(msgspec.Struct, frozen=True, kw_only=True):
    """A reason against a promise: code and words, and about which value.

    From `possible_on` on it does not stand any more; None if time alone does not change it. `missing` is what is to be
    paid on the day first.
    """

    code: ObjectionCode
    words: str
    field: str
    value: str
    possible_on: date | None = None
    missing: Money | None = None


class PromiseRefused(RuleViolation):
    """The terms of the seller, or the state of the account, forbid a promise; `code` is that of the reason."""

    def __init__(self, objection: Objection) -> None:
        super().__init__(objection.words, field=objection.field, value=objection.value)
        self.code = f"promise-refused-{objection.code}"


# --- decisions


def objections_to(
    promises: Promises, terms: PromiseTerms | None, debtor: Promisor, asked: Asked, on: date
) -> list[Objection]:
    """Every reason against a promise on a day; none if it is possible."""
    if terms is None:
        words = "the seller takes no promises; set its terms with `billing do set-promise-terms`"
        return [Objection(code="no-terms", words=words, field="promise", value=str(asked.amount))]
    return [
        *_of_open(promises), *_of_debt(terms, debtor, asked), *_of_dates(terms, asked, on),
        *_of_month(promises, terms, on), *_of_broken(promises, terms, on), *_of_service(terms, debtor, on),
        *_of_day(terms, on), *_of_paid(terms, debtor),
    ]  # fmt: skip


def refuse(objections: list[Objection]) -> None:
    """The first reason against it as an error; nothing if there is none."""
    for objection in objections:
        if objection.code in ("date-passed", "date-too-late", "dates-not-in-order"):
            raise InvalidValue(objection.words, field=objection.field, value=objection.value)
        raise PromiseRefused(objection)


def _of_open(promises: Promises) -> Iterator[Objection]:
    promise = promises.open
    if promise is not None:
        words = f"a promise until {promise.until_on} is open; only one may be at a time"
        yield Objection(code="promise-open", words=words, field="promise", value=str(promise.until_on),
                        possible_on=promise.breaks_on)  # fmt: skip


def _of_debt(terms: PromiseTerms, debtor: Promisor, asked: Asked) -> Iterator[Objection]:
    owed = debtor.owed
    if owed.amount <= 0:
        words = "the account owes nothing, so there is nothing to promise"
        yield Objection(code="no-debt", words=words, field="balance", value=str(-owed))
        return
    if owed.amount < terms.least_debt:
        words = f"is owed; a promise needs at least {terms.least_debt:f}"
        yield Objection(code="debt-too-small", words=words, field="balance", value=str(owed))
    if terms.most_debt is not None and owed.amount > terms.most_debt:
        words = f"is owed; a promise covers at most {terms.most_debt:f}"
        yield Objection(code="debt-too-large", words=words, field="balance", value=str(owed))
    if asked.amount.amount > owed.amount:
        words = f"is more than what is owed, {owed}; promise that at most"
        yield Objection(code="amount-too-large", words=words, field="amount", value=str(asked.amount))


def _of_dates(terms: PromiseTerms, asked: Asked, on: date) -> Iterator[Objection]:
    if len(asked.dates) > terms.most_instalments:
        words = f"instalments are too many; the seller takes {terms.most_instalments} at most"
        yield Objection(code="too-many-instalments", words=words, field="dates", value=str(len(asked.dates)))
    before = on
    for place, until_on in enumerate(asked.dates):
        if until_on < on:
            words = f"is before today, {on}"
            yield Objection(code="date-passed", words=words, field="until", value=str(until_on))
        elif place and until_on <= before:
            words = f"does not follow {before}; name the dates in their order"
            yield Objection(code="dates-not-in-order", words=words, field="until", value=str(until_on))
        elif until_on > (last_on := before + timedelta(days=terms.most_days)):
            after = "ahead" if before == on else f"after {before}"
            words = f"is more than {terms.most_days} days {after}; the last day is {last_on}"
            yield Objection(code="date-too-late", words=words, field="until", value=str(until_on))
        before = until_on


def _of_month(promises: Promises, terms: PromiseTerms, on: date) -> Iterator[Objection]:
    this_month = [known for known in promises.opened_on if same_month(known, on)]
    if len(this_month) >= terms.most_per_month:
        next_on = (on.replace(day=1) + timedelta(days=31)).replace(day=1)
        words = f"only {terms.most_per_month} a month may be opened; the last one was on {this_month[-1]}"
        yield Objection(code="too-many-this-month", words=words, field="promise", value=str(len(this_month)),
                        possible_on=next_on)  # fmt: skip


def _of_broken(promises: Promises, terms: PromiseTerms, on: date) -> Iterator[Objection]:
    if promises.broken_on is None:
        return
    again_on = promises.broken_on + timedelta(days=terms.days_after_broken)
    if on < again_on:
        words = f"a promise was broken on {promises.broken_on}; the next one may be opened on {again_on}"
        yield Objection(code="cool-down", words=words, field="promise", value=str(promises.broken_on),
                        possible_on=again_on)  # fmt: skip


def _of_service(terms: PromiseTerms, debtor: Promisor, on: date) -> Iterator[Objection]:
    if not terms.least_service_days:
        return
    since_on = debtor.served_since_on
    possible_on = None if since_on is None else since_on + timedelta(days=terms.least_service_days)
    if possible_on is None or on < possible_on:
        since = "there is no service" if since_on is None else f"the oldest service is there since {since_on}"
        words = f"a promise needs a service of {terms.least_service_days} days; {since}"
        yield Objection(code="service-too-young", words=words, field="service", value=str(since_on or ""),
                        possible_on=possible_on)  # fmt: skip


def _of_day(terms: PromiseTerms, on: date) -> Iterator[Objection]:
    if not is_day_of_month(terms, on):
        next_on = next_day_of_month(terms, on + ONE_DAY)
        words = f"promises are not opened on this day of the month; the next day is {next_on}"
        yield Objection(code="not-on-this-day", words=words, field="today", value=str(on), possible_on=next_on)


def _of_paid(terms: PromiseTerms, debtor: Promisor) -> Iterator[Objection]:
    missing = missing_today(terms, debtor)
    if missing.amount > 0 and debtor.owed.amount > 0:
        words = f"is to be paid today first, so that {terms.least_paid_percent:f} % of the debt came in"
        yield Objection(code="too-little-paid", words=words, field="payment", value=str(missing), missing=missing)


def missing_today(terms: PromiseTerms, debtor: Promisor) -> Money:
    """What is still to be paid on the day before the rest may be promised.

    25 %, owes 45.00 and 15.00 came in today: a quarter of 60.00 did    0.00
    25 %, owes 60.00                                                   15.00
    """
    currency = debtor.owed.currency
    whole = debtor.owed.amount + debtor.received_today.amount
    share = rounded(whole * terms.least_paid_percent / Decimal(ALL_PERCENT), currency)
    return max(share - debtor.received_today, zero(currency), key=lambda money: money.amount)
