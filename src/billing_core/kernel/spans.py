"""Spans: days from one date up to another, the second one not included; without a second one they never end.

The one shape of "from, to" in the rules: periods, segments and spans of a component in force are spans with further
content. A part cut from such a span keeps that content.

    Span(1 Mar, 1 Apr).within(Span(20 Mar, None))    [20 Mar, 1 Apr)
    Span(1 Mar, 1 Apr).minus(Span(10 Mar, 20 Mar))   [1 Mar, 10 Mar) and [20 Mar, 1 Apr)
    Span(1 Mar, 1 Apr).cut([10 Mar])                 [1 Mar, 10 Mar) and [10 Mar, 1 Apr)
    merged([1 Mar, 5 Mar), [5 Mar, 9 Mar))           [1 Mar, 9 Mar)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Self, TypeVar

import msgspec

ONE_DAY = timedelta(days=1)


class Span(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The days from `from_on` up to, and without, `to_on`; None never comes."""

    from_on: date
    to_on: date | None

    @property
    def end(self) -> date:
        """`to_on`, for comparisons: the end of the calendar if it never comes."""
        return self.to_on or date.max

    @property
    def days(self) -> int:
        """How many days these are."""
        return (self.end - self.from_on).days

    def contains(self, on: date) -> bool:
        """Whether a day is one of these."""
        return self.from_on <= on < self.end

    def covers(self, other: Span) -> bool:
        """Whether all days of another span are among these."""
        return self.from_on <= other.from_on and other.end <= self.end

    def within(self, other: Span) -> Self | None:
        """The days that both have in common; None if there are none."""
        from_on = max(self.from_on, other.from_on)
        to_on = self.to_on if other.to_on is None or self.end <= other.to_on else other.to_on
        if to_on is not None and to_on <= from_on:
            return None
        return self if (from_on, to_on) == (self.from_on, self.to_on) else self._over(from_on, to_on)

    def minus(self, other: Span) -> Iterator[Self]:
        """The days that are not in another span: none, one or two spans."""
        if self.end <= other.from_on or other.end <= self.from_on:
            yield self
            return
        if self.from_on < other.from_on:
            yield self._over(self.from_on, other.from_on)
        if other.end < self.end:
            yield self._over(other.end, self.to_on)

    def cut(self, days: Iterable[date]) -> Iterator[Self]:
        """The same days as spans that begin on each of some days, which stand in order."""
        rest = self
        for on in days:
            if rest.from_on < on < rest.end:
                yield rest._over(rest.from_on, on)
                rest = rest._over(on, rest.to_on)
        yield rest

    def _over(self, from_on: date, to_on: date | None) -> Self:
        return msgspec.structs.replace(self, from_on=from_on, to_on=to_on)


AnySpan = TypeVar("AnySpan", bound=Span)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The days of some spans in order, without overlaps; spans that follow on are one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda entry: entry.from_on):
        if found and span.from_on <= found[-1].end:
            if found[-1].end < span.end:
                found[-1] = Span(found[-1].from_on, span.to_on)
        else:
            found.append(Span(span.from_on, span.to_on))
    return found


def without(spans: Iterable[AnySpan], others: Sequence[Span]) -> Iterator[AnySpan]:
    """The days of some spans that are in no other span; both stand in order, and neither overlaps itself."""
    place = 0
    for span in spans:
        rest: AnySpan | None = span
        while place < len(others) and others[place].end <= span.from_on:
            place += 1
        ahead = place
        while rest is not None and ahead < len(others) and others[ahead].from_on < rest.end:
            left = list(rest.minus(others[ahead]))
            is_over = others[ahead].end >= rest.end
            yield from left if is_over else left[:-1]
            rest = None if is_over else left[-1]
            ahead += 1
        if rest is not None:
            yield rest
