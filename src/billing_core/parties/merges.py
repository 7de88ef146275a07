"""The facts of merging two records of one customer. Whether they may be merged is decided in `merging`."""

from __future__ import annotations

from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber


@event("customer-merged")
class CustomerMerged(Event, frozen=True, kw_only=True):
    """The customer is the same as another one, whose number is used from now on and to which its accounts went."""

    customer: PersonNumber
    into: str
    accounts: tuple[str, ...] = ()
    reason: Personal[str]


@event("customer-merge-undone")
class CustomerMergeUndone(Event, frozen=True, kw_only=True):
    """The customer is one of its own again, with the accounts that it had."""

    customer: PersonNumber
    into: str
    reason: Personal[str]


@event("customer-record-taken-over")
class CustomerRecordTakenOver(Event, frozen=True, kw_only=True):
    """Another record of the same customer points to this one from now on, and its accounts came here."""

    customer: str
    other: str
    accounts: tuple[str, ...] = ()


@event("customer-record-given-back")
class CustomerRecordGivenBack(Event, frozen=True, kw_only=True):
    """The other record is of another customer after all."""

    customer: str
    other: str
