"""Credit limits of an account: how far its balance may fall below zero, permanently or up to a day.

    the plan allows 5.00, the account 20.00 of its own, and 10.00 more up to 9 March

    9 March     may owe 30.00        prepaid: a balance of -30.00 is still served, -30.01 is not
    10 March    may owe 20.00
    the account's own limit is lifted: may owe 5.00

A prepaid account is served down to its limit. On a postpaid one dunning and grants read it. Does not decide which
services are suspended when a credit ends; that is the work of `billing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, zero

MOST_DAYS = 366

# --- events


@event("credit-limit-set")
class CreditLimitSet(Event, frozen=True, kw_only=True):
    """The account may owe so much, in place of what its plan allows; None goes back to the plan."""

    limit: Money | None
    reason: str


@event("temporary-credit-granted")
class TemporaryCreditGranted(Event, frozen=True, kw_only=True):
    """The account may owe `amount` more up to and including `until_on`; it replaces an earlier one."""

    amount: Money
    until_on: date
    reason: str


@event("temporary-credit-ended")
class TemporaryCreditEnded(Event, frozen=True, kw_only=True):
    """The temporary credit is over: its time has passed, or somebody ended it for a reason."""

    reason: str = ""


# --- state


class TemporaryCredit(msgspec.Struct, frozen=True, array_like=True):
    """What an account may owe more, from and until which day, and why."""

    granted_on: date
    until_on: date
    amount: Money
    reason: str


class Credit(msgspec.Struct, array_like=True):
    """The limits of an account: its own permanent one, None if its plan decides, and a temporary one."""

    limit: Money | None = None
    temporary: TemporaryCredit | None = None

    def temporary_on(self, on: date, currency: str) -> Money:
        """What the account may owe more on a day."""
        temporary = self.temporary
        if temporary is None or not temporary.granted_on <= on <= temporary.until_on:
            return zero(currency)
        return temporary.amount


def _limit_set(credit: Credit, fact: CreditLimitSet) -> None:
    credit.limit = fact.limit


def _granted(credit: Credit, fact: TemporaryCreditGranted) -> None:
    credit.temporary = TemporaryCredit(fact.effective_on, fact.until_on, fact.amount, fact.reason)


def _ended(credit: Credit, fact: TemporaryCreditEnded) -> None:
    credit.temporary = None


FOLDS: Mapping[type[Event], Callable[[Credit, Any], None]] = {
    CreditLimitSet: _limit_set,
    TemporaryCreditGranted: _granted,
    TemporaryCreditEnded: _ended,
}

# --- decisions


def set_limit(credit: Credit, fact: CreditLimitSet) -> list[Event]:
    """A limit that is not negative, or none of the account's own; the same limit again changes nothing."""
    if fact.limit is not None and fact.limit.amount < 0:
        raise InvalidValue("must not be negative", field="limit", value=fact.limit)
    return [] if fact.limit == credit.limit else [fact]


def grant_temporary(credit: Credit, fact: TemporaryCreditGranted, on: date) -> list[Event]:
    """More credit up to a day, today or later; it replaces an earlier one, and the same again changes nothing."""
    if fact.amount.amount <= 0:
        raise InvalidValue("must be more than zero", field="amount", value=fact.amount)
    if fact.until_on < on:
        raise InvalidValue(f"is before today, {on}", field="until", value=fact.until_on)
    if (fact.until_on - on).days > MOST_DAYS:
        raise InvalidValue(f"is more than {MOST_DAYS} days ahead; set a credit limit instead", field="until",
                           value=fact.until_on)  # fmt: skip
    known = credit.temporary
    is_same = known is not None and (known.amount, known.until_on, known.reason) == (
        fact.amount, fact.until_on, fact.reason,
    )  # fmt: skip
    return [] if is_same else [fact]


def end_temporary(credit: Credit, fact: TemporaryCreditEnded, on: date) -> list[Event]:
    """End the temporary credit: now for a reason, after its last day without one; before that nothing happens."""
    temporary = credit.temporary
    if temporary is None and fact.reason:
        raise RuleViolation("the account has none, so there is nothing to end", field="temporary credit")
    if temporary is None or (on <= temporary.until_on and not fact.reason):
        return []
    return [fact]
