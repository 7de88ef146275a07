"""What is owed: everything a subscription should be charged for, period by period, up to a day.

A pure function of the view of the subscription and of the price lists. The charges of a period are its fee, its usage
or its true-up, then the discounts and surcharges on them, in the order in which the components become due.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import NamedTuple

from billing_core.catalogue.components import Discount, Minimum, Recurring, Surcharge, Usage, fits_into
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.adjustments import shares_in
from billing_core.charging.charges import ONE_DAY, Charge, Reached
from billing_core.charging.double_billing import require_single_cover
from billing_core.charging.minimums import minimum_in
from billing_core.charging.one_offs import one_offs_owed
from billing_core.charging.recurring import PeriodFees, recurring_in
from billing_core.charging.schedule import BillingSpan, BillingView, DuePeriod, billing_spans, due_periods, pieces
from billing_core.charging.usage import usage_in
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.money import Money
from billing_core.time.periods import Period

# A subscription that is charged daily has about 3,650 lines in ten years.
MOST_LINES = 5_000


class TooManyLines(RuleViolation):
    """More charges than any sound price list gives: a fault of the tariff or of a date, never posted."""

    code = "too-many-lines"


class UsageRated(RuleViolation):
    """A price looks at usage that was charged before, which only the history keeps."""

    code = "usage-settled"


class OwedPeriod(NamedTuple):
    """The charges of one component in one period, with the discounts and surcharges on it.

    `worth` and `share_text` are those of `PeriodFees`.
    """

    component: str
    period: Period
    charges: list[Charge]
    worth: Callable[[Charge, Collection[int]], Money]
    share_text: Callable[[date, date], str]


class Expected:
    """Everything owed by one subscription, as far as is known now."""

    def __init__(self, view: BillingView, catalogue: Catalogue) -> None:
        self._course = view
        self._catalogue = catalogue
        self._in_force = list(pieces(view, catalogue))
        self._tenures = billing_spans(view, self._in_force)

    def coming(self, after: date, on: date, charged_until: date) -> tuple[list[Charge], Reached]:
        """What becomes due from one day up to and including another, and how far that reaches."""
        charges: list[Charge] = []
        next_due_on: date | None = None
        for span in self._tenures:
            # What is charged in arrears on a day was used in the period that ended just before.
            first_on = after if span.rule.charged_in == "advance" else after - ONE_DAY
            for due in due_periods(span, self._course, first_on):
                if due.due_on > on:
                    next_due_on = due.due_on if next_due_on is None else min(next_due_on, due.due_on)
                    break
                if due.due_on >= after:
                    charged_until = max(charged_until, due.period.to_on)
                    charges += self._charges(span, due, self._course)
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
        for span in self._tenures:
            for due in due_periods(span, self._course, after):
                if due.due_on > on and due.period.from_on > charged_until:
                    break
                is_kept = span.rule.charged_in == "advance" and (span.component, due.period) in charged
                is_decided = due.due_on <= on or is_kept
                if due.pieces and due.period.to_on > after and is_decided:
                    charges = self._charges(span, due, self._course)
                    lines += len(charges)
                    require_few(lines, self._course.code)
                    fees = PeriodFees(due, span)
                    yield OwedPeriod(span.component, due.period, charges, fees.worth, fees.share_text)

    def one_offs(self) -> list[Charge]:
        """Every one-off fee, past and to come."""
        return one_offs_owed(self._course, self._in_force, self._catalogue)

    def _charges(self, span: BillingSpan, due: DuePeriod, view: BillingView) -> list[Charge]:
        lines = self._priced(span, due) if due.pieces else []
        if not lines or not self._has_shares():
            return lines
        same = [other for other in self._tenures if other.component == span.component]
        return [*lines, *shares_in(lines, due, span, same, view, self._catalogue, self._priced)]

    def _priced(self, span: BillingSpan, due: DuePeriod) -> list[Charge]:
        match due.pieces[0].component:
            case Recurring():
                return recurring_in(due, span, self._course.code)
            case Usage():
                if due.period.from_on < self._course.rated_until.get(span.component, date.min):
                    raise UsageRated("was used in a period that was charged; look at the history", field="component",
                                       value=span.component)  # fmt: skip
                return list(usage_in(due, self._course))
            case Minimum() as minimum:
                return minimum_in(due, span, self._course.code, list(self._counting(minimum, due)))
        raise TypeError(f"{due.pieces[0].component.code} is not charged by the period")

    def _counting(self, minimum: Minimum, due: DuePeriod) -> Iterator[Charge]:
        """The charges that end in a period and count towards a minimum, also those taken back by hand.

        One with a joined stub began before the period in which it ends.
        """
        period, view = due.period, self._course._replace(settled_days={}, left_standing={})
        for span in self._tenures:
            if span.component not in minimum.on or not fits_into(span.rule, minimum.period):
                continue
            for other in due_periods(span, self._course, period.from_on):
                if other.period.from_on >= period.to_on:
                    break
                for charge in self._charges(span, other, view):
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
