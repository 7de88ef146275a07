"""Repricing: what a revision of a price list is to the subscriptions that are on it.

Decides which subscriptions it concerns, and from which day charges must be compared again. An agreed price stands as
long as only the list price changes; a subscription with such a price is not concerned by that component until the price
ends. The gain of a revision is in `yearly_gain`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from billing_core.catalogue.components import AnyComponent, Recurring, Usage
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Revision, Tariff, as_published, last_components, revised, unrevised
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.spans import Span
from billing_core.services.events import SubscriptionRepriced
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms_in_force import TermsInForce
from billing_core.services.timeline import Segment

# --- values and events


class ChangedComponent(NamedTuple):
    """A component before and after a revision; None if it does not exist."""

    before: AnyComponent | None
    after: AnyComponent | None

    @property
    def component(self) -> AnyComponent:
        component = self.after or self.before
        assert component is not None
        return component

    @property
    def is_price_alone(self) -> bool:
        """Whether nothing else than its list prices changes."""
        if self.before is None or self.after is None:
            return False
        return msgspec.structs.replace(self.before, prices=self.after.prices) == self.after


class Repricing(NamedTuple):
    """A revision with the tariff before it, and the `number` of this change among all changes of the list.

    A revision that replaces another one, or is withdrawn, is one more change.
    """

    before: Tariff
    revision: Revision
    changed: tuple[ChangedComponent, ...]
    number: int


@event("repricing-advanced")
class RepricingAdvanced(Event, frozen=True, kw_only=True):
    """For one revision the accounts up to a number were looked at, and those it concerns are to be compared again."""

    until_account: str
    accounts: int
    subscriptions: int
    is_complete: bool = False


# --- state


class RepricingProgress(msgspec.Struct, frozen=True):
    """How far the accounts were looked at for a revision, and how many it concerned."""

    until_account: str = ""
    accounts: int = 0
    subscriptions: int = 0
    is_complete: bool = False
    version: int = 0


NOT_BEGUN = RepricingProgress()


def apply_repricing(state: RepricingProgress | None, fact: Event) -> RepricingProgress | None:
    """Fold one event of a repricing's stream."""
    if not isinstance(fact, RepricingAdvanced):
        return state
    before = state or NOT_BEGUN
    return RepricingProgress(
        fact.until_account,
        before.accounts + fact.accounts,
        before.subscriptions + fact.subscriptions,
        fact.is_complete,
        before.version + 1,
    )


# --- the revision


def repricing(tariff: Tariff, revision: Revision) -> Repricing:
    """The changes by a revision, even if the tariff has it already."""
    earlier = tuple(known for known in tariff.revisions if known.valid_from < revision.valid_from)
    changes = tariff.list_changes
    number = changes.index(revision) if revision in changes else len(changes)
    before = msgspec.structs.replace(tariff, revisions=earlier, list_changes=changes[:number])
    return _repricing(before, revision, number + 1)


def repricings(tariff: Tariff) -> list[Repricing]:
    """All changes of the list that were ever published, in order, each with the list before it.

    A price of 20 that was published from July on, corrected to 21 and withdrawn, is three changes from July on: 19 to
    20, 20 to 21, 21 to 19.
    """
    known, found = as_published(tariff), []
    for number, change in enumerate(tariff.list_changes, start=1):
        found.append(_repricing(known, change, number))
        is_later = not known.revisions or known.revisions[-1].valid_from < change.valid_from
        known = revised(known if is_later else unrevised(known), change)
    return found


def _repricing(before: Tariff, revision: Revision, number: int) -> Repricing:
    old = {component.code: component for component in last_components(before)}
    new = {component.code: component for component in revision.components}
    pairs = (ChangedComponent(old.get(code), new.get(code)) for code in {**old, **new})
    return Repricing(before, revision, tuple(pair for pair in pairs if pair.before != pair.after), number)


