"""Subscriptions that were activated and never changed: those that are alike owe alike, so it is decided once for all.

Most of a base is made of them, and a billing run comes to thousands that differ in nothing but their code. What is
decided for the first of them is kept, and the others get it under their own code. Where anything might tell two of them
apart (a grid of their own, phases, usage, a bundle) nothing is kept, and each is decided on its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from billing_core.catalogue.components import AnyComponent, Discount, OneOff, Recurring, Surcharge
from billing_core.catalogue.tariffs import Catalogue, Tariff, tariff_named
from billing_core.charging.charges import Charge, Reached
from billing_core.charging.expected import Expected
from billing_core.charging.schedule import view_of
from billing_core.services.subscriptions import Subscription
from billing_core.time.periods import BillingDay

MOST_KEPT = 20_000


class _Kept(NamedTuple):
    """A decision, and the tariff it was made with: kept beside it, so that its identity stays its own."""

    tariff: Tariff
    charges: list[Charge]
    reached: Reached


_kept: dict[Hashable, _Kept] = {}
_owed_alike: dict[int, tuple[Tariff, bool]] = {}


def coming_alike(
    subscription: Subscription, billing_days: Sequence[BillingDay], catalogue: Catalogue, on: date
) -> tuple[list[Charge], Reached] | None:
    """What becomes due of a subscription up to and including a date; None where it must be decided on its own."""
    if len(subscription.timeline) > 1 or subscription.corrections:
        return None
    (activation,) = subscription.timeline
    tariff = tariff_named(catalogue, activation.tariff)
    due_on, charged_until = subscription.due_on, subscription.charged_until
    assert due_on is not None
    was_moved = charged_until is not None and activation.on >= charged_until  # Its day was corrected.
    if activation.kind != "activate" or was_moved or not _is_owed_alike(tariff):
        return None
    key = (
        id(tariff), activation.quantity, activation.options, activation.customer_class, activation.agreed_until,
        tuple(activation.agreed_prices.items()), tuple(billing_days),
        activation.on if charged_until is None else None, due_on, charged_until, on,
    )  # fmt: skip
    kept = _kept.get(key)
    if kept is None:
        owed = Expected(view_of(subscription, billing_days), catalogue)
        kept = _Kept(tariff, *owed.coming(due_on, on, charged_until or due_on))
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = kept
    return [msgspec.structs.replace(charge, subscription=subscription.code) for charge in kept.charges], kept.reached


def _is_owed_alike(tariff: Tariff) -> bool:
    """Whether nothing in the tariff depends on when a subscription began, once that is past, or on other services."""
    known = _owed_alike.get(id(tariff))
    if known is None:
        if len(_owed_alike) >= MOST_KEPT:
            _owed_alike.clear()
        listed = [*tariff.components, *(entry for revision in tariff.revisions for entry in revision.components)]
        known = _owed_alike[id(tariff)] = tariff, all(map(_is_alike, listed))
    return known[1]


def _is_alike(component: AnyComponent) -> bool:
    match component:
        case Recurring(period=rule, phases=phases):
            is_common = rule.months == 1 and rule.align == "account"
            return (is_common or rule.days == 1 or rule.anchor_on is not None) and not phases
        case OneOff(at=trigger, instalments=instalments):
            return trigger == "activation" and instalments == 1
        case Discount(bundle=bundle, billed_periods=periods) | Surcharge(bundle=bundle, billed_periods=periods):
            return not bundle and periods is None
    return False
