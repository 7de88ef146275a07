"""What is owed: everything a subscription should be charged for, period by period, up to a day.

A pure function of the course of the subscription and of the price lists. The charges of a period are its fee, its usage
or its true-up, then the discounts and surcharges on them, in the order in which the components become due.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from billing_core.catalogue.components import Discount, Minimum, Recurring, Surcharge, Usage, fits_into
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.adjustments import shares_in
from billing_core.charging.charges import ONE_DAY, Charge, Reached
from billing_core.charging.double_billing import require_single_cover
from billing_core.charging.minimums import minimum_in
from billing_core.charging.one_offs import one_offs_owed
from billing_core.charging.rating_days import compared_after, is_due_before, rated
from billing_core.charging.recurring import PeriodFees, recurring_in
from billing_core.charging.schedule import Course, DuePeriod, Tenure, due_periods, pieces, tenures
from billing_core.charging.usage import usage_in
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.money import Money
from billing_core.time.periods import Period
from billing_core.usage import UsageEntry

# A subscription that is charged daily has about 3,650 lines in ten years.
MOST_LINES = 5_000


class TooManyLines(RuleViolation):
    """More charges than any sound price list gives: a fault of the tariff or of a date, never posted."""

    code = "too-many-lines"


class OwedPeriod(NamedTuple):
    """The charges of one component in one period, with the discounts and surcharges on it.

    `worth` and `share_text` are those of `PeriodFees`.
    """

    component: str
    period: Period
    charges: list[Charge]
    worth: Callable[[Charge, Collection[int]], Money]
    share_text: Callable[[date, date], str]


class Owed:
    """Everything owed by one subscription, as far as is known now."""

    def __init__(self, course: Course, catalogue: Catalogue) -> None:
        self._course = course
        self._catalogue = catalogue
        self._in_force = list(pieces(course, catalogue))
        self._tenures = tenures(course, self._in_force)
        self._usage = rated(course.usage, self._in_force)

    def coming(self, after: date, on: date, charged_until: date) -> tuple[list[Charge], Reached]:
        """What becomes due from one day up to and including another, and how far that reaches."""
        charges: list[Charge] = []
        next_due_on: date | None = None
        for tenure in self._tenures:
            # What is charged in arrears on a day was used in the period that ended just before.
            first_on = after if tenure.rule.charged_in == "advance" else after - ONE_DAY
            for due in due_periods(tenure, self._course, first_on):
                if due.due_on > on:
                    next_due_on = due.due_on if next_due_on is None else min(next_due_on, due.due_on)
                    break
                if due.due_on >= after:
                    charged_until = max(charged_until, due.period.to_on)
                    charges += self._charges(tenure, due, self._course)
                    require_few(len(charges), self._course.code)
        for fee in self.one_offs():
            if fee.from_on > on:
                next_due_on = fee.from_on if next_due_on is None else min(next_due_on, fee.from_on)
            elif fee.from_on >= after:
                charged_until = max(charged_until, fee.to_on)
                charges.append(fee)
        require_few(len(charges), self._course.code)
        require_single_cover(charges)
        return charges, Reached(on, next_due_on, charged_until)

    def periods(self, after: date, on: date, charged: Collection[tuple[str, Period]]) -> Iterator[OwedPeriod]:
        """The periods that end after one day and are due up to and including another, or were charged before.

        `charged` are the components and periods of which something was: in advance, their days may have become due
        later. What is charged in arrears, because it ended, and goes on again is not due before it is over.
        """
        lines = 0
        charged_until = max((period.from_on for _, period in charged), default=after)
        for tenure in self._tenures:
            for due in due_periods(tenure, self._course, after):
                if due.due_on > on and due.period.from_on > charged_until:
                    break
                is_kept = tenure.rule.charged_in == "advance" and (tenure.component, due.period) in charged
                is_decided = due.due_on <= on or is_kept
                if due.pieces and due.period.to_on > after and is_decided:
                    charges = self._charges(tenure, due, self._course)
                    lines += len(charges)
                    require_few(lines, self._course.code)
                    fees = PeriodFees(due, tenure)
                    yield OwedPeriod(tenure.component, due.period, charges, fees.worth, fees.share_text)

    def has_usage_before(self, on: date) -> bool:
        """Whether usage without a price on its day has the price of a period that was due before a day."""
        elsewhere = [entry for entry in self._usage if not entry.has_own_price]
        return any(is_due_before(on, entry, tenure, self._course) for entry in elsewhere for tenure in self._tenures)

    def compared_after(self, after: date, recorded: Iterable[UsageEntry]) -> date:
        """The day after which everything is compared, if something changed after a day (`rating_days`)."""
        return compared_after(after, recorded, self._in_force)

    def one_offs(self) -> list[Charge]:
        """Every one-off fee, past and to come."""
        return one_offs_owed(self._course, self._in_force)

    def _charges(self, tenure: Tenure, due: DuePeriod, course: Course) -> list[Charge]:
        lines = self._priced(tenure, due) if due.pieces else []
        if not lines or not self._has_shares():
            return lines
        same = [other for other in self._tenures if other.component == tenure.component]
        return [*lines, *shares_in(lines, due, tenure, same, course, self._catalogue, self._priced)]

    def _priced(self, tenure: Tenure, due: DuePeriod) -> list[Charge]:
        match due.pieces[0].component:
            case Recurring():
                return recurring_in(due, tenure, self._course.code)
            case Usage():
                return list(usage_in(due, tenure, self._tenures, self._course, self._usage))
            case Minimum() as minimum:
                return minimum_in(due, tenure, self._course.code, list(self._counting(minimum, due)))
        raise TypeError(f"{due.pieces[0].component.code} is not charged by the period")

    def _counting(self, minimum: Minimum, due: DuePeriod) -> Iterator[Charge]:
        """The charges that end in a period and count towards a minimum, also those taken back by hand.

        One with a joined stub began before the period in which it ends.
        """
        period, course = due.period, self._course._replace(settled_days={}, left_standing={})
        for tenure in self._tenures:
            if tenure.component not in minimum.on or not fits_into(tenure.rule, minimum.period):
                continue
            for other in due_periods(tenure, self._course, period.from_on):
                if other.period.from_on >= period.to_on:
                    break
                for charge in self._charges(tenure, other, course):
                    if period.from_on < charge.to_on <= period.to_on:
                        yield charge

    def _has_shares(self) -> bool:
        return any(isinstance(piece.component, Discount | Surcharge) for piece in self._in_force) or any(
            segment.standing.discounts for segment in self._course.segments
        )


def require_few(charges: int, subscription: str) -> None:
    """A subscription gets at most `MOST_LINES` charges in one decision."""
    if charges > MOST_LINES:
        raise TooManyLines(
            f"has more than {MOST_LINES} charges at once; look at the period of its tariff and at its dates",
            field="subscription", value=subscription,
        )  # fmt: skip