def with_prices(tariff: Tariff, prices: Mapping[str, Decimal], on: date) -> Revision:
    """The revision from a day on in which some components have another list price and all else stays."""
    before = repricing(tariff, Revision(valid_from=on, components=())).before
    components = {component.code: component for component in last_components(before)}
    for code, amount in prices.items():
        place = f"tariff {tariff.code}, component {code}"
        component = components.get(code)
        if component is None:
            raise InvalidValue(f"is none of its components, {', '.join(components)}", field=place)
        if not component.prices:
            raise InvalidValue("has no list price; list all components of the revision instead", field=place)
        if any(price.customer_class for price in component.prices):
            raise InvalidValue("has prices for classes of customers; list all components of the revision instead",
                               field=place)  # fmt: skip
        listed = max(component.prices, key=lambda price: price.valid_from)
        if (listed.amount, listed.valid_to) != (amount, None) or listed.valid_from > on:
            prices_then = (Price(amount=amount, valid_from=date.min),)
            components[code] = msgspec.structs.replace(component, prices=prices_then)
    return Revision(valid_from=on, components=tuple(components.values()))


# --- whom it concerns


def concerns(change: Repricing, in_force: TermsInForce) -> bool:
    """Whether what holds on some day costs something else by the revision."""
    return in_force.tariff == change.before.code and any(
        not (changed.is_price_alone and changed.component.code in in_force.agreed_prices)
        for changed in _chosen(change, in_force)
    )


def kept_components(change: Repricing, in_force: TermsInForce) -> list[str]:
    """The components whose list price changes and whose agreed price is kept."""
    if in_force.tariff != change.before.code:
        return []
    codes = (changed.component.code for changed in _chosen(change, in_force) if changed.is_price_alone)
    return [code for code in codes if code in in_force.agreed_prices]


def _chosen(change: Repricing, in_force: TermsInForce) -> Iterator[ChangedComponent]:
    for changed in change.changed:
        component = changed.component
        if not (isinstance(component, Recurring) and component.is_option) or component.code in in_force.options:
            yield changed


def reprice(subscription: Subscription, changes: Sequence[Repricing]) -> list[SubscriptionRepriced]:
    """The facts that make the next billing compare what was charged on the days that cost something else.

    If nothing was charged for these days yet, only a component with another kind of period needs a mark, for it may be
    due sooner than the subscription is next decided, and a service that waits for money, for which there may be enough
    on the day of the change. A change that is marked already makes no event: changes are marked in their order.
    """
    if subscription.charged_until is None:
        return []
    found = []
    segments = subscription.segments()
    for change in changes:
        code, valid_from = change.before.code, change.revision.valid_from
        if change.number <= subscription.repriced.get(code, 0):
            continue
        on = _compared_from(subscription, segments, change)
        if on is not None:
            found.append(
                SubscriptionRepriced(
                    effective_on=on,
                    subscription=subscription.code,
                    tariff=code,
                    revised_from=valid_from,
                    list_change=change.number,
                )
            )
    return found


def _compared_from(subscription: Subscription, segments: Sequence[Segment], change: Repricing) -> date | None:
    until, next_due_on = subscription.charged_until, subscription.next_due_on
    assert until is not None
    is_other = not all(changed.is_price_alone for changed in change.changed)
    for segment in segments:
        days = segment.within(Span(change.revision.valid_from, None))
        if days is not None and concerns(change, segment.in_force):
            on = days.from_on
            may_be_due = is_other or subscription.waits_for_money_on(on) == on
            is_sooner = may_be_due and (next_due_on is None or on < next_due_on)
            return on if on < until or is_sooner else None
    return None


def in_force_or_none(subscription: Subscription, on: date) -> TermsInForce | None:
    """The terms in force on a day; None before the activation and after the end."""
    for segment in subscription.segments():
        if segment.contains(on):
            return segment.in_force
    return None


def has_usage(change: Repricing) -> bool:
    """Whether prices of usage change, whose effect is not known beforehand."""
    return any(isinstance(changed.component, Usage) for changed in change.changed)
