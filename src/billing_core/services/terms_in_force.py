"""The terms in force for a subscription at one time, and the effect of a change on them: whether it is allowed, and its
result.

Decides nothing about days: that is the work of `timeline`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from billing_core.catalogue.components import Discount
from billing_core.kernel.errors import RuleViolation
from billing_core.services.events import CHARGED_PERCENT_WHILE_SUSPENDED, ChangeKind, Commitment, LiftedBy

SubscriptionStatus = Literal["active", "held", "suspended", "terminated"]
ONE = Decimal(1)
ALL_PERCENT = Decimal(100)

# --- values


class Change(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One entry of a timeline; its kind decides which of the fields are used."""

    on: date
    kind: ChangeKind
    tariff: str = ""
    agreed_prices: dict[str, Decimal | None] = {}
    reason: str | None = None
    agreed_until: date | None = None
    quantity: Decimal = ONE
    charge_percent: Decimal | None = None
    options: tuple[str, ...] = ()
    customer_class: str = ""
    discounts: tuple[Discount, ...] = ()
    name: str = ""
    anchored_on: date | None = None
    since: dict[str, date] = {}
    address: str = ""
    commitments: tuple[Commitment, ...] = ()
    lifted_by: LiftedBy = "person"


class Suspension(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One reason for which a service is suspended, and the percentage of the fees that is charged by it."""

    reason: str
    percent: Decimal


class TermsInForce(msgspec.Struct, frozen=True, gc=False):
    """The terms in force after a change: the status and its reasons, the tariff and all further agreements.

    `agreed_until` is, by component, the day from which the price list holds again; a price without one is agreed
    always. `percent` is how much of the recurring fees is charged; of several suspensions, the lowest. `vat_rates`
    holds the rates, by component, that replace wrong ones of the price list.
    """

    status: SubscriptionStatus
    tariff: str
    agreed_prices: dict[str, Decimal]
    suspensions: tuple[Suspension, ...] = ()
    vat_rates: dict[str, Decimal] = {}
    agreed_until: dict[str, date] = {}
    quantity: Decimal = ONE
    percent: Decimal = ALL_PERCENT
    options: tuple[str, ...] = ()
    customer_class: str = ""
    discounts: tuple[Discount, ...] = ()

    @property
    def is_charged(self) -> bool:
        return self.percent > 0

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons for which it is suspended, those of people first."""
        return tuple(suspension.reason for suspension in self.suspensions)

    @property
    def reason(self) -> str | None:
        """The first reason for which it is suspended."""
        return self.suspensions[0].reason if self.suspensions else None


# --- what a change makes of what held before

# The statuses in which a change is allowed; None is before the activation.
ALLOWED_IN: dict[ChangeKind, tuple[SubscriptionStatus | None, ...]] = {
    "activate": (None,),
    "move-in": (None,),
    "hold": ("active",),
    "suspend": ("active", "held", "suspended"),
    "resume": ("held", "suspended"),
}
WHILE_IT_LASTS: tuple[SubscriptionStatus | None, ...] = ("active", "held", "suspended")


def in_force_after(in_force: TermsInForce | None, change: Change) -> TermsInForce:
    """The terms in force after a change, or `RuleViolation` if it is not allowed."""
    status = in_force.status if in_force else None
    if status not in ALLOWED_IN.get(change.kind, WHILE_IT_LASTS):
        raise RuleViolation(
            f"a subscription that is {status or 'not active yet'} on that day does not allow it; "
            "look at its timeline, choose another date, or first cancel the change that prevents it",
            field=f"{change.kind} on",
            value=change.on,
        )
    if in_force is not None and change.kind == "suspend" and change.reason in in_force.reasons:
        raise RuleViolation(
            f"is suspended for {change.reason} on that day already; choose another date, or end that suspension first",
            field="suspend on", value=change.on,
        )  # fmt: skip
    if in_force is None:
        return _first_in_force(change)
    return msgspec.structs.replace(in_force, **AFTER[change.kind](in_force, change))


def suspended(in_force: TermsInForce, change: Change) -> TermsInForce:
    """The terms in force during a suspension, in addition to those for other reasons."""
    return msgspec.structs.replace(in_force, **_suspended(in_force, change))


def _first_in_force(change: Change) -> TermsInForce:
    return TermsInForce(
        "active",
        change.tariff,
        _agreed({}, change),
        agreed_until=_agreed_until({}, change),
        quantity=change.quantity,
        options=change.options,
        customer_class=change.customer_class,
        discounts=change.discounts,
    )


def _agreed(before: dict[str, Decimal], change: Change) -> dict[str, Decimal]:
    return {code: price for code, price in {**before, **change.agreed_prices}.items() if price is not None}


def _agreed_until(before: dict[str, date], change: Change) -> dict[str, date]:
    kept = {code: until for code, until in before.items() if code not in change.agreed_prices}
    if change.agreed_until is not None:
        agreed = (code for code, price in change.agreed_prices.items() if price is not None)
        kept |= dict.fromkeys(agreed, change.agreed_until)
    return kept


def _suspended(in_force: TermsInForce, change: Change) -> dict[str, object]:
    percent = change.charge_percent
    if percent is None:
        percent = CHARGED_PERCENT_WHILE_SUSPENDED.get(change.reason or "", Decimal(0))
    return _stopped((*in_force.suspensions, Suspension(change.reason or "", percent)))


def _resumed(in_force: TermsInForce, change: Change) -> dict[str, object]:
    """Without a reason it is active again, whatever stopped it; else if no other reason is left."""
    left = tuple(each for each in in_force.suspensions if each.reason != change.reason)
    return _stopped(left) if change.reason is not None and left else ACTIVE


def _stopped(suspensions: tuple[Suspension, ...]) -> dict[str, object]:
    percent = min(suspension.percent for suspension in suspensions)
    return {"status": "suspended", "suspensions": suspensions, "percent": percent}


def _discounted(in_force: TermsInForce, change: Change) -> dict[str, object]:
    codes = {change.name, *(discount.code for discount in change.discounts)}
    kept = tuple(discount for discount in in_force.discounts if discount.code not in codes)
    return {"discounts": kept + change.discounts}


ACTIVE: dict[str, object] = {"status": "active", "suspensions": (), "percent": ALL_PERCENT}
AFTER: dict[ChangeKind, Callable[[TermsInForce, Change], dict[str, object]]] = {
    "change-tariff": lambda in_force, change: {
        "tariff": change.tariff, "agreed_prices": _agreed({}, change), "agreed_until": _agreed_until({}, change),
    },
    "change-quantity": lambda in_force, change: {"quantity": change.quantity},
    "change-price": lambda in_force, change: {
        "agreed_prices": _agreed(in_force.agreed_prices, change),
        "agreed_until": _agreed_until(in_force.agreed_until, change),
    },
    "add-option": lambda in_force, change: {"options": (*in_force.options, change.name)},
    "drop-option": lambda in_force, change: {
        "options": tuple(option for option in in_force.options if option != change.name)
    },
    "grant-discount": _discounted,
    "end-discount": _discounted,
    "hold": lambda in_force, change: {"status": "held", "percent": change.charge_percent or Decimal(0)},
    "suspend": _suspended,
    "resume": _resumed,
    "terminate": lambda in_force, change: {"status": "terminated"},
    "move-away": lambda in_force, change: {"status": "terminated"},
}  # fmt: skip
