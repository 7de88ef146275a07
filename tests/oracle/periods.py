"""The periods of a component: which of their days are charged, on which terms, when they are due, and their shares.

In advance a period is due on its first charged day, in arrears when it is over or its component ends. A first stub that
is joined is due on the first charged day of the period after it; if none follows, as soon as that is known. A period
that was charged in advance stays charged, although its days would become due later by what is learnt since.

A last stub that is charged in full goes on, as it was on the last day of the service, to the end of its period.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple, TypeVar

from tests.oracle.exact import ONE_DAY, Days, Part, Share, once_on, share_of
from tests.oracle.history import Written
from tests.oracle.life import Life, Span, days_of

Terms = TypeVar("Terms")


class Period(NamedTuple):
    """A period of a component. `charged` names, for each charged day, the day whose terms hold for it.

    `joined` is the first stub of the component, if it is one with the period that follows.
    """

    joined: Days | None
    span: Span
    component: Written
    days: Days
    due_on: date
    share: Share
    charged: Mapping[date, date]

    @property
    def code(self) -> str:
        return self.span.code

    @property
    def is_advance(self) -> bool:
        return self.span.rule["in"] == "advance"

    def priced_on(self, day: date) -> date:
        """The day whose list prices and dates hold for a charged day: its own, unless the price is for all of them."""
        return self.charged[day] if self.component.get("proration") == "none" else day

    def adjusted_on(self, day: date) -> tuple[date, date]:
        """The day whose terms say what is on a charged day, and the one whose dates count: an amount has its own."""
        is_fee = self.component["kind"] == "recurring"
        return (self.charged[day], self.priced_on(day)) if is_fee else (day, day)

    def number(self, day: date) -> int:
        """The number of the period of a day, in which a joined stub is one with the period that follows."""
        is_joined = self.joined is not None and self.joined[0] <= day < self.joined[1]
        return self.span.grid.number(day) + is_joined

    def runs(self, terms: Callable[[date], Terms]) -> list[tuple[Days, Terms]]:
        """The charged days as unbroken runs of days with the same terms; `terms` are those of an actual day."""
        found = []
        # Days that follow on have one distance from their place.
        numbered = ((day, day.toordinal() - place, terms(day)) for place, day in enumerate(self.charged))
        for (_, of_day), run in groupby(numbered, key=lambda entry: entry[1:]):
            days = [day for day, *_ in run]
            found.append(((days[0], days[-1] + ONE_DAY), of_day))
        return found


class Stubs(NamedTuple):
    """The days that activation and termination leave of the periods that they cut."""

    first: Days | None
    activated_on: date | None
    ends_on: date | None
    terminated_on: date | None


def periods_of(span: Span, life: Life) -> list[Period]:
    """The periods of a span in which some day is charged, in order."""
    stubs = _stubs(span, life)
    by_period: dict[Days, list[date]] = {}
    for day in span.days:
        by_period.setdefault(_period_of(day, span, stubs), []).append(day)
    waived = life.waived(span.code)
    found = []
    for days, in_force in by_period.items():
        charged = _charged(days, in_force, span, stubs, life)
        if charged:
            found.append(_period(days, in_force, charged, span, stubs, life))
    return [_unwaived(period, waived) for period in found]


def _unwaived(period: Period, waived: set[date]) -> Period:
    """A period without the days that are waived; one that is not prorated is waived whole with any of its days."""
    left = {day: on for day, on in period.charged.items() if day not in waived}
    is_whole = period.component.get("proration") == "none"
    return period._replace(charged={} if is_whole and len(left) < len(period.charged) else left)


def _stubs(span: Span, life: Life) -> Stubs:
    first, ends_on = span.days[0], span.days[-1] + ONE_DAY
    is_first = first == life.since
    period = span.grid.period(first)
    return Stubs(
        first=period if is_first and period[0] < first else None,
        activated_on=first if is_first else None,
        ends_on=ends_on if ends_on < life.ahead_on else None,
        terminated_on=ends_on if ends_on == life.ended_on else None,
    )


def _period_of(day: date, span: Span, stubs: Stubs) -> Days:
    """The period of a day; a first stub that is joined is one with the period that follows."""
    period = span.grid.period(day)
    stub = stubs.first
    if stub is None or span.rule["first_stub"] != "join" or period[0] > stub[1] or _ends_in_stub(stubs):
        return period
    return stub[0], span.grid.period(stub[1])[1]


def _ends_in_stub(stubs: Stubs) -> bool:
    return stubs.first is not None and stubs.ends_on is not None and stubs.ends_on <= stubs.first[1]


def _is_last(days: Days, stubs: Stubs) -> bool:
    return stubs.terminated_on is not None and stubs.terminated_on < days[1] and days[0] < stubs.terminated_on


def _charged(days: Days, in_force: list[date], span: Span, stubs: Stubs, life: Life) -> list[date]:
    if span.rule["first_stub"] == "free" and days == stubs.first:
        return []
    return [day for day in in_force if life.is_charged(span.code, day)]


def _period(days: Days, in_force: list[date], charged: list[date], span: Span, stubs: Stubs, life: Life) -> Period:
    component = life.component(span.code, charged[0])
    assert component is not None
    mode = component.get("proration", "whole") if component["kind"] != "usage" else "whole"
    terms = {day: day for day in charged}
    if mode == "none":
        ends_on = _unbroken(charged[0], in_force)
        if _is_last(days, stubs) and ends_on == stubs.terminated_on:
            ends_on = days[1]
        terms = dict.fromkeys(days_of(charged[0], ends_on), charged[0])
        share = once_on(charged[0])
    else:
        share = _share(days, mode, span, stubs)
        if _is_last(days, stubs) and span.rule["last_stub"] == "full" and charged[-1] + ONE_DAY == stubs.terminated_on:
            terms |= dict.fromkeys(days_of(stubs.terminated_on, days[1]), charged[-1])
    if _is_last(days, stubs) and span.rule["last_stub"] == "none":
        terms = {}
    joined = stubs.first if span.rule["first_stub"] == "join" and not _ends_in_stub(stubs) else None
    return Period(joined, span, component, days, _due_on(days, charged, span, stubs), share, terms)


def _unbroken(day: date, in_force: list[date]) -> date:
    """The end of the unbroken days from one on."""
    inside = set(in_force)
    while day in inside:
        day += ONE_DAY
    return day


def _share(days: Days, mode: str, span: Span, stubs: Stubs) -> Share:
    """How the days of a period are measured: each of its one or two parts by what is present of it."""
    first, policy = stubs.first, span.rule["first_stub"]
    if first == days and policy == "full" and stubs.activated_on is not None:
        whole = stubs.activated_on, days[1]
        return share_of("whole", 0, [Part(whole, whole)])
    parts = [days]
    if first is not None and days != first and days[0] == first[0]:
        parts = [first, span.grid.period(first[1])]
    return share_of(mode, span.grid.months, [Part(part, _present(part, span, stubs)) for part in parts])


def _present(period: Days, span: Span, stubs: Stubs) -> Days:
    from_on, to_on = period
    if stubs.activated_on is not None:
        from_on = max(from_on, stubs.activated_on)
    if _is_last(period, stubs) and span.rule["last_stub"] != "full":
        assert stubs.terminated_on is not None
        to_on = stubs.terminated_on
    return from_on, to_on


def _due_on(days: Days, charged: list[date], span: Span, stubs: Stubs) -> date:
    ends_on = min(days[1], stubs.ends_on or days[1])
    waited = span.rule["first_stub"] == "join" and days == stubs.first
    if span.rule["in"] == "arrears" or waited:
        return ends_on
    if stubs.first is not None and days != stubs.first and days[0] == stubs.first[0]:
        follows_on = stubs.first[1]
        return min((day for day in charged if day >= follows_on), default=follows_on)
    return charged[0]
