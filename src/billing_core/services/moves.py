"""Moves: a subscription goes on in another account, with all that was agreed for it and on the same grid of periods.

Two facts of one day: from then on it is charged in the target account, and nothing of it in the former one, so that
every day is charged once over both. Nothing is charged for the end, nor again for the beginning; instalments that
had begun stay with the account in which they began.

A move is undone by two facts again: the former account goes on as if it had not been, the target never had it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from billing_core.billing.carried import counted_since
from billing_core.billing.tenures import Course, UsageEntry
from billing_core.catalogue.tariffs import Catalogue
from billing_core.errors import AlreadyExists, RuleViolation
from billing_core.events import Event
from billing_core.services.changes import change
from billing_core.services.events import (
    SubscriptionChangeCancelled,
    SubscriptionMovedAway,
    SubscriptionMovedIn,
    SubscriptionPriceChanged,
    SubscriptionTermsCorrected,
)
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms import standing_on
from billing_core.services.timeline import Standing, segments, without_change
from billing_core.usage import UsageRecorded

# --- values


class Move(NamedTuple):
    """From which account to which one, and from which day on."""

    from_account: str
    to_account: str
    on: date


class Moved(NamedTuple):
    """The facts of both accounts."""

    away: list[Event]
    into: list[Event]


# --- decisions


def move(
    subscription: Subscription,
    move: Move,
    there: Mapping[str, Subscription],
    opened_on: date,
    course: Course,
    catalogue: Catalogue,
) -> Moved:
    """An active subscription goes on in another account that was open by then and has no subscription of its code.

    It counts its periods since the same days. What was corrected in its terms for days to come holds there too; what
    was used since the day of the move is charged there. `course` has all usage that was ever recorded.
    """
    code, on = subscription.code, move.on
    if code in there:
        raise AlreadyExists(f"account {move.to_account} has a subscription of this code", field="subscription",
                            value=code)  # fmt: skip
    if on < opened_on:
        raise RuleViolation(f"account {move.to_account} exists only since {opened_on}", field="move on", value=on)
    status = standing_on(subscription, on).status
    if status != "active":
        raise RuleViolation(f"is {status} on {on}; resume it before it is moved", field="subscription", value=code)
    away = SubscriptionMovedAway(effective_on=on, subscription=code, to_account=move.to_account)
    into: list[Event] = list(_moved_in(subscription, move, counted_since(course, catalogue, on)))
    into += _corrections(subscription, move)
    into += _used(code, (entry for entry in course.usage if entry.on >= on))
    return Moved(list(change(subscription, away)), into)


def undo_move(former: Subscription, there: Subscription, move: Move, reason: str, usage: Iterable[UsageEntry]) -> Moved:
    """The former account goes on as if nothing had been moved; the target gives it back on the very day it came.

    `usage` is what was used and is known to the target alone.
    """
    first = there.timeline[0]
    rest = without_change(former.timeline, "move-away", move.on)
    segments(rest)
    if first.kind != "move-in" or first.on != move.on:
        raise RuleViolation(f"did not come to account {move.to_account} on {move.on}", field="subscription",
                            value=there.code)  # fmt: skip
    back = SubscriptionMovedAway(effective_on=move.on, subscription=there.code, to_account=move.from_account)
    cancelled = SubscriptionChangeCancelled(
        effective_on=move.on, subscription=former.code, kind="move-away", reason=reason
    )
    return Moved([cancelled, *_used(former.code, usage)], list(change(there, back)))


def _moved_in(
    subscription: Subscription, move: Move, since: Mapping[str, date]
) -> Iterable[SubscriptionMovedIn | SubscriptionPriceChanged]:
    """What held at the end of the day, as the timeline says; prices with different ends are facts of their own."""
    standing = _uncorrected(subscription, move.on)
    by_end: dict[date | None, dict[str, Decimal]] = {}
    for component, price in standing.agreed_prices.items():
        by_end.setdefault(standing.agreed_until.get(component), {})[component] = price
    until, prices = next(iter(by_end.items()), (None, {}))
    yield SubscriptionMovedIn(
        effective_on=move.on,
        subscription=subscription.code,
        from_account=move.from_account,
        anchored_on=_anchor(subscription, move.on),
        tariff=standing.tariff,
        agreed_prices=prices,
        agreed_until=until,
        quantity=standing.quantity,
        options=standing.options,
        customer_class=standing.customer_class,
        discounts=standing.discounts,
        since=dict(since),
        address=subscription.address,
    )
    for until, prices in list(by_end.items())[1:]:
        agreed: dict[str, Decimal | None] = dict(prices)
        yield SubscriptionPriceChanged(
            effective_on=move.on, subscription=subscription.code, agreed_prices=agreed, agreed_until=until
        )


def _used(code: str, usage: Iterable[UsageEntry]) -> Iterable[UsageRecorded]:
    for entry in usage:
        yield UsageRecorded(
            effective_on=entry.on, subscription=code, component=entry.component, quantity=entry.quantity
        )


def _anchor(subscription: Subscription, on: date) -> date:
    """The day from which its own grid is counted on a day: its activation, or where the grid was begun anew."""
    anew = [entry.anchored_on for entry in subscription.timeline if entry.anchored_on is not None and entry.on <= on]
    return anew[-1] if anew else subscription.anchored_on


def _uncorrected(subscription: Subscription, on: date) -> Standing:
    """What the timeline says for a day, without what was corrected in it."""
    return standing_on(Subscription(subscription.code, subscription.timeline), on)


def _corrections(subscription: Subscription, move: Move) -> Iterable[SubscriptionTermsCorrected]:
    for terms in subscription.corrections:
        if terms.to_on is None or terms.to_on > move.on:
            yield SubscriptionTermsCorrected(
                effective_on=max(terms.from_on, move.on),
                to_on=terms.to_on,
                subscription=subscription.code,
                tariff=terms.tariff,
                agreed_prices=terms.agreed_prices,
                vat_rates=terms.vat_rates,
                reason=f"corrected on account {move.from_account}",
            )
