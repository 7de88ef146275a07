"""Confirmation: what is far ahead, large, or concerns many accounts is asked about before it is done.

Decides what is unusual by the limits that a seller states; whether it is allowed is for the rules of its area. Most of
what is unusual is a slip, usually in the year.

Worked example, with the usual limits: 183 days ahead, 10,000.00, 10 % of the accounts; today is 29 November 2026

    a suspension on 31 May 2027       183 days ahead: done
    a suspension on 1 December 2072   more: asked
    a payment of 10,000.00            done, one of 10,000.01 is asked
    prices for 101 of 1,000 accounts  asked, for 100 it is done
    prices for 10 of 20 accounts      done: up to 10 accounts are never many
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money

FEW_ACCOUNTS = 10

# --- values and events


class ConfirmationLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Beyond these limits a change is asked about: days ahead of today, an amount, a percentage of all accounts."""

    most_days_ahead: int = 183
    most_amount: Decimal = Decimal(10_000)
    most_percent: Decimal = Decimal(10)


USUAL_LIMITS = ConfirmationLimits()


@event("confirmation-limits-set")
class ConfirmationLimitsSet(Event, frozen=True, kw_only=True):
    """From now on these are the limits of a seller, in the currency of each account."""

    seller: str
    limits: ConfirmationLimits


def apply_limits(limits: ConfirmationLimits | None, fact: Event) -> ConfirmationLimits | None:
    """The limits of a seller after an event of its stream of limits."""
    return fact.limits if isinstance(fact, ConfirmationLimitsSet) else limits


# --- decisions


def set_limits(known: ConfirmationLimits, fact: ConfirmationLimitsSet) -> list[Event]:
    """Limits that make sense; those that hold already change nothing."""
    limits = fact.limits
    amount, percent = limits.most_amount, limits.most_percent
    if limits.most_days_ahead < 0:
        raise InvalidValue("must not be negative", field="most days ahead", value=limits.most_days_ahead)
    if not amount.is_finite() or amount < 0:
        raise InvalidValue("must not be negative", field="most amount", value=amount)
    if not percent.is_finite() or not 0 <= percent <= 100:
        raise InvalidValue("must be 0 to 100", field="most percent", value=limits.most_percent)
    return [] if limits == known else [fact]


def strictest(limits: list[ConfirmationLimits]) -> ConfirmationLimits:
    """The limits of what concerns several sellers: of each the lowest; the usual ones without any seller."""
    if not limits:
        return USUAL_LIMITS
    return ConfirmationLimits(
        most_days_ahead=min(each.most_days_ahead for each in limits),
        most_amount=min(each.most_amount for each in limits),
        most_percent=min(each.most_percent for each in limits),
    )


def require_usual_day(limits: ConfirmationLimits, field: str, on: date, today: date) -> None:
    """A day that is not too far ahead."""
    ahead = (on - today).days
    if ahead > limits.most_days_ahead:
        raise ConfirmationNeeded(f"is {ahead:,} days ahead of today, {today}, more than {limits.most_days_ahead:,}",
                                 field=field, value=on)  # fmt: skip


def require_usual_amount(limits: ConfirmationLimits, field: str, amount: Money) -> None:
    """An amount, given or taken, that is not too large."""
    if abs(amount.amount) > limits.most_amount:
        raise ConfirmationNeeded(f"is more than {limits.most_amount:,f} {amount.currency}", field=field, value=amount)


def require_usual_number(limits: ConfirmationLimits, accounts: int, of: int) -> None:
    """A number of accounts that is a small part of all."""
    if accounts > FEW_ACCOUNTS and accounts * 100 > limits.most_percent * of:
        raise ConfirmationNeeded(f"is more than {limits.most_percent:f} % of all {of:,}",
                                 field="number of accounts", value=f"{accounts:,}")  # fmt: skip


# --- errors

ADVICE = "; if it is meant, confirm it with --yes, a program with confirmed=true"


class ConfirmationNeeded(BillingError):
    """Allowed but unusual, so that it may be a slip; it is done once it is confirmed."""

    code = "confirmation-needed"

    def __init__(self, message: str, *, field: str | None = None, value: object = None) -> None:
        super().__init__(f"{message}{ADVICE}", field=field, value=value)
