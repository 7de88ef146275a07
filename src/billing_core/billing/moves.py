"""Moves: a subscription continues in another account, on the same terms and on the same grid of periods.

Two facts of one day: from then on it is charged in the target account, and nothing of it in the former one, so that
every day is charged once over both. Nothing is charged for the end, nor again for the beginning; instalments that
had begun stay with the account in which they began.

Usage is charged by the account that has its day. Tiers, free units and allowances of a period are not begun anew: the
target account prices what is used there after the usage of the period before the move (`usage_moved`), even if that
becomes known after the move.

A move may become known late: changes since its day are cancelled in the former account and recorded in the target
account instead. A move is undone in the same way: the subscription continues in the former account with all changes
since, as if it had not been moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.counters import counted_since
from billing_core.charging.rating_days import rated
from billing_core.charging.schedule import pieces
from billing_core.charging.usage_moved import used_before_move
from billing_core.charging.view import BillingView
from billing_core.kernel.errors import AlreadyExists, RuleViolation
from billing_core.kernel.events import Event
from billing_core.services.commitments import commitments
from billing_core.services.events import (
    Commitment,
    SubscriptionChangeCancelled,
    SubscriptionEvent,
    SubscriptionMovedAway,
    SubscriptionMovedIn,
    SubscriptionPriceChanged,
    SubscriptionTermsCorrected,
    UsageBroughtAlong,
    UsedBefore,
)
from billing_core.services.subscriptions import Subscription, after_facts, fact_of
from billing_core.services.terms import in_force_on
from billing_core.services.terms_in_force import Change, TermsInForce
from billing_core.services.timeline import Segment, end_of, is_of_money, without_change
from billing_core.usage.rating.rated import UsageRated, not_rated, rated_as
from billing_core.usage.records import UsageEntry, UsageRecorded, UsageWithdrawn, used_once

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
    view: BillingView,
    catalogue: Catalogue,
) -> Moved:
    """An active subscription continues in another account that was open by then and has no subscription of its code.

    It counts its periods and the months of its commitments since the same days. Later changes, and corrections of its
    terms, hold there too; usage with a price of these days is charged there and withdrawn here. Usage of the current
    periods before the move stays charged here, and tiers, free units and allowances continue from it there. `view` has
    all recorded usage.
    """
    code, on = subscription.code, move.on
    if code in there:
        raise AlreadyExists(f"account {move.to_account} has a subscription of this code", field="subscription",
                            value=code)  # fmt: skip
    if on < opened_on:
        raise RuleViolation(f"account {move.to_account} exists only since {opened_on}", field="move on", value=on)
    status = in_force_on(subscription, on).status
    if status != "active":
        raise RuleViolation(f"is {status} on {on}; resume it before it is moved", field="subscription", value=code)
    since = [change for change in subscription.timeline if change.on > on]
    begun = commitments(view.segments, view.tariff_changes, view.commitments, catalogue, on)
    moved_in = _moved_in(subscription, move, counted_since(view, catalogue, on), tuple(begun.values()))
    into = [*moved_in, *_taken_along(code, since)]
    into += _corrections(subscription, after_facts(None, into), f"as on account {move.from_account}")
    away = _gone(subscription, since, on, move.to_account)
    usage = [
        UsageEntry(entry.used_on, entry.component, entry.quantity, entry.rated)
        for entry in rated(view.usage, pieces(view, catalogue))
        if entry.rated_on >= on
    ]
    brought = _brought_along(code, on, (), used_before_move(view, catalogue, on))
    return Moved([*away, *_not_used(code, usage, move.to_account)], [*into, *brought, *_used(code, usage)])


def undo_move(former: Subscription, there: Subscription, move: Move, reason: str, usage: Sequence[UsageEntry]) -> Moved:
    """The former account continues as if nothing had been moved; the target returns it on the day on which it received
    it.

    `usage` is what is recorded on the target.
    """
    first, since = there.timeline[0], there.timeline[1:]
    without_change(former.timeline, "move-away", move.on)
    if first.kind != "move-in" or first.on != move.on:
        raise RuleViolation(f"was not moved to account {move.to_account} on {move.on}", field="subscription",
                            value=there.code)  # fmt: skip
    cancelled = SubscriptionChangeCancelled(
        effective_on=move.on, subscription=former.code, kind="move-away", reason=reason
    )
    back = [cancelled, *_taken_along(former.code, since)]
    back += _corrections(there, after_facts(former, back), f"as on account {move.to_account}")
    gone = _gone(there, since, move.on, move.from_account)
    return Moved([*back, *_used(former.code, usage)], [*gone, *_not_used(former.code, usage, move.from_account)])


def learnt_after_move(
    former: Subscription, view: BillingView, there: Subscription, catalogue: Catalogue
) -> list[UsageBroughtAlong]:
    """The event on the other account if usage of days before the move is recorded, or withdrawn, after it.

    `view` is that of the former account, with all recorded usage.
    """
    end = end_of(former.timeline)
    assert end is not None
    return _brought_along(former.code, end.on, there.used_before, used_before_move(view, catalogue, end.on))


def _brought_along(
    code: str, on: date, known: tuple[UsedBefore, ...], used_before: tuple[UsedBefore, ...]
) -> list[UsageBroughtAlong]:
    if used_before == known:
        return []
    return [UsageBroughtAlong(effective_on=on, subscription=code, used_before=used_before)]


def _taken_along(code: str, since: Sequence[Change]) -> Iterator[SubscriptionEvent]:
    """The changes by people since the day of the move, as facts of the other account, which has its own money."""
    for change in since:
        if change.kind == "move-away":
            raise RuleViolation(f"was moved to account {change.name} on {change.on}; undo that first",
                                field="subscription", value=code)  # fmt: skip
        if not is_of_money(change):
            yield fact_of(code, change)


def _gone(subscription: Subscription, since: Sequence[Change], on: date, to_account: str) -> list[Event]:
    """It is another account's from a day on, and so is what was changed since."""
    reason = _going_on(to_account)
    cancelled = [
        SubscriptionChangeCancelled(
            effective_on=change.on, subscription=subscription.code, kind=change.kind, reason=reason
        )
        for change in reversed(since)
    ]
    away = SubscriptionMovedAway(effective_on=on, subscription=subscription.code, to_account=to_account)
    return [*cancelled, away]


