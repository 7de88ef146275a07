"""The gain of a revision of a price list: the fees of twelve months from a day on, by the new list and by the old one.

Both are asked of the charging engine, for a plain subscription: one on the terms that hold on the day, with nothing
changed afterwards, which counts its phases and its discounts for n periods since the days on which it began them. The
gain is the difference of the net amounts. Usage, one-off fees and minimums are left out, for they depend on what is
still to come.

    20.00 a month for 2 units, 10 % off, to 22.00, from 1 April   12 x (44.00 - 4.40 - 40.00 + 4.00)      =  43.20
    9.90 for 30 days to 10.90, from 1 April, a boundary           12 x 1.00 + 10.90 x 5/30 - 9.90 x 5/30  =  12.17
    the first 3 periods free, in the second of them on 1 April    the 10 other months x 2.00              =  20.00
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import msgspec

from billing_core.accounts.account import Account
from billing_core.billing.repricing import Repricing
from billing_core.catalogue.components import AnyComponent, Discount, Recurring, Surcharge
from billing_core.catalogue.tariffs import Catalogue, PriceMissing, Revision, Tariff, last_components, revised
from billing_core.charging.bundles import TariffsOfAccount
from billing_core.charging.charges import Charge
from billing_core.charging.counters import counted_since
from billing_core.charging.expected import Expected
from billing_core.charging.view import view_of
from billing_core.kernel.spans import ONE_DAY
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms_in_force import Change, TermsInForce
from billing_core.services.timeline import Terms
from billing_core.time.periods import BillingDay, boundary, grids

MONTHS = 12

# --- values


class PlainTerms(msgspec.Struct, frozen=True):
    """All that the fees of the twelve months depend on: equal terms gain the same.

    `timeline` is that of the plain subscription, and `tariffs` are those of other services that a bundle requires.
    """

    timeline: list[Change]
    corrections: list[Terms]
    billing_days: list[BillingDay]
    tariffs: list[str]


def plain_terms(
    account: Account, subscription: Subscription, change: Repricing, on: date, catalogue: Catalogue
) -> PlainTerms:
    """The terms of a subscription on a day on which it is on the tariff; they begin with the periods of that day."""
    in_force, on_tariff_since = _held_on(subscription, on)
    components = _fees((*last_components(change.before), *change.revision.components))
    anchored_on = _anchored_on(subscription, on)
    begins_on = max(on_tariff_since, _begins_on(components, anchored_on, account.billing_days, on))
    since: dict[str, date] = {}
    if any(map(_counts_periods, (*components, *in_force.discounts))):
        course = view_of(subscription, account.billing_days)
        since = counted_since(course, {**catalogue, change.before.code: change.before}, on)
    first = subscription.timeline[0]
    if first.kind == "activate" and begins_on == first.on:
        begun = Change(first.on, "activate")
    else:
        is_anchored = len(account.billing_days) > 1 or any(map(_is_anchored, components))
        begun = Change(begins_on, "move-in", anchored_on=anchored_on if is_anchored else None, since=since)
    corrections = [Terms(begun.on, None, vat_rates=in_force.vat_rates)] if in_force.vat_rates else []
    required = {code for component in (*components, *in_force.discounts) for code in _bundle(component)}
    present = {
        entry.in_force.tariff
        for other in account.subscriptions.values()
        if other.code != subscription.code and required
        for entry in other.segments()
        if entry.contains(on) and entry.in_force.is_charged
    }
    return PlainTerms(_timeline(in_force, begun), corrections, account.billing_days, sorted(required & present))


def _held_on(subscription: Subscription, on: date) -> tuple[TermsInForce, date]:
    """The terms in force on a day, and the first of the unbroken days up to it on the same tariff."""
    until = [entry for entry in subscription.segments() if entry.from_on <= on]
    in_force, since = until[-1].in_force, until[-1].from_on
    for entry in reversed(until):
        if entry.in_force.tariff != in_force.tariff or (entry.to_on or since) < since:
            break
        since = entry.from_on
    return in_force, since


def _timeline(in_force: TermsInForce, begun: Change) -> list[Change]:
    """A timeline that makes a subscription stand so from its first day on."""
    first = msgspec.structs.replace(
        begun,
        tariff=in_force.tariff,
        quantity=in_force.quantity,
        options=in_force.options,
        customer_class=in_force.customer_class,
        discounts=in_force.discounts,
    )
    timeline = [first]
    for code, price in in_force.agreed_prices.items():
        agreed: dict[str, Decimal | None] = {code: price}
        until = in_force.agreed_until.get(code)
        timeline.append(Change(first.on, "change-price", agreed_prices=agreed, agreed_until=until))
    if in_force.status != "active":
        percent = in_force.percent
        timeline.append(Change(first.on, "suspend", reason="operator", charge_percent=percent))
    return timeline


def _anchored_on(subscription: Subscription, on: date) -> date:
    """The day from which its own grid is counted on a day: its activation, or the last day on which it began anew."""
    anew = [entry.anchored_on for entry in subscription.timeline if entry.anchored_on is not None and entry.on <= on]
    return anew[-1] if anew else subscription.anchored_on


def _begins_on(
    components: Iterable[AnyComponent], anchored_on: date, billing_days: Sequence[BillingDay], on: date
) -> date:
    """The first day of all periods in which a day lies."""
    rules = {component.period for component in components if isinstance(component, Recurring)}
    spans = (reversed(grids(rule, anchored_on, billing_days)) for rule in rules)
    in_force = (next(span.grid for span in found if span.from_on <= on) for found in spans)
    return min((grid.containing(on).from_on for grid in in_force), default=on)


def _is_anchored(component: AnyComponent) -> bool:
    """Whether the grid of a fee depends on when the subscription began; that of the account's months does not."""
    if not isinstance(component, Recurring) or component.period.anchor_on is not None:
        return False
    return component.period.align == "own" or component.period.months != 1


