"""Expected charges: everything a subscription should be charged for, period by period, up to a day.

A pure function of what is known of the subscription and of the price lists. The charges of a period are its fee, its
usage or its true-ups, then the discounts and surcharges on them, in the order in which the components become due.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property, partial
from typing import NamedTuple

from billing_core.catalogue.components import Discount, Minimum, Recurring, Surcharge, Usage
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.adjustments import adjustments_in
from billing_core.charging.adjustments_in_force import InForce, adjustments_in_force
from billing_core.charging.charges import BilledThrough, Charge
from billing_core.charging.double_billing import require_single_cover
from billing_core.charging.minimums import minimum_in
from billing_core.charging.one_offs import one_offs_owed, without_waived
from billing_core.charging.rating_days import compared_after, is_due_before, rated
from billing_core.charging.recurring import Slice, recurring_in, slices_of
from billing_core.charging.schedule import BillingSpan, DuePeriod, billing_spans, due_periods, pieces
from billing_core.charging.usage import usage_in
from billing_core.charging.usage_periods import UsageView, usage_view
from billing_core.charging.view import BillingView
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.money import Money, total
from billing_core.kernel.spans import ONE_DAY, Span
from billing_core.time.periods import Period
from billing_core.usage.records import UsageEntry

# A subscription that is charged daily has about 3,650 lines in ten years.
MOST_LINES = 5_000


class TooManyLines(RuleViolation):
    """More charges than any sound price list gives: a fault of the tariff or of a date, never posted."""

    code = "too-many-lines"


class ExpectedPeriod(NamedTuple):
    """The charges of one component in one period, with the discounts and surcharges on it."""

    component: str
    period: Period
    charges: list[Charge]


class Expected:
    """Everything expected of one subscription, as far as is known now."""

    def __init__(self, view: BillingView, catalogue: Catalogue) -> None:
        self._view = view
        self._catalogue = catalogue
        self._in_force = list(pieces(view, catalogue))
        self._spans = billing_spans(view, self._in_force)
        self._usage = rated(view.usage, self._in_force)

    def coming(self, after: date, on: date, charged_until: date) -> tuple[list[Charge], BilledThrough]:
        """The charges that become due from one day up to and including another, and the day up to which they reach."""
        charges: list[Charge] = []
        next_due_on: date | None = None
        for span in self._spans:
            # Charges in arrears on a day are for the period that ended just before.
            first_on = after if span.rule.charged_in == "advance" else after - ONE_DAY
            for due in due_periods(span, self._view, first_on):
                if due.due_on > on:
                    next_due_on = due.due_on if next_due_on is None else min(next_due_on, due.due_on)
                    break
                if due.due_on >= after:
                    charged_until = max(charged_until, due.period.to_on)
                    charges += self._charges(due)
                    require_few(len(charges), self._view.code)
        for fee in self.one_offs():
            if fee.from_on > on:
                next_due_on = fee.from_on if next_due_on is None else min(next_due_on, fee.from_on)
            elif fee.from_on >= after:
                charged_until = max(charged_until, fee.to_on)
                charges.append(fee)
        require_few(len(charges), self._view.code)
        require_single_cover(charges)
        return charges, BilledThrough(on, next_due_on, charged_until)

    def periods(self, after: date, on: date, charged: Collection[tuple[str, Period]]) -> Iterator[ExpectedPeriod]:
        """The periods that end after one day and are due up to and including another, or were charged before.

        `charged` are the components and periods that something was charged for: in advance, their days may have become
        due later. A component charged in arrears because it ended, and in force again, is not due before the end of its
        period.
        """
        lines = 0
        charged_until = max((period.from_on for _, period in charged), default=after)
        for span in self._spans:
            for due in due_periods(span, self._view, after):
                if due.due_on > on and due.period.from_on > charged_until:
                    break
                is_kept = span.rule.charged_in == "advance" and (span.component, due.period) in charged
                if due.pieces and due.period.to_on > after and (due.due_on <= on or is_kept):
                    charges = self._charges(due)
                    lines += len(charges)
                    require_few(lines, self._view.code)
                    yield ExpectedPeriod(span.component, due.period, charges)

    def has_usage_before(self, on: date) -> bool:
        """Whether usage without a price on its day has the price of a period that was due before a day."""
        elsewhere = [entry for entry in self._usage if not entry.has_own_price]
        return any(is_due_before(on, entry, span, self._view) for entry in elsewhere for span in self._spans)

    def compared_after(self, after: date, recorded: Iterable[UsageEntry]) -> date:
        """The day after which everything is compared, if something changed after a day (`rating_days`).

        A first stub that was charged alone, and is one with the period that follows by now, is compared with it.
        """
        joined = [period for span in self._spans if (period := span.joined_period) is not None]
        for period in sorted(joined, key=lambda period: period.to_on, reverse=True):
            if period.to_on > after:
                after = min(after, period.from_on)
        return compared_after(after, recorded, self._in_force)

    def one_offs(self) -> list[Charge]:
        """Every one-off fee, past and to come."""
        fees = one_offs_owed(self._view, self._in_force, self._catalogue)
        return without_waived(fees, [(waiver.component, waiver.from_on) for waiver in self._view.waivers])

    def _charges(self, due: DuePeriod) -> list[Charge]:
        return self._adjusted(self._priced(due) if due.pieces else [], due)

    def _adjusted(self, lines: list[Charge], due: DuePeriod) -> list[Charge]:
        """Lines of a period with the discounts and surcharges on them."""
        if not lines or not self._has_adjustments:
            return lines
        same = [span for span in self._spans if span.component == due.span.component]
        found = list(adjustments_in_force(due, same, self._view, self._catalogue, self._priced))
        return [*lines, *adjustments_in(lines, found, due, self._fees_with(found, due.period))] if found else lines

    def _priced(self, due: DuePeriod) -> list[Charge]:
        match due.pieces[0].component:
            case Recurring():
                return recurring_in(due, self._view.code)
            case Usage():
                return usage_in(due, self._usage_view(due.span))
            case Minimum() as minimum:
                return list(minimum_in(due, self._view.code, partial(self._counted, minimum, due)))
        raise TypeError(f"{due.pieces[0].component.code} is not charged by the period")

    def _usage_view(self, span: BillingSpan) -> UsageView:
        return usage_view(self._view, span.component, self._spans, self._usage)

    def _counted(self, minimum: Minimum, due: DuePeriod, days: Sequence[Span]) -> Money:
        """The amounts that count towards a minimum for some days of its period, including waived ones.

        The rest of a last period that is charged in full counts with the last day of the service.
        """
        unwaived = Expected(self._view._replace(waivers=()), self._catalogue) if self._view.waivers else self
        if days[-1].to_on == self._view.terminated_on:
            days = [*days[:-1], Span(days[-1].from_on, due.period.to_on)]
        amounts = (
            amount
            for span in unwaived._spans
            if span.component in minimum.on
            for other in unwaived._due_within(span, due.period)
            for amount in unwaived._cost_of(days, other)
        )
        return total(amounts, due.pieces[0].tariff.currency)

    def _cost_of(self, days: Sequence[Span], due: DuePeriod) -> Iterator[Money]:
        """The price of some days of a period, with the discounts and surcharges on them."""
        if isinstance(due.pieces[0].component, Usage):
            lines = usage_in(due, self._usage_view(due.span), days)
            yield from (line.amount for line in self._adjusted(lines, due))
            return
        for line in self._charges(due):
            yield from (line.price_of(part) for entry in days if (part := line.span.within(entry)) is not None)

    def _fees_with(self, found: list[InForce], days: Span) -> list[Slice]:
        """The charged days of all fees, cut at their prices, if an amount is on several of them."""
        if all(entry.adjustment.is_on_one for entry in found):
            return []
        return [
            entry
            for span in self._spans
            if isinstance(span.pieces[0].component, Recurring)
            for due in self._due_within(span, days)
            for entry in slices_of(due)
        ]

    def _due_within(self, span: BillingSpan, days: Span) -> Iterator[DuePeriod]:
        for due in due_periods(span, self._view, days.from_on):
            if due.period.from_on >= days.end:
                return
            if due.pieces:
                yield due

    @cached_property
    def _has_adjustments(self) -> bool:
        return any(isinstance(piece.component, Discount | Surcharge) for piece in self._in_force) or any(
            segment.in_force.discounts for segment in self._view.segments
        )


def require_few(charges: int, subscription: str) -> None:
    """A subscription gets at most `MOST_LINES` charges in one decision."""
    if charges > MOST_LINES:
        raise TooManyLines(
            f"has more than {MOST_LINES} charges at once; look at the period of its tariff and at its dates",
            field="subscription", value=subscription,
        )  # fmt: skip
