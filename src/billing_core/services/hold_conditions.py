"""What speaks against a hold by the terms of the tariff, each reason with a code and the day from which it ends.

terms: 10 to 60 days, 90 a year, 14 days' notice, not with a debt; asked on 1 June, 5.00 are overdue

7 June to 12 June     notice, possible on 15 June; too-short: 5 days; debt
15 June to 15 July    debt
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from billing_core.catalogue.hold_terms import HoldTerms
from billing_core.catalogue.tariffs import Catalogue, tariff_named
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.money import Money
from billing_core.kernel.spans import Span
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms_in_force import Change
from billing_core.services.timeline import Segment, segments

HoldObjectionCode = Literal[
    "not-offered", "not-possible", "end-missing", "too-short", "too-long", "allowance-used", "in-the-past", "notice",
    "debt", "not-yearly",
]  # fmt: skip

# --- values


class HoldObjection(msgspec.Struct, frozen=True, kw_only=True):
    """A reason against a hold: code and words, and about which value.

    If the hold begins on `possible_on` or later, the reason does not stand; None if another first day does not help.
    """

    code: HoldObjectionCode
    words: str
    field: str
    value: str | None = None
    possible_on: date | None = None


class Held(Span, frozen=True, array_like=True):
    """An unbroken span on hold, and the tariff of its first day."""

    tariff: str


# --- decisions


def refuse(objections: Sequence[HoldObjection]) -> None:
    """The first reason against it as an error; nothing if there is none."""
    for each in objections:
        if each.code == "end-missing":
            raise InvalidValue(each.words, field=each.field, value=each.value)
        raise RuleViolation(each.words, field=each.field, value=each.value)


def by_terms(subscription: Subscription, timeline: Sequence[Change], catalogue: Catalogue) -> Iterator[HoldObjection]:
    """Against every hold that the timeline has and the subscription had not: its length, and its days of a year."""
    before = holds_of(subscription.segments())
    after = holds_of(segments(timeline, subscription.corrections))
    for held in after:
        terms = tariff_named(catalogue, held.tariff).hold if held not in before else None
        if terms is not None:
            yield from _by_length(held, terms)
            yield from _by_share_of_year(held, after, terms)


def by_request(terms: HoldTerms, begins_on: date, debt: Money, today: date) -> Iterator[HoldObjection]:
    """Against a hold that is asked for today: the notice that it needs, and a debt that is overdue."""
    possible_on = today + timedelta(days=terms.notice_days)
    if terms.notice_days and begins_on < possible_on:
        words = f"needs {terms.notice_days} days' notice; the first day is {possible_on}"
        yield HoldObjection(code="notice", words=words, field="hold from", value=str(begins_on),
                            possible_on=possible_on)  # fmt: skip
    if debt.amount > 0 and not terms.with_debt:
        words = "is overdue; it is to be paid before the service can be put on hold"
        yield HoldObjection(code="debt", words=words, field="debt", value=str(debt))


def holds_of(found: Sequence[Segment]) -> list[Held]:
    """The unbroken spans on hold, each with the tariff of its first day."""
    holds: list[Held] = []
    for segment in found:
        if segment.in_force.status != "held":
            continue
        if holds and holds[-1].to_on == segment.from_on:
            holds[-1] = msgspec.structs.replace(holds[-1], to_on=segment.to_on)
        else:
            holds.append(Held(segment.from_on, segment.to_on, segment.in_force.tariff))
    return holds


def days_held(subscription: Subscription, year: int) -> int:
    """The days of a calendar year on which a subscription is on hold, past and to come."""
    return sum(_days_in_year(held, year) for held in holds_of(subscription.segments()))


def _by_length(held: Held, terms: HoldTerms) -> Iterator[HoldObjection]:
    most = terms.most_days or terms.most_days_a_year
    if held.to_on is None:
        if most is not None:
            words = f"tariff {held.tariff} allows {most} days; supply the day on which it ends"
            yield HoldObjection(code="end-missing", words=words, field="hold until")
        return
    days = held.days
    if days < terms.least_days:
        words = f"is {days} days; tariff {held.tariff} asks for at least {terms.least_days}"
        yield HoldObjection(code="too-short", words=words, field="hold from", value=str(held.from_on))
    if terms.most_days is not None and days > terms.most_days:
        words = f"is {days} days; tariff {held.tariff} allows at most {terms.most_days} at once"
        yield HoldObjection(code="too-long", words=words, field="hold from", value=str(held.from_on))


def _by_share_of_year(held: Held, holds: Sequence[Held], terms: HoldTerms) -> Iterator[HoldObjection]:
    if terms.most_days_a_year is None or held.to_on is None:
        return
    for year in range(held.from_on.year, held.to_on.year + 1):
        days = sum(_days_in_year(entry, year) for entry in holds)
        if days > terms.most_days_a_year and _days_in_year(held, year):
            words = f"makes {days} days on hold in {year}; tariff {held.tariff} allows {terms.most_days_a_year} a year"
            yield HoldObjection(code="allowance-used", words=words, field="hold from", value=str(held.from_on),
                                possible_on=date(year + 1, 1, 1))  # fmt: skip


def _days_in_year(held: Held, year: int) -> int:
    """The days of a hold in a year; one without an end lasts to the end of each year."""
    inside = held.within(Span(date(year, 1, 1), date(year + 1, 1, 1)))
    return 0 if inside is None else inside.days
