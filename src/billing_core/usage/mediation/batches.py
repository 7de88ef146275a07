"""Batches of usage on their way to the accounts: how far each is booked, and what of it cannot be.

What a source delivered is decided in `deliveries`, the fact of an account about a batch in `booking`.

Worked example, a batch of 12,000 records of 300 accounts, booked some accounts at a time:

    received   12,000 taken               up to account A0150: 6,000 booked
    again      from account A0151 on      up to account A0300: 5,990 booked and 10 refused, complete
"""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.events import Event, event
from billing_core.usage.mediation.deliveries import UsageReceived

# --- values and events


class RefusedUsage(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The records of a batch for one component of a subscription on one day, none of which can be booked, and why."""

    account: str
    subscription: str
    component: str
    on: date
    records: int
    field: str
    value: str
    reason: str


@event("usage-batch-booked")
class UsageBatchBooked(Event, frozen=True, kw_only=True):
    """The records of the accounts up to a number are booked, but for those that are refused, or left to rating.

    `late` of them are of periods that were billed before. `rated` further records were priced one by one.
    """

    until_account: str
    accounts: int
    records: int
    late: int = 0
    rated: int = 0
    refused: tuple[RefusedUsage, ...] = ()
    is_complete: bool = False


@event("usage-batch-booked-again")
class UsageBatchBookedAgain(Event, frozen=True, kw_only=True):
    """Records that had been refused when the batch was booked are booked now: `settled`, as they were refused."""

    records: int
    late: int = 0
    settled: tuple[RefusedUsage, ...] = ()


# --- state


class UsageBatch(msgspec.Struct, frozen=True):
    """A batch as far as it is received and booked."""

    received: UsageReceived | None = None
    booked_until: str = ""
    booked: int = 0
    refused: tuple[RefusedUsage, ...] = ()
    is_booked: bool = False

    @property
    def waits_to_be_booked(self) -> bool:
        """Whether records of it are left to book."""
        return self.received is not None and not self.is_booked


NOTHING_RECEIVED = UsageBatch()


def apply_usage_batch(state: UsageBatch | None, fact: Event) -> UsageBatch | None:
    """Fold one event of a batch's stream."""
    before = state or NOTHING_RECEIVED
    match fact:
        case UsageReceived():
            return msgspec.structs.replace(before, received=fact)
        case UsageBatchBooked():
            return msgspec.structs.replace(
                before,
                booked_until=fact.until_account,
                booked=before.booked + fact.records,
                refused=(*before.refused, *fact.refused),
                is_booked=fact.is_complete,
            )
        case UsageBatchBookedAgain():
            return msgspec.structs.replace(
                before,
                booked=before.booked + fact.records,
                refused=tuple(entry for entry in before.refused if entry not in fact.settled),
            )
    return state
