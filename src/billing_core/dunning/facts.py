"""What was done on an account because money has not come in, and what keeps it from being done."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money


class DunnedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice on which a step was taken: what was open of it, and the day on which the step was due."""

    invoice: str
    due_on: date
    open: Money
    planned_on: date


@event("dunning-step-taken")
class DunningStepTaken(Event, frozen=True, kw_only=True):
    """A step of a policy was taken on some items; `debt` is all that was overdue on the account.

    The message is sent, and what else the step does is recorded by facts of their own, in the same transaction.
    """

    policy: str
    step: str
    items: tuple[DunnedItem, ...]
    debt: Money
    message: str = ""
    channels: tuple[str, ...] = ()
    suspends: str = ""
    slows_to: str = ""


@event("item-disputed")
class ItemDisputed(Event, frozen=True, kw_only=True):
    """The customer disputes an invoice: it does not count, and its clock stands still."""

    invoice: str
    reason: str


@event("item-dispute-ended")
class ItemDisputeEnded(Event, frozen=True, kw_only=True):
    """The dispute is settled, with an outcome in words; what is still open counts again."""

    invoice: str
    outcome: str


@event("dunning-paused")
class DunningPaused(Event, frozen=True, kw_only=True):
    """Nothing is done on the account until a day, exclusive; without one for good. `invoice` limits it to one item."""

    until_on: date | None
    reason: str
    invoice: str = ""


@event("dunning-pause-ended")
class DunningPauseEnded(Event, frozen=True, kw_only=True):
    """The pause of the account, or of one item, ends earlier than it would by itself."""

    reason: str
    invoice: str = ""


@event("insolvency-noted")
class InsolvencyNoted(Event, frozen=True, kw_only=True):
    """Proceedings were opened over the customer on `effective_on`: claims are filed there and no longer dunned."""

    reference: str


@event("insolvency-ended")
class InsolvencyEnded(Event, frozen=True, kw_only=True):
    """The proceedings are over; what is still open counts again."""

    outcome: str


@event("dunning-held")
class DunningHeld(Event, frozen=True, kw_only=True):
    """A ticket about the account is open that holds dunning, such as a complaint about a bill: no item counts."""

    ticket: str


@event("dunning-hold-ended")
class DunningHoldEnded(Event, frozen=True, kw_only=True):
    """The ticket is closed; what is still open counts again."""

    ticket: str


@event("suspension-put-off")
class SuspensionPutOff(Event, frozen=True, kw_only=True):
    """Services are to be suspended, but not now by the days and hours of the policy; it is decided again then."""

    until_at: datetime


@event("services-slowed")
class ServicesSlowed(Event, frozen=True, kw_only=True):
    """The services of the account run at the speed of a profile of the network, because money has not come in."""

    profile: str


@event("full-speed-restored")
class FullSpeedRestored(Event, frozen=True, kw_only=True):
    """Nothing on which a step slows down is open any more: the services run at their own speed."""
