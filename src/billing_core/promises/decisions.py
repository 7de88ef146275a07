"""Promised payment: opened within the terms, in one or several parts, and kept or broken by what comes in.

    terms: up to 10 days, 1 day of grace, 2 a month, a debt of 1.00 to 50.00, 30 days without one after a broken one

    2 March    owes 20.00, promises to pay by 9 March      opened over 20.00
    7 March    pays 12.00                                  open, 8.00 missing
    10 March   8.00 are booked that came in on 9 March     kept
    11 March   (if nothing more of 9 March was booked)     broken, 8.00 missing; the next one from 10 April on

A promise is about what was owed when it was opened. A payment that is booked afterwards counts towards it if it came in
on its last day or before, and no more if it bounces; so it is kept once all of it was paid, whatever was invoiced
meanwhile. The days of grace are for the booking, not for the payment. Credit that is transferred from another account
counts as a payment of its day. It is also kept if a postpaid account owes nothing any more before its last day is over,
as after a credit note: there is nothing left to be paid.

An instalment plan is a promise in parts, each with its own last day. What comes in early counts on; the first part that
is broken breaks the plan, and what was to come later is owed as before:

    20.00 by 9 March and by 9 April: 10.00 each
    7 March    pays 12.00        first part kept, 8.00 missing of the second
    9 April    pays 8.00         kept
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, require_amount, split, total
from billing_core.promises.conditions import Asked, Promisor, objections_to, refuse
from billing_core.promises.events import (
    PromiseBroken,
    PromiseKept,
    PromiseOpened,
    PromisePart,
    PromisePartKept,
    PromiseTermsSet,
)
from billing_core.promises.state import Promises
from billing_core.promises.terms import PromiseTerms, breaks_on, require_terms


def set_terms(known: PromiseTerms | None, fact: PromiseTermsSet) -> list[Event]:
    """Terms that make sense, or none; those that hold already change nothing."""
    if fact.terms is not None:
        require_terms(fact.terms)
    return [] if fact.terms == known else [fact]


def amounts_of(amount: Money, dates: Sequence[date], amounts: Sequence[Decimal]) -> list[Money]:
    """The amounts of the parts of a promise: those that were named, else equal ones by largest remainder.

    20.00 over three dates    6.67, 6.67, 6.66
    """
    if not amounts:
        return split(amount, [1] * len(dates))
    if len(amounts) != len(dates):
        raise InvalidValue(f"must be as many as the dates, {len(dates)}", field="amounts", value=len(amounts))
    return [require_amount(each, amount.currency, "amounts") for each in amounts]


def open_promise(
    promises: Promises, terms: PromiseTerms | None, debtor: Promisor, dates: Sequence[date], amounts: Sequence[Money],
    on: date,
) -> list[Event]:  # fmt: skip
    """Promise some amounts by their dates: one promise at a time, and within the seller's terms."""
    asked = Asked(amount=total(amounts, debtor.owed.currency), dates=tuple(dates))
    refuse(objections_to(promises, terms, debtor, asked, on))
    assert terms is not None
    if not dates:
        raise InvalidValue("are missing; name a date for each part", field="dates", value="")
    if any(amount.amount <= 0 for amount in amounts):
        raise InvalidValue("must be more than zero", field="amount", value=", ".join(map(str, amounts)))
    parts = [
        PromisePart(until_on, breaks_on(terms, until_on), amount)
        for until_on, amount in zip(dates, amounts, strict=True)
    ]
    return [
        PromiseOpened(
            effective_on=on, amount=asked.amount, until_on=parts[-1].until_on, breaks_on=parts[-1].breaks_on,
            parts=tuple(parts) if len(parts) > 1 else (),
        )
    ]  # fmt: skip


def end_promise(promises: Promises, on: date, *, owes_nothing: bool = False) -> list[Event]:
    """What came in or was not paid in time of the open promise: its parts in order, each kept or the first one broken.

    It is kept if nothing is missing, or if the account `owes_nothing` any more on its last day or before; broken if the
    time of a part has passed; otherwise nothing happens.
    """
    promise, ended = promises.open, list[Event]()
    if promise is None:
        return ended
    if owes_nothing and on <= promise.until_on:
        return [PromiseKept(effective_on=on)]
    for place in range(promise.kept, len(promise.parts)):
        part, missing = promise.parts[place], promise.missing_by(place)
        if missing.amount:
            if on >= part.breaks_on:
                ended.append(PromiseBroken(effective_on=on, missing=missing, part=place + 1))
            return ended
        if place + 1 < len(promise.parts):
            following = promise.parts[place + 1]
            ended.append(PromisePartKept(effective_on=on, part=place + 1, next_until_on=following.until_on,
                                         next_breaks_on=following.breaks_on))  # fmt: skip
    return [*ended, PromiseKept(effective_on=on)]
