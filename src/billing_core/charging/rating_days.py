"""Rating days: the day whose price each recorded quantity has. No used unit is without a price, and none is lost.

1. The price that is in force on the day of use.
2. Else the last price before it: the component ended, or the tariff changed, and that became known later.
3. Else the first price after it: a later activation became known.

Only usage of a component that was never in force has no price.

Worked example: data is in force on [1 Apr, 16 Apr) and from 1 May on

    used on 10 April  ->  10 April       used on 20 April  ->  15 April       used on 28 March  ->  1 April
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from billing_core.catalogue.components import Usage
from billing_core.charging.schedule import BillingSpan, Piece, due_periods
from billing_core.charging.view import BillingView
from billing_core.kernel.spans import ONE_DAY, Span
from billing_core.usage.records import Rated, UsageEntry


class RatedUsage(NamedTuple):
    """A recorded quantity, the day on which it was used, and the day whose price it has."""

    rated_on: date
    used_on: date
    component: str
    quantity: Decimal
    rated: Rated | None = None

    @property
    def has_own_price(self) -> bool:
        """Whether a price is in force on the day of use."""
        return self.rated_on == self.used_on


def rated(usage: Iterable[UsageEntry], in_force: Iterable[Piece]) -> list[RatedUsage]:
    """Recorded quantities in the order of their days, each with the day whose price it has."""
    ordered = sorted(usage, key=lambda entry: entry.on)
    days = priced_days(in_force) if ordered else {}
    found = []
    for entry in ordered:
        on = rating_day(entry.on, days.get(entry.component, ()))
        if on is not None:
            found.append(RatedUsage(on, entry.on, entry.component, entry.quantity, entry.rated))
    return found


def priced_days(in_force: Iterable[Piece]) -> Mapping[str, Sequence[Span]]:
    """By usage component, the days on which a price is in force, in order."""
    days: dict[str, list[Span]] = defaultdict(list)
    for piece in in_force:
        if isinstance(piece.component, Usage):
            days[piece.component.code].append(piece)
    return days


def rating_day(used_on: date, priced: Iterable[Span]) -> date | None:
    """The day whose price a quantity has; None if the component was never in force."""
    last_on: date | None = None
    for days in priced:
        if used_on < days.from_on:
            return days.from_on if last_on is None else last_on
        if used_on < days.end:
            return used_on
        last_on = days.end - ONE_DAY
    return last_on


def compared_after(after: date, recorded: Iterable[UsageEntry], in_force: Iterable[Piece]) -> date:
    """The day after which usage is compared, if something changed after a day.

    Usage of later days may have, or may have had before the change, the last price before that day. If the component
    is not in force on it, that price lies further back:

        data in force up to 16 March, changed from 5 April on, used on 10 April: compared after 15 March
    """
    found = after
    days = priced_days(in_force)
    for component in {entry.component for entry in recorded if entry.on > after}:
        on = rating_day(after, days.get(component, ()))
        if on is not None and on < after:
            found = min(found, on)
    return found


def is_due_before(on: date, entry: RatedUsage, span: BillingSpan, view: BillingView) -> bool:
    """Whether a quantity has the price of a period of this span that was due before a day."""
    if entry.component != span.component:
        return False
    for due in due_periods(span, view, entry.rated_on):
        if due.period.from_on > entry.rated_on:
            return False
        if any(piece.contains(entry.rated_on) for piece in due.pieces):
            return due.due_on < on
    return False