def _going_on(account: str) -> str:
    return f"continues in account {account}"


def _moved_in(
    subscription: Subscription, move: Move, since: Mapping[str, date], commitments: tuple[Commitment, ...]
) -> Iterator[SubscriptionMovedIn | SubscriptionPriceChanged]:
    """The terms in force at the end of the day, by the timeline; prices with different ends are facts of their own."""
    in_force = _uncorrected(subscription, move.on)
    by_end: dict[date | None, dict[str, Decimal]] = {}
    for component, price in in_force.agreed_prices.items():
        by_end.setdefault(in_force.agreed_until.get(component), {})[component] = price
    until, prices = next(iter(by_end.items()), (None, {}))
    yield SubscriptionMovedIn(
        effective_on=move.on,
        subscription=subscription.code,
        from_account=move.from_account,
        anchored_on=_anchor(subscription, move.on),
        tariff=in_force.tariff,
        agreed_prices=prices,
        agreed_until=until,
        quantity=in_force.quantity,
        options=in_force.options,
        customer_class=in_force.customer_class,
        discounts=in_force.discounts,
        since=dict(since),
        commitments=commitments,
        address=subscription.address,
    )
    for until, prices in list(by_end.items())[1:]:
        agreed: dict[str, Decimal | None] = dict(prices)
        yield SubscriptionPriceChanged(
            effective_on=move.on, subscription=subscription.code, agreed_prices=agreed, agreed_until=until
        )


def _used(code: str, usage: Sequence[UsageEntry]) -> Iterable[UsageRecorded | UsageRated]:
    for entry in usage:
        if entry.rated is None:
            yield used_once(code, entry.component, entry.on, entry.quantity)
    yield from rated_as(code, usage)


def _not_used(code: str, usage: Sequence[UsageEntry], account: str) -> Iterable[UsageWithdrawn | UsageRated]:
    for entry in usage:
        if entry.rated is None:
            yield UsageWithdrawn(
                effective_on=entry.on, subscription=code, component=entry.component, quantity=entry.quantity,
                reason=_going_on(account),
            )  # fmt: skip
    yield from not_rated(code, usage)


def _anchor(subscription: Subscription, on: date) -> date:
    """The day from which its own grid is counted on a day: its activation, or the day on which the grid was begun
    anew.
    """
    anew = [entry.anchored_on for entry in subscription.timeline if entry.anchored_on is not None and entry.on <= on]
    return anew[-1] if anew else subscription.anchored_on


def _uncorrected(subscription: Subscription, on: date) -> TermsInForce:
    """The terms in force on a day by the timeline, without corrections."""
    return in_force_on(Subscription(subscription.code, subscription.timeline), on)


def _corrections(giving: Subscription, taking: Subscription, reason: str) -> Iterator[SubscriptionTermsCorrected]:
    """Corrected terms differ from the result of the changes alone, so they are named."""
    for segment in giving.segments():
        for other in taking.segments():
            days = segment.within(other)
            if days is not None and _terms(segment) != _terms(other):
                tariff, prices, vat_rates = _terms(segment)
                yield SubscriptionTermsCorrected(
                    effective_on=days.from_on, to_on=days.to_on, subscription=giving.code, tariff=tariff,
                    agreed_prices=prices, vat_rates=vat_rates, reason=reason,
                )  # fmt: skip


def _terms(segment: Segment) -> tuple[str, dict[str, Decimal], dict[str, Decimal]]:
    in_force = segment.in_force
    return in_force.tariff, in_force.agreed_prices, in_force.vat_rates
