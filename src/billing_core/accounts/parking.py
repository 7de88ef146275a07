"""Parked accounts: an account that a rule stops from being billed waits until the cause is corrected.

A run parks the one account and continues with the others; the reason stays on record until a later bill succeeds.
"""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.events import Event, event


@event("billing-parked")
class BillingParked(Event, frozen=True, kw_only=True):
    """The account could not be billed; it is unchanged and waits until the cause is corrected."""

    code: str
    reason: str
    subscription: str = ""


class Parked(msgspec.Struct, frozen=True, array_like=True):
    """Why an account could not be billed up to and including a day, and for which subscription."""

    on: date
    code: str
    reason: str
    subscription: str

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


def park(parked: Parked | None, fact: BillingParked) -> list[Event]:
    """Note why an account cannot be billed; the same reason again is not news."""
    known = parked is not None and (parked.code, parked.reason, parked.subscription) == (
        fact.code, fact.reason, fact.subscription,
    )  # fmt: skip
    return [] if known else [fact]


def parked_by(fact: BillingParked) -> Parked:
    """The entry that an account keeps."""
    return Parked(fact.effective_on, fact.code, fact.reason, fact.subscription)
