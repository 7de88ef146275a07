"""The events of promised payments."""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money
from billing_core.promises.terms import PromiseTerms


class PromisePart(msgspec.Struct, frozen=True, array_like=True):
    """A part of a promise: it is to be paid by `until_on`, inclusive; on `breaks_on` it is broken if unpaid."""

    until_on: date
    breaks_on: date
    amount: Money


@event("promise-terms-set")
class PromiseTermsSet(Event, frozen=True, kw_only=True):
    """From now on the customers of a seller promise on these terms; None if they may not promise."""

    seller: str
    terms: PromiseTerms | None


@event("promise-opened")
class PromiseOpened(Event, frozen=True, kw_only=True):
    """The customer owes `amount` and is to pay it by `until_on`, inclusive; on `breaks_on` it is broken if unpaid.

    An instalment plan has several `parts`, in order of their dates; the dates above are those of the last one.
    """

    amount: Money
    until_on: date
    breaks_on: date
    parts: tuple[PromisePart, ...] = ()


@event("promise-part-kept")
class PromisePartKept(Event, frozen=True, kw_only=True):
    """A part of an instalment plan came in, counted from 1; the next one is due by `next_until_on`."""

    part: int
    next_until_on: date
    next_breaks_on: date


@event("promise-kept")
class PromiseKept(Event, frozen=True, kw_only=True):
    """All that was promised came in."""


@event("promise-broken")
class PromiseBroken(Event, frozen=True, kw_only=True):
    """The time of a part passed, and so much of what was promised by then was missing; later parts lapse."""

    missing: Money
    part: int = 1