def _fees(components: Iterable[AnyComponent]) -> tuple[AnyComponent, ...]:
    return tuple(entry for entry in components if isinstance(entry, Recurring | Discount | Surcharge))


def _counts_periods(component: AnyComponent) -> bool:
    if isinstance(component, Recurring):
        return bool(component.phases)
    return isinstance(component, Discount | Surcharge) and component.billed_periods is not None


def _bundle(component: AnyComponent) -> tuple[str, ...]:
    return component.bundle if isinstance(component, Discount | Surcharge) else ()


# --- what it brings


class YearlyFees(NamedTuple):
    """The fees of the periods of twelve months, without VAT: as they are without a revision, and by it."""

    before: Fraction
    after: Fraction

    @property
    def gain(self) -> Fraction:
        return self.after - self.before

    @property
    def percent(self) -> Fraction | None:
        """By how much they rise; None if they cost nothing before."""
        return self.gain * 100 / self.before if self.before else None


def yearly_fees(change: Repricing, terms: PlainTerms, on: date) -> YearlyFees:
    """The fees of the twelve months from a day on.

    A tariff without a price on one of the days cannot be charged: it costs nothing before, and by the revision what it
    costs from the revision's own day on.
    """
    before = msgspec.structs.replace(
        change.before,
        components=_fees(change.before.components),
        revisions=tuple(
            Revision(valid_from=known.valid_from, components=_fees(known.components))
            for known in change.before.revisions
        ),
    )
    components = _fees(change.revision.components)
    try:
        fees_before = _net_fees(before, terms, on)
    except PriceMissing:
        since = change.revision.valid_from
        return YearlyFees(Fraction(0), _net_fees(_revised(before, since, components), terms, on))
    return YearlyFees(fees_before, _net_fees(_revised(before, on, components), terms, on))


def _revised(before: Tariff, on: date, components: tuple[AnyComponent, ...]) -> Tariff:
    return revised(before, Revision(valid_from=on, components=components))


def _net_fees(tariff: Tariff, terms: PlainTerms, on: date) -> Fraction:
    """All fees from the beginning of the plain subscription to the end of the twelve months; it ends there."""
    ends_on = boundary(on.year + 1, on.month, on.day)
    away = Change(ends_on, "move-away")
    subscription = Subscription("plain", [*terms.timeline, away], corrections=terms.corrections)
    others = {code: Subscription(code, [Change(date.min, "activate", code)]) for code in terms.tariffs}
    course = view_of(subscription, terms.billing_days, (), TariffsOfAccount(others))
    owed = Expected(course, {tariff.code: tariff})
    charges = (charge for day_before, day in _months(on, course.segments[0].from_on) for charge in
               owed.coming(day_before, day, day_before)[0])  # fmt: skip
    return sum(map(_net, charges), Fraction(0))


def _months(on: date, begins_on: date) -> Iterator[tuple[date, date]]:
    """Spans of days up to each of the twelve months' ends, from the beginning; both days count."""
    for month in range(MONTHS + 1):
        ends_on = boundary(on.year, on.month + month, on.day)
        yield begins_on, ends_on
        begins_on = ends_on + ONE_DAY


def _net(charge: Charge) -> Fraction:
    amount = Fraction(charge.amount.amount)
    return amount / (1 + Fraction(charge.vat_rate) / 100) if charge.includes_vat else amount
